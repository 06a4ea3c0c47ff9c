using Cliply.Diagnostics.Escalations;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Systemd;
using Cliply.Diagnostics.Tests.Binaries;
using Cliply.Diagnostics.Tests.Fakes;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Tests.Systemd;

/// <summary>Programs in the place of systemctl and journalctl, as for the collector.</summary>
[Collection(ProgramTests.Name)]
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class SystemdEscalationTests : IDisposable
{
    private const string Canary = "canary-made-up-value";
    private const string Present = "1111aaaa1111aaaa1111aaaa1111aaaa";
    private const string Before = "2222bbbb2222bbbb2222bbbb2222bbbb";

    /// <summary>2026-11-25 07:48:14 UTC.</summary>
    private const long Started = 1_795_592_894;

    private const string Unit = """
        Id=cliply-worker.service
        LoadState=loaded
        ActiveState=active
        SubState=running
        MainPID=40
        NRestarts=2
        ExecMainStartTimestamp=Wed 2026-11-25 07:48:14 UTC
        InvocationID=1111aaaa1111aaaa1111aaaa1111aaaa
        ExecStart={ path=/usr/bin/node ; argv[]=/usr/bin/node /srv/worker.js ; ignore_errors=no ; start_time=[n/a] ; stop_time=[n/a] ; pid=0 ; code=(null) ; status=0/0 }
        RootImage=
        """;

    private readonly ProgramFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task CollectAsync_RunsAgainAfterAFailure_HandsOverUnitVersionAndBothRunsApart()
    {
        Systemctl();
        Journal("newest.json", Line(Started + 2, Present, "Polling for jobs"), Note(Started, Present, "Started cliply-worker.service."), Failed(Started - 1), Line(Started - 2, Before, "Unhandled promise rejection"));
        Journal("before.json", Note(Started, Present, "Started cliply-worker.service."), Failed(Started - 1), Exited(Started - 1, 1), Line(Started - 2, Before, "Unhandled promise rejection"), Line(Started - 3, Before, "Claimed job 17"));

        var details = await CollectAsync();

        details.Should().BeEquivalentTo(new EscalationDetails
        {
            Logs =
            [
                new WorkerLog("cliply-worker", "2026-11-25T07:48:14.000000Z systemd: Started cliply-worker.service.\n2026-11-25T07:48:16.000000Z Polling for jobs\n"),
                new WorkerLog(
                    "cliply-worker",
                    """
                    2026-11-25T07:48:11.000000Z Claimed job 17
                    2026-11-25T07:48:12.000000Z Unhandled promise rejection
                    2026-11-25T07:48:13.000000Z systemd: Main process exited, code=exited, status=1.
                    2026-11-25T07:48:13.000000Z systemd: Failed with result 'exit-code'.

                    """,
                    IsPrevious: true),
            ],
            Files = [new DeploymentFile("systemd/cliply-worker.service", "# /etc/systemd/system/cliply-worker.service\n[Service]\nEnvironment=DATABASE_URL=‹removed›\nEnvironmentFile=/etc/cliply/worker.env\nExecStart=/usr/bin/node /srv/worker.js\n")],
            Workers = [new WorkerVersion("cliply-worker") { Image = "/usr/bin/node", StartedAt = DateTimeOffset.FromUnixTimeSeconds(Started), Restarts = 2 }],
            Rollouts = [],
            Missing = [],
        }, o => o.WithStrictOrdering());
        Read("journalctl.args").Should().Be(
            $"--unit cliply-worker --output=json --output-fields={JournalTail.Fields} --reverse --all --lines=200 --no-pager\n" +
            $"--unit cliply-worker --output=json --output-fields={JournalTail.Fields} --reverse --all --lines=200 --no-pager --until=@{Started + 1}\n");
        Read("systemctl.args").Should().Be($"show --no-pager --no-ask-password --property={SystemdUnit.DetailProperties} -- cliply-worker.service\ncat --no-pager --no-ask-password -- cliply-worker.service\n");
    }

    [Fact]
    public async Task CollectAsync_RestartedWithoutAFailure_IsOneLogOfBothRuns()
    {
        Systemctl();
        Journal("newest.json", Line(Started + 2, Present, "Polling for jobs"), Line(Started - 2, Before, "Worker stopped"));
        Journal("before.json", Exited(Started - 1, 0), Line(Started - 2, Before, "Worker stopped"));

        var details = await CollectAsync();

        details.Logs.Should().Equal(new WorkerLog("cliply-worker", "2026-11-25T07:48:12.000000Z Worker stopped\n2026-11-25T07:48:16.000000Z Polling for jobs\n"));
        details.Missing.Should().BeEmpty();
    }

    [Fact]
    public async Task CollectAsync_Lines_AreTheWorkersNewestAndNotesDoNotCount()
    {
        Systemctl();
        Journal("newest.json", [.. Enumerable.Range(0, 50).SelectMany(i => new[] { Line(Started + 100 - i, Present, $"line {i}"), Note(Started + 100 - i, Present, $"note {i}") })]);
        Journal("before.json");

        var details = await CollectAsync(new EscalationRequest { LogLines = 3 });

        details.Logs.Should().ContainSingle().Which.Should().Be(new WorkerLog("cliply-worker", """
            2026-11-25T07:49:52.000000Z line 2
            2026-11-25T07:49:53.000000Z systemd: note 1
            2026-11-25T07:49:53.000000Z line 1
            2026-11-25T07:49:54.000000Z systemd: note 0
            2026-11-25T07:49:54.000000Z line 0

            """));
    }

    [Fact]
    public async Task CollectAsync_LimitOfBytes_KeepsTheNewestLinesAndSaysSo()
    {
        Systemctl();
        Journal("newest.json", Line(Started + 2, Present, new string('n', 40)), Line(Started + 1, Present, new string('o', 40)));
        Journal("before.json");

        var details = await CollectAsync(new EscalationRequest { MaxBytesPerLog = 60 });

        details.Logs.Should().Equal(new WorkerLog("cliply-worker", $"2026-11-25T07:48:16.000000Z {new string('n', 40)}\n", IsCut: true));
    }

    [Fact]
    public async Task CollectAsync_JournalDenied_CostsTheLogAlone()
    {
        Systemctl();
        _folder.Script("journalctl", "echo 'No journal files were opened due to insufficient permissions.' >&2; exit 1");

        var details = await CollectAsync();

        details.Logs.Should().BeEmpty();
        details.Files.Should().ContainSingle();
        details.Workers.Should().ContainSingle();
        details.Missing.Should().Equal(new MissingDetail("log of cliply-worker", new SectionFailure("permissionDenied", "this user may not read the journal; add it to the group systemd-journal")));
    }

    [Fact]
    public async Task CollectAsync_BusDenied_StillReadsTheJournal()
    {
        _folder.Script("systemctl", "echo 'Failed to connect to bus: Permission denied' >&2; exit 1");
        Journal("newest.json", Line(Started, Present, "Polling for jobs"));

        var details = await CollectAsync();

        var denied = new SectionFailure("permissionDenied", "systemd's bus can't be reached by this user from here; run the diagnostics on the host of the workers, as a user that may ask systemd for its units");
        details.Logs.Should().Equal(new WorkerLog("cliply-worker", "2026-11-25T07:48:14.000000Z Polling for jobs\n"));
        details.Missing.Should().Equal(new MissingDetail("units", denied), new MissingDetail("systemd/cliply-worker.service", denied));
    }

    [Fact]
    public async Task CollectAsync_NoSuchUnit_SaysWhatToName()
    {
        _folder.Script("systemctl", $"cat {Captured.Path("not-found.txt")}");

        var details = await CollectAsync();

        details.Missing.Should().Equal(new MissingDetail("units", new SectionFailure("not-configured", "systemd has no such unit loaded; name the workers' units with AddSystemd or Cliply:Diagnostics:Systemd:Units")));
    }

    [Fact]
    public async Task CollectAsync_NoInstanceLoaded_HandsOverTheTemplate()
    {
        _folder.Script("systemctl", """
            case "$1" in
              list-unit-files) printf 'cliply-worker@.service disabled enabled\n' ;;
              cat) printf '# /etc/systemd/system/%s\n[Service]\nEnvironment=A=b\n' "$5" ;;
            esac
            """);

        var details = await CollectAsync(units: ["cliply-worker@*"]);

        details.Files.Should().Equal(new DeploymentFile("systemd/cliply-worker@.service", "# /etc/systemd/system/cliply-worker@.service\n[Service]\nEnvironment=A=‹removed›\n"));
        details.Missing.Should().BeEmpty();
    }

    [Fact]
    public async Task CollectAsync_JournalHangs_KeepsTheUnitAndLeavesNoProcess()
    {
        Systemctl();
        _folder.Script("journalctl", "trap '' INT TERM; while :; do sleep 0.05; done");
        using var time = new CancellationTokenSource(TimeSpan.FromSeconds(8));

        var details = await CollectAsync(deadline: 60, cancellation: time.Token);

        details.Files.Should().ContainSingle();
        details.Workers.Should().ContainSingle();
        details.Missing.Should().Equal(new MissingDetail("log of cliply-worker", new SectionFailure("timeout", "no time was left for it")));
        await _folder.ExpectNoProcessAsync(TestContext.Current.CancellationToken);
    }

    private static string Line(long at, string invocation, string message) =>
        $$"""{"__REALTIME_TIMESTAMP":"{{at}}000000","SYSLOG_IDENTIFIER":"node","_SYSTEMD_INVOCATION_ID":"{{invocation}}","MESSAGE":"{{message}}"}""";

    private static string Note(long at, string invocation, string message) =>
        $$"""{"__REALTIME_TIMESTAMP":"{{at}}000000","SYSLOG_IDENTIFIER":"systemd","UNIT":"cliply-worker.service","INVOCATION_ID":"{{invocation}}","MESSAGE":"{{message}}"}""";

    private static string Failed(long at) =>
        $$"""{"__REALTIME_TIMESTAMP":"{{at}}000000","SYSLOG_IDENTIFIER":"systemd","UNIT":"cliply-worker.service","INVOCATION_ID":"{{Before}}","MESSAGE_ID":"d9b373ed55a64feb8242e02dbe79a49c","UNIT_RESULT":"exit-code","MESSAGE":"Failed with result 'exit-code'."}""";

    private static string Exited(long at, int code) =>
        $$"""{"__REALTIME_TIMESTAMP":"{{at}}000000","SYSLOG_IDENTIFIER":"systemd","UNIT":"cliply-worker.service","INVOCATION_ID":"{{Before}}","MESSAGE_ID":"98e322203f7a4ed290d09fe03c09fe15","EXIT_CODE":"exited","EXIT_STATUS":"{{code}}","MESSAGE":"Main process exited, code=exited, status={{code}}."}""";

    private void Systemctl()
    {
        _folder.Text("unit.txt", Unit);
        _folder.Text("unit.service", $"# /etc/systemd/system/cliply-worker.service\n[Service]\nEnvironment=DATABASE_URL={Canary}\nEnvironmentFile=/etc/cliply/worker.env\nExecStart=/usr/bin/node /srv/worker.js\n");
        _folder.Script("systemctl", $"echo \"$@\" >> {_folder.Path}/systemctl.args; [ \"$1\" = cat ] && exec cat {_folder.Path}/unit.service; cat {_folder.Path}/unit.txt");
    }

    private void Journal(string name, params string[] newestFirst)
    {
        _folder.Text(name, string.Concat(newestFirst.Select(l => l + "\n")));
        _folder.Script("journalctl", $"echo \"$@\" >> {_folder.Path}/journalctl.args; case \"$*\" in *--until*) cat {_folder.Path}/before.json ;; *) cat {_folder.Path}/newest.json ;; esac");
    }

    private string Read(string name) => File.ReadAllText(Path.Combine(_folder.Path, name));

    private Task<EscalationDetails> CollectAsync(EscalationRequest? request = null, string[]? units = null, double deadline = 20, CancellationToken? cancellation = null) => new SystemdEscalationSource(
        Options.Create(new SystemdOptions { Units = units ?? [] }),
        Options.Create(new CliplyDiagnosticsOptions { CollectorDeadline = TimeSpan.FromSeconds(deadline) }),
        _folder.Search,
        TimeProvider.System).CollectAsync(request ?? new EscalationRequest(), cancellation ?? TestContext.Current.CancellationToken);
}
