using System.Text.Json.Serialization;

namespace Cliply.Diagnostics.Reports;

/// <summary>Something to do.</summary>
/// <param name="Horizon">How long it takes.</param>
/// <param name="Action">What to do, in a sentence.</param>
/// <param name="Commands">Commands that do it.</param>
public sealed record RemediationStep(RemediationHorizon Horizon, string Action, IReadOnlyList<RunbookCommand> Commands)
{
    /// <summary>Codes of the causes that it removes. Default: none in particular, it helps whatever the cause. Not part of a report's JSON.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Removes { get; init; } = [];
}
