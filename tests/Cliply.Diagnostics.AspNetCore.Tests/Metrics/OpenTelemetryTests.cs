using System.Text.RegularExpressions;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;

namespace Cliply.Diagnostics.AspNetCore.Tests.Metrics;

/// <summary>Alone, for OpenTelemetry finds meters by name, those of other hosts in the process as well.</summary>
[Collection(nameof(Alone))]
public sealed partial class OpenTelemetryTests
{
    [Fact]
    public async Task Metrics_FromTheHostsOpenTelemetry_AreTheSame()
    {
        await using var host = await WebHost.StartAsync(
            WebHost.Healthy(e => e with { Queue = e.Queue.Value! with { Kinds = [new QueueKind { Kind = "TRANSCRIBE", Runnable = 3, Running = 1, DeadLetter = 0 }] }, Database = new DatabaseEvidence { Status = DatabaseStatus.Refused } }),
            app =>
            {
                app.MapCliplyMetrics();
                app.MapPrometheusScrapingEndpoint("/otel");
            },
            build: builder => builder.Services.AddOpenTelemetry().WithMetrics(m => m.AddMeter("Cliply.Diagnostics").AddPrometheusExporter(o =>
            {
                o.ScopeInfoEnabled = false;
                o.TargetInfoEnabled = false;
            })));
        await host.Services.GetRequiredService<IFleetDiagnostics>().DiagnoseAsync(TestContext.Current.CancellationToken);

        var own = Series((await host.GetAsync("/metrics")).Body);
        var other = Series((await host.GetAsync("/otel")).Body);

        other.Should().BeEquivalentTo(own);
        own.Should().HaveCount(14);
    }

    /// <summary>What a scrape says, without the durations' digits; braces without labels mean the same as none.</summary>
    private static List<string> Series(string body) => [.. body.Split('\n')
        .Where(l => l.Length > 0 && l[0] != '#')
        .Select(l => l.Replace("{}", "", StringComparison.Ordinal))
        .Select(l => Durations().Replace(l, "$1"))];

    [GeneratedRegex("^(cliply_collection_duration{[^}]*}) [0-9.E-]+$")]
    private static partial Regex Durations();
}
