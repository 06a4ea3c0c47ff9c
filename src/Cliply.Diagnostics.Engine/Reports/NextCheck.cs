using System.Text.Json.Serialization;

namespace Cliply.Diagnostics.Reports;

/// <summary>A question that narrows the cause down.</summary>
/// <param name="Question">The question.</param>
/// <param name="Commands">Commands that answer it.</param>
public sealed record NextCheck(string Question, IReadOnlyList<RunbookCommand> Commands)
{
    /// <summary>Codes of the causes that the answer speaks for or rules out. Default: none in particular. Not part of a report's JSON.</summary>
    [JsonIgnore]
    public IReadOnlyList<string> Decides { get; init; } = [];
}
