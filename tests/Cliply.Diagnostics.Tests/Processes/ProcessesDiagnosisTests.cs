using System.Diagnostics;
using System.Globalization;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace Cliply.Diagnostics.Tests.Processes;

/// <summary>The whole path, from real processes and log files to the diagnosis and its cause.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class ProcessesDiagnosisTests : IAsyncDisposable
{
    private readonly ProgramFolder _folder = new();
    private readonly string _name = $"cd-{Guid.NewGuid():N}"[..14];
    private Process? _worker;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_worker is not null)
        {
            _worker.Kill(entireProcessTree: true);
            await _worker.WaitForExitAsync(CancellationToken.None);
            _worker.Dispose();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task I_can_see_that_a_worker_is_in_an_infinite_loop()
    {
        await StartAsync("/bin/sh", "-c", "while :; do :; done");
        var log = Log(TimeProvider.System.GetUtcNow(), "retrying chunk");

        var report = await DiagnoseAsync(StaleWorkers, builder => builder.AddProcesses(o => o.Name = _name).AddLogs(log), o => o.Thresholds.CpuPercent = 2);

        var diagnosis = report.Diagnoses.Single(d => d.Code == "workers-stuck");
        (diagnosis.Severity, diagnosis.Confidence).Should().Be((Severity.Critical, Confidence.Confirmed));
        Confirmed(diagnosis).Should().Equal("infinite-loop", "resource-exhaustion");
    }

    [Fact]
    public async Task I_can_see_that_a_worker_hangs()
    {
        await StartAsync("/bin/sleep", "60");
        var log = Log(TimeProvider.System.GetUtcNow().AddMinutes(-30), "claimed job");

        var report = await DiagnoseAsync(StaleWorkers, builder => builder.AddProcesses(o => o.PidFiles.Add(_folder.Text("worker.pid", $"{_worker!.Id}"))).AddLogs(log));

        var diagnosis = report.Diagnoses.Single(d => d.Code == "workers-stuck");
        (diagnosis.Severity, diagnosis.Confidence).Should().Be((Severity.Critical, Confidence.Confirmed));
        Confirmed(diagnosis).Should().Equal("hung-process");
        diagnosis.Causes[0].Evidence.Should().ContainSingle().Which.Source.Should().Be("file:worker.log");
    }

    [Fact]
    public async Task I_can_see_that_no_worker_process_is_there()
    {
        var report = await DiagnoseAsync(NoWorkers, builder => builder.AddProcesses(o => o.Name = _name));

        Confirmed(report.Diagnoses.Single(d => d.Code == "no-workers-running")).Should().Equal("not-deployed");
    }

    [Fact]
    public async Task I_can_see_that_a_worker_process_has_gone_and_what_it_last_said()
    {
        await StartAsync("/bin/sleep", "60");
        var pidFile = _folder.Text("worker.pid", $"{_worker!.Id}");
        var log = Log(TimeProvider.System.GetUtcNow(), "SUPABASE_URL is not configured");
        _worker.Kill();
        await _worker.WaitForExitAsync(Cancellation);

        var report = await DiagnoseAsync(NoWorkers, builder => builder.AddProcesses(o => (o.PidFiles, o.DesiredReplicas) = ([pidFile], 1)).AddLogs(log));

        var diagnosis = report.Diagnoses.Single(d => d.Code == "no-workers-running");
        diagnosis.Summary.Should().Be("0 of 1 desired workers run while 3 jobs wait, the oldest for 20 s.");
        Confirmed(diagnosis).Should().Equal("missing-environment");
    }

    private static WorkersEvidence NoWorkers => new() { LivenessSource = LivenessSource.Registry, Active = 0 };

    private static WorkersEvidence StaleWorkers => new() { LivenessSource = LivenessSource.Registry, Active = 1, LastHeartbeatAt = TimeProvider.System.GetUtcNow().AddMinutes(-20) };

    private static IEnumerable<string> Confirmed(Diagnosis diagnosis) => diagnosis.Causes.Where(c => c.Confidence == Confidence.Confirmed).Select(c => c.Code);

    private static async Task<DiagnosticReport> DiagnoseAsync(WorkersEvidence workers, Action<CliplyDiagnosticsBuilder> add, Action<CliplyDiagnosticsOptions>? configure = null)
    {
        var store = ScriptedCollector.JobStore(_ => Task.FromResult(ScriptedCollector.HealthyStore() with { Workers = workers }));
        await using var provider = Fleets.Create(
            [store],
            o =>
            {
                (o.CollectorDeadline, o.CollectionDeadline) = (TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(12));
                configure?.Invoke(o);
            },
            services => add(new CliplyDiagnosticsBuilder(services)));
        return (await provider.Fleet().DiagnoseAsync(Cancellation)).Report;
    }

    private string Log(DateTimeOffset last, string text) =>
        _folder.Text("worker.log", string.Concat(Enumerable.Range(0, 40).Select(i => string.Create(CultureInfo.InvariantCulture, $"{last.AddSeconds(i - 39):yyyy-MM-ddTHH:mm:ssZ} {text} {i}\n"))));

    private async Task StartAsync(string program, params string[] arguments)
    {
        var path = Path.Combine(_folder.Path, _name);
        File.Copy(program, path);
        _worker = Process.Start(path, arguments);
        while (!(await File.ReadAllTextAsync($"/proc/{_worker.Id}/cmdline", Cancellation)).StartsWith(path, StringComparison.Ordinal))
        {
            await Task.Delay(10, Cancellation);
        }
    }
}
