using System.Text.Json.Nodes;
using Cliply.Diagnostics.AspNetCore.Tests.Browser;
using Cliply.Diagnostics.Prometheus.Tests;
using Cliply.Diagnostics.Tests.Fakes;

namespace Cliply.Diagnostics.AspNetCore.Tests.Metrics;

/// <summary>A real Prometheus scrapes the web sample.</summary>
public sealed class ScrapedWebSampleTests
{
    private static readonly string[] Names =
    [
        "cliply_collection_duration", "cliply_collection_failures", "cliply_diagnosis", "cliply_jobs_by_kind", "cliply_jobs_dead_letter", "cliply_jobs_oldest_pending_age",
        "cliply_jobs_pending", "cliply_jobs_running", "cliply_workers_active", "cliply_workers_last_heartbeat_timestamp",
    ];

    [Fact]
    public async Task I_can_query_the_fleet_and_its_diagnosis()
    {
        await using var sample = await SampleProcess.StartAsync("--break", "ffmpeg");
        await using var server = await PrometheusServer.StartAsync(null, sample.Port);
        using var http = new HttpClient();

        await Eventually.HoldsAsync(async () => await ValueAsync("cliply_diagnosis{code=\"ffmpeg-unavailable\",severity=\"critical\"}") == "1", "the diagnosis in Prometheus");

        var names = JsonNode.Parse(await http.GetStringAsync(new Uri($"{server.Url}/api/v1/label/__name__/values"), TestContext.Current.CancellationToken))!["data"]!.AsArray().Select(n => n!.GetValue<string>());
        names.Where(n => n.StartsWith("cliply_", StringComparison.Ordinal)).Should().Equal(Names);
        (await ValueAsync("up")).Should().Be("1");

        async Task<string?> ValueAsync(string query)
        {
            var answer = await http.GetStringAsync(new Uri($"{server.Url}/api/v1/query?query={Uri.EscapeDataString(query)}"), TestContext.Current.CancellationToken);
            return JsonNode.Parse(answer)!["data"]!["result"]!.AsArray().FirstOrDefault()?["value"]![1]!.GetValue<string>();
        }
    }
}
