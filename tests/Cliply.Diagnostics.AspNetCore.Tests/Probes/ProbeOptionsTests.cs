using Cliply.Diagnostics.AspNetCore.Probes;
using Cliply.Diagnostics.Runbook;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.AspNetCore.Tests.Probes;

public sealed class ProbeOptionsTests
{
    [Fact]
    public void MapCliplyProbes_MaxAgeBelowACollection_NamesAllKeys() =>
        Failure(o => o.MaxAge = TimeSpan.FromSeconds(4)).Should().Be(
            "Cliply:Diagnostics:Probes:MaxAge (00:00:04) must not be less than Cliply:Diagnostics:SnapshotMaxAge (00:00:05) and Cliply:Diagnostics:CollectionDeadline (00:00:03) together. Raise the first or lower the others.");

    [Fact]
    public void MapCliplyProbes_UnknownDiagnosis_NamesItAndTheKnownOnes() =>
        Failure(o => o.UnreadyDiagnoses = ["database-unavailable", "no-database"]).Should().Be(
            $"Cliply:Diagnostics:Probes:UnreadyDiagnoses:1 'no-database' is no diagnosis. Use codes of {string.Join(", ", RunbookCatalog.Diagnoses.Select(d => d.Code).Order(StringComparer.Ordinal))}.");

    [Fact]
    public void MapCliplyProbes_BudgetOfZero_IsRefused() =>
        Failure(o => o.Budget = TimeSpan.Zero).Should().Contain("Budget").And.Contain("00:00:00.01");

    [Fact]
    public async Task MapCliplyProbes_ListInTheConfiguration_ReplacesTheDefault()
    {
        await using var host = await WebHost.StartAsync(WebHost.Healthy(), app => app.MapCliplyProbes(), build: builder =>
        {
            builder.Configuration["Cliply:Diagnostics:Probes:UnreadyDiagnoses:0"] = "database-unavailable";
            builder.Configuration["Cliply:Diagnostics:Probes:Budget"] = "00:00:20";
        });

        (await host.GetAsync("/readyz?verbose")).Body.Should().MatchRegex("^ready\ndatabase: ok, [0-9.]+ s old\n$");
    }

    private static string Failure(Action<ProbeOptions> configure)
    {
        var mapping = () => WebHost.Create(WebHost.Healthy(), app => app.MapCliplyProbes(configure));
        return mapping.Should().Throw<OptionsValidationException>().Which.Message;
    }
}
