using System.Diagnostics;
using System.Text.RegularExpressions;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace Cliply.Diagnostics.Prometheus.Tests;

/// <summary>A real Prometheus scrapes the sample host, and the collector reads back what it has seen.</summary>
public sealed partial class ScrapedSampleTests : IAsyncLifetime
{
    private readonly int _port = PrometheusServer.FreePort();
    private Process? _sample;
    private PrometheusServer? _server;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Cliply.Diagnostics.SampleHost.dll"), "--metrics", $"{_port}", "--for", "5m"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("DATABASE_URL");
        _sample = Process.Start(start)!;
        _sample.BeginOutputReadLine();
        _sample.BeginErrorReadLine();
        _server = await PrometheusServer.StartAsync(null, _port);
    }

    public async ValueTask DisposeAsync()
    {
        if (_sample is not null)
        {
            // As Ctrl+C, so that it takes its temporary folder with it.
            using (var interrupt = Process.Start("kill", ["-INT", $"{_sample.Id}"]))
            {
                await interrupt.WaitForExitAsync();
            }

            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            await _sample.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _sample.Kill(entireProcessTree: true);
            _sample.Dispose();
        }

        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    [Fact]
    public async Task I_can_read_back_what_Prometheus_has_scraped_from_a_host()
    {
        var names = await MetricNamesAsync();
        names.Should().BeSubsetOf(
        [
            "cliply_workers_active", "cliply_workers_last_heartbeat_timestamp", "cliply_jobs_pending", "cliply_jobs_running", "cliply_jobs_dead_letter",
            "cliply_jobs_oldest_pending_age", "cliply_jobs_by_kind", "cliply_diagnosis", "cliply_collection_duration", "cliply_collection_failures",
        ]);
        names.Should().Contain(["cliply_workers_active", "cliply_jobs_pending", "cliply_jobs_dead_letter"]);

        await using var provider = Fleets.Create(
            [ScriptedCollector.Healthy()],
            o => (o.CollectorDeadline, o.CollectionDeadline, o.SnapshotMaxAge) = (TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(70), TimeSpan.Zero),
            services => new CliplyDiagnosticsBuilder(services).AddPrometheus(_server!.Url, o =>
            {
                o.Matchers = "job=\"cliply\"";
                o.Step = TimeSpan.FromSeconds(1);
            }));
        var history = await HistoryAsync(provider, h => h.Count(p => p.ActiveWorkers is not null) >= 8 && h.Any(p => p.ActiveWorkers > 0));

        history.Where(p => p.ActiveWorkers is not null).Should().OnlyContain(p => p.ActiveWorkers <= 2 && p.Runnable >= 0 && p.DeadLetter == 0 && p.Restarts == null);
        history.Select(p => p.At).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
    }

    private static async Task<IReadOnlyList<HistoryPoint>> HistoryAsync(ServiceProvider provider, Func<IReadOnlyList<HistoryPoint>, bool> isEnough)
    {
        for (var attempt = 0; ; attempt++)
        {
            var history = (await provider.Fleet().DiagnoseAsync(Cancellation)).Snapshot.History;
            if (history.IsKnown && isEnough(history.Value))
            {
                return history.Value;
            }

            attempt.Should().BeLessThan(120, $"Prometheus should have scraped often enough by now, but: {history.Unavailable}");
            await Task.Delay(1000, Cancellation);
        }
    }

    private async Task<IReadOnlyList<string>> MetricNamesAsync()
    {
        using var http = new HttpClient();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                var text = await http.GetStringAsync(new Uri($"http://127.0.0.1:{_port}/metrics"), Cancellation);
                if (text.Contains("cliply_workers_last_heartbeat_timestamp", StringComparison.Ordinal))
                {
                    text.Should().NotContain("otel_scope");
                    return [.. SampleName().Matches(text).Select(m => m.Value).Distinct()];
                }
            }
            catch (HttpRequestException)
            {
                // The host does not listen yet.
            }

            attempt.Should().BeLessThan(600, "the sample should serve its metrics by now");
            await Task.Delay(200, Cancellation);
        }
    }

    [GeneratedRegex("^[a-zA-Z_:][a-zA-Z0-9_:]*", RegexOptions.Multiline)]
    private static partial Regex SampleName();
}
