using System.Diagnostics;
using System.Text.Json;
using Cliply.Diagnostics.Prometheus.Tests;

namespace Cliply.Diagnostics.Cli.Tests.Monitoring;

/// <summary>A real Prometheus evaluates the rules on what it scrapes from the sample host, whose ffmpeg is taken away.</summary>
public sealed class RunningAlertsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I_can_see_the_alert_of_a_host_without_ffmpeg()
    {
        var rules = await MonitoringFiles.WrittenAsync("alerts", "--job", "cliply");

        // So that it takes seconds; the expressions are the real ones.
        var soon = rules.Replace("for: 5m", "for: 2s", StringComparison.Ordinal);
        soon.Should().NotBe(rules);
        var port = PrometheusServer.FreePort();
        using var sample = StartSample(port);
        try
        {
            await using var server = await PrometheusServer.StartWithRulesAsync(soon, port);

            var alert = await FiringAsync(server, "FfmpegUnavailable");

            var labels = alert.GetProperty("labels");
            (labels.GetProperty("severity").GetString(), labels.GetProperty("job").GetString(), labels.GetProperty("instance").GetString()).Should().Be(("critical", "cliply", $"127.0.0.1:{port}"));
            alert.GetProperty("annotations").GetProperty("summary").GetString().Should().Be($"ffmpeg can't be run on 127.0.0.1:{port}");
            alert.GetProperty("annotations").GetProperty("runbook_url").GetString().Should().Be("worker-debugging.md#scenario-5-ffmpeg-not-available");
            (await AlertsAsync(server)).Select(a => a.GetProperty("labels").GetProperty("alertname").GetString()).Should().NotContain(["DatabaseUnavailable", "NoActiveWorkers", "WorkerCrashLoop"]);
        }
        finally
        {
            await StopAsync(sample);
        }
    }

    private static async Task<JsonElement> FiringAsync(PrometheusServer server, string name)
    {
        for (var attempt = 0; attempt < 480; attempt++)
        {
            var firing = (await AlertsAsync(server)).Where(a => a.GetProperty("labels").GetProperty("alertname").GetString() == name && a.GetProperty("state").GetString() == "firing").ToList();
            if (firing.Count > 0)
            {
                return firing.Should().ContainSingle().Subject;
            }

            await Task.Delay(250, Cancellation);
        }

        throw new TimeoutException($"{name} has not fired within two minutes.");
    }

    private static async Task<IReadOnlyList<JsonElement>> AlertsAsync(PrometheusServer server)
    {
        using var http = new HttpClient();
        using var answer = JsonDocument.Parse(await http.GetStringAsync(new Uri($"{server.Url}/api/v1/alerts"), Cancellation));
        return [.. answer.RootElement.GetProperty("data").GetProperty("alerts").EnumerateArray().Select(a => a.Clone())];
    }

    /// <summary>From its own folder: the tests' has not all that it needs.</summary>
    private static Process StartSample(int port)
    {
        var folder = AppContext.BaseDirectory.Replace(Path.Combine("tests", "Cliply.Diagnostics.Cli.Tests"), Path.Combine("samples", "Cliply.Diagnostics.SampleHost"), StringComparison.Ordinal);
        var start = new ProcessStartInfo("dotnet", [Path.Combine(folder, "Cliply.Diagnostics.SampleHost.dll"), "--break", "ffmpeg", "--metrics", $"{port}", "--for", "5m"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("DATABASE_URL");
        var process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>As Ctrl+C, so that it takes its temporary folder with it.</summary>
    private static async Task StopAsync(Process sample)
    {
        using (var interrupt = Process.Start("kill", ["-INT", $"{sample.Id}"]))
        {
            await interrupt.WaitForExitAsync(CancellationToken.None);
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await sample.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        sample.Kill(entireProcessTree: true);
    }
}
