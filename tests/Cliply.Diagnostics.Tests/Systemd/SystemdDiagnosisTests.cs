using System.Globalization;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Tests.Binaries;
using Cliply.Diagnostics.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Cliply.Diagnostics.Tests.Systemd;

/// <summary>The whole path, from what systemctl prints to the diagnosis and its cause.</summary>
[Collection(ProgramTests.Name)]
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class SystemdDiagnosisTests : IDisposable
{
    private readonly ProgramFolder _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task I_can_see_that_a_unit_in_a_crash_loop_runs_out_of_memory()
    {
        var now = TimeProvider.System.GetUtcNow();
        Unit(Captured.Text("killed.txt").Replace("Result=signal", "Result=oom-kill", StringComparison.Ordinal), now.AddSeconds(-20));
        Journal([.. Enumerable.Range(1, 4).Select(i => Entry(now.AddSeconds(-10 * i), "\"UNIT\":\"cliply-worker.service\",\"SYSLOG_IDENTIFIER\":\"systemd\",\"MESSAGE_ID\":\"5eb03494b6584870a536b337290809b3\",\"N_RESTARTS\":\"5\""))]);

        var report = await DiagnoseAsync(new WorkersEvidence { LivenessSource = LivenessSource.Registry, Active = 0 }, runnable: 12);

        var diagnosis = report.Diagnoses.Single(d => d.Code == "workers-crash-looping");
        (diagnosis.Severity, diagnosis.Confidence, diagnosis.Summary).Should().Be((Severity.Critical, Confidence.Confirmed, "4 restarts in 5 minutes."));
        diagnosis.Causes.Where(c => c.Confidence == Confidence.Confirmed).Select(c => c.Code).Should().Equal("out-of-memory");
        report.Diagnoses.Single(d => d.Code == "no-workers-running").SymptomOf.Should().Equal("workers-crash-looping");
    }

    [Fact]
    public async Task I_can_see_that_the_child_of_a_unit_ran_out_of_memory_and_not_the_worker()
    {
        var now = TimeProvider.System.GetUtcNow();
        Unit(Captured.Text("killed.txt").Replace("Result=signal", "Result=oom-kill", StringComparison.Ordinal).Replace("ExecMainStatus=9", "ExecMainStatus=15", StringComparison.Ordinal), now.AddSeconds(-20));
        Journal(
        [
            Entry(now.AddSeconds(-5), "\"UNIT\":\"cliply-worker.service\",\"SYSLOG_IDENTIFIER\":\"systemd\",\"MESSAGE\":\"cliply-worker.service: Failed with result 'oom-kill'.\""),
            .. Enumerable.Range(1, 4).Select(i => Entry(now.AddSeconds(-10 * i), "\"UNIT\":\"cliply-worker.service\",\"SYSLOG_IDENTIFIER\":\"systemd\",\"MESSAGE_ID\":\"5eb03494b6584870a536b337290809b3\"")),
        ]);

        var report = await DiagnoseAsync(new WorkersEvidence { LivenessSource = LivenessSource.Registry, Active = 0 }, runnable: 12);

        report.Diagnoses.Single(d => d.Code == "workers-crash-looping").Causes.Single(c => c.Code == "out-of-memory").Confidence.Should().Be(Confidence.Likely);
    }

    [Theory]
    [InlineData("stopped-enabled")]
    [InlineData("never-started")]
    [InlineData("masked")]
    public async Task I_can_see_that_a_unit_was_stopped(string captured)
    {
        Unit(Captured.Text(captured + ".txt"), TimeProvider.System.GetUtcNow().AddMinutes(-10));
        Journal([]);

        var report = await DiagnoseAsync(new WorkersEvidence { LivenessSource = LivenessSource.Registry, Active = 0 }, runnable: 12);

        var diagnosis = report.Diagnoses.Single(d => d.Code == "no-workers-running");
        (diagnosis.Severity, diagnosis.Summary).Should().Be((Severity.Critical, "The workers are scaled to zero while 12 jobs wait, the oldest for 20 s."));
        diagnosis.Causes.Where(c => c.Confidence == Confidence.Confirmed).Select(c => c.Code).Should().Equal("scaled-to-zero");
        diagnosis.Remediation[0].Commands.Select(c => c.Command).Should().Contain(c => c.StartsWith("systemctl start cliply-", StringComparison.Ordinal));
    }

    [Fact]
    public async Task I_can_see_that_a_worker_which_ended_by_itself_was_not_stopped()
    {
        Unit(Captured.Text("ended-by-itself.txt"), TimeProvider.System.GetUtcNow().AddMinutes(-1));
        Journal([]);

        var report = await DiagnoseAsync(new WorkersEvidence { LivenessSource = LivenessSource.Registry, Active = 0 }, runnable: 12);

        report.Diagnoses.Single(d => d.Code == "no-workers-running").Causes.Select(c => c.Code).Should().NotContain("scaled-to-zero");
    }

    [Fact]
    public async Task I_can_see_that_no_unit_is_installed()
    {
        Unit(Captured.Text("not-found.txt"), TimeProvider.System.GetUtcNow());
        Journal([]);

        var report = await DiagnoseAsync(new WorkersEvidence { LivenessSource = LivenessSource.Registry, Active = 0 }, runnable: 12);

        report.Diagnoses.Single(d => d.Code == "no-workers-running").Causes.Where(c => c.Confidence == Confidence.Confirmed).Select(c => c.Code).Should().Equal("not-deployed");
    }

    private async Task<DiagnosticReport> DiagnoseAsync(WorkersEvidence workers, int runnable)
    {
        var store = ScriptedCollector.JobStore(_ =>
        {
            var healthy = ScriptedCollector.HealthyStore();
            return Task.FromResult(healthy with { Workers = workers, Queue = healthy.Queue.Value! with { Runnable = runnable, Running = 0 } });
        });
        await using var provider = Fleets.Create([store], o => (o.CollectorDeadline, o.CollectionDeadline) = (TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(20)), services =>
        {
            new CliplyDiagnosticsBuilder(services).AddSystemd().AddSystemd();
            services.Replace(ServiceDescriptor.Singleton(_folder.Search));
        });

        return (await provider.Fleet().DiagnoseAsync(Cancellation)).Report;
    }

    /// <summary>A captured unit, moved to another time.</summary>
    private void Unit(string text, DateTimeOffset at)
    {
        var time = at.ToString("ddd yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
        var moved = System.Text.RegularExpressions.Regex.Replace(text, "[A-Z][a-z]{2} 2026-11-25 [0-9:]{8} UTC", time);
        _folder.Script("systemctl", $"cat {_folder.Text("unit.txt", moved)}");
    }

    private void Journal(IReadOnlyList<string> entries) => _folder.Script("journalctl", $"cat {_folder.Text("journal.json", string.Concat(entries.Select(e => e + "\n")))}");

    private static string Entry(DateTimeOffset at, string fields) =>
        string.Create(CultureInfo.InvariantCulture, $"{{\"__REALTIME_TIMESTAMP\":\"{(at - DateTimeOffset.UnixEpoch).Ticks / 10}\",{fields}}}");
}
