using System.Text;
using System.Text.Json;
using Cliply.Diagnostics.Tests.PostgreSql;
using Npgsql;

namespace Cliply.Diagnostics.Cli.Tests;

public sealed class DiagnoseTests
{
    private static readonly Dictionary<string, string> Unhurried = new() { ["Cliply__Diagnostics__CollectorDeadline"] = "00:01:00", ["Cliply__Diagnostics__CollectionDeadline"] = "00:02:00" };

    [Theory]
    [InlineData("01-healthy", 0, "healthy")]
    [InlineData("14-saturated", 1, "degraded")]
    [InlineData("03-scaled-to-zero", 2, "unhealthy")]
    [InlineData("30-nothing-known", 3, "inconclusive")]
    public async Task I_can_diagnose_a_snapshot_from_standard_input(string name, int expected, string status)
    {
        var (exitCode, output, error) = await Cliply.RunAsync(["diagnose", "--snapshot", "-", "--output", "json"], Cliply.Case(name));

        exitCode.Should().Be(expected);
        error.Should().BeEmpty();
        using var report = JsonDocument.Parse(output);
        report.RootElement.GetProperty("status").GetString().Should().Be(status);
    }

    [Fact]
    public async Task I_can_read_the_table_and_copy_its_commands()
    {
        var (_, output, _) = await Cliply.RunAsync(["diagnose", "--snapshot", "-"], Cliply.Case("22-crash-loop-segfault"));

        output.Should().StartWith("""
            The fleet is unhealthy at 2026-11-23 12:00:00 UTC

            CRITICAL Workers crashing frequently (workers-crash-looping, confirmed)
            4 restarts in 5 minutes; 1 instance waits in CrashLoopBackOff.

            """.ReplaceLineEndings("\n"));
        output.Should().Contain("      Kubernetes  kubectl logs worker-0 --previous --tail=200\n")
            .And.Contain("      Kubernetes (changes)  kubectl rollout undo deployment worker\n")
            .And.Contain("  confirmed  Crash in ffmpeg or another native library (native-crash)\n")
            .And.Contain("Escalate to engineering\n  - Workers crash by a bug in their own or in native code.\n")
            .And.NotContain("docker ").And.NotContain("systemctl");
    }

    [Fact]
    public async Task I_can_paste_markdown()
    {
        var (_, output, _) = await Cliply.RunAsync(["diagnose", "--snapshot", "-", "-o", "markdown"], Cliply.Case("03-scaled-to-zero"));

        output.Should().StartWith("""
            # Fleet is unhealthy

            Captured at 2026-11-23 12:00:00 UTC.

            ## No workers running (critical, confirmed)

            The workers are scaled to zero while 512 jobs wait, the oldest for 47 min.

            - Code: `no-workers-running`

            """.ReplaceLineEndings("\n"));
        output.Should().Contain("  - Kubernetes (changes something): `kubectl scale deployment worker --replicas=2`\n");
    }

    [Theory]
    [InlineData("table")]
    [InlineData("markdown")]
    public async Task Hostile_text_in_a_snapshot_is_inert(string format)
    {
        const string Hostile = """
            {"schemaVersion":1,"capturedAt":"2026-11-23T12:00:00Z","queue":{"runnable":500,"running":0,"deadLetter":0,"kinds":[{"kind":"[red]\u001b[31m<script>alert(1)</script>\u0000\u202e","runnable":500}]},
             "deployments":[{"platform":"kubernetes","name":"worker; rm -rf /","desiredReplicas":1,"instances":[{"id":"$(id)","state":"waiting","reason":"ImagePullBackOff"}]}]}
            """;

        var (exitCode, output, error) = await Cliply.RunAsync(["diagnose", "--snapshot", "-", "--output", format], Encoding.UTF8.GetBytes(Hostile));

        exitCode.Should().Be(2, error);
        output.Should().NotContain("\u001b").And.NotContain("\0").And.NotContain("\u202e").And.Contain("kubectl rollout restart deployment 'worker; rm -rf /'").And.Contain("kubectl describe pod '$(id)'");
        if (format == "markdown")
        {
            output.Should().NotContain("<script>");
        }
        else
        {
            output.Should().Contain("[red]");
        }
    }

    [Theory]
    [InlineData(new[] { "diagnose", "--snapshot", "-", "--output", "xml" }, "cliply: --output 'xml' is not known. Use table, json, markdown or github.\nTry: cliply diagnose --help\n")]
    [InlineData(new[] { "diagnose", "--snapshot", "-", "--output", "1" }, "cliply: --output '1' is not known. Use table, json, markdown or github.\nTry: cliply diagnose --help\n")]
    [InlineData(new[] { "diagnose", "--snapshot", "-", "--output", "json,table" }, "cliply: --output 'json,table' is not known. Use table, json, markdown or github.\nTry: cliply diagnose --help\n")]
    [InlineData(new[] { "diagnose", "--snapshot", "-", "--database-url", "postgres://h/d" }, "cliply: --snapshot and --database-url exclude each other. Give the one to diagnose.\nTry: cliply diagnose --help\n")]
    [InlineData(new[] { "diagnose", "--auto", "false" }, "cliply: nothing to diagnose. Give --database-url URL or a source such as --logs FILE to collect now, or --snapshot FILE for a recorded snapshot, or set DATABASE_URL.\n")]
    [InlineData(new[] { "diagnose", "--snapshot", "a", "--docker" }, "cliply: --snapshot and --docker exclude each other. Give the one to diagnose.\nTry: cliply diagnose --help\n")]
    [InlineData(new[] { "diagnose", "--matchers", "a=\"b\"" }, "cliply: --matchers chooses among the series of a Prometheus server. Give --prometheus URL as well.\nTry: cliply diagnose --help\n")]
    [InlineData(new[] { "diagnose", "--prometheus", "ftp://u:canary@h" }, "cliply: Cliply:Diagnostics:Prometheus:Url can't be used: it is no absolute http or https URL. Use one such as http://prometheus:9090.\n")]
    [InlineData(new[] { "diagnose", "--database-url", "postgres://u:canary-made-up@h:x/d" }, "cliply: --database-url can't be used: its port is not a number from 1 to 65535. Use postgres://user:password@host:5432/database, with special characters percent-encoded, or an Npgsql connection string such as Host=…;Database=….\n")]
    public async Task Wrong_usage_exits_with_64_and_says_what_to_change(string[] arguments, string expected)
    {
        var (exitCode, output, error) = await Cliply.RunAsync(arguments);

        (exitCode, output, error).Should().Be((64, "", expected));
    }

    [Theory]
    [InlineData("Cliply__Diagnostics__CollectorDeadline", "canary", "cliply: Cliply:Diagnostics:CollectorDeadline can't be read. Expected a duration such as 00:00:02.\n")]
    [InlineData("Cliply__Diagnostics__CollectorDeadline", "00:00:06", "cliply: Cliply:Diagnostics:CollectorDeadline (00:00:06) must be less than Cliply:Diagnostics:CollectionDeadline (00:00:06). Lower the first or raise the second.\n")]
    [InlineData("Cliply__Diagnostics__Thresholds__BacklogJobs", "0", "cliply: BacklogJobs: The field CliplyDiagnosticsOptions.Thresholds.BacklogJobs must be between 1 and 2147483647.\n")]
    [InlineData("ConnectionStrings__Cliply", "Hots=h;Password=canary", "cliply: ConnectionStrings__Cliply can't be used: it is neither a postgres:// URL nor a connection string that can be read. Use postgres://user:password@host:5432/database, with special characters percent-encoded, or an Npgsql connection string such as Host=…;Database=….\n")]
    public async Task Configuration_that_cannot_be_used_exits_with_64_and_names_the_key(string name, string value, string expected)
    {
        var (exitCode, output, error) = await Cliply.RunAsync(["diagnose"], environment: new() { [name == "ConnectionStrings__Cliply" ? "NOTHING" : "DATABASE_URL"] = "postgres://127.0.0.1:1/d", [name] = value });

        (exitCode, output, error.Replace("cliply: reads the database that DATABASE_URL names\n", "", StringComparison.Ordinal)).Should().Be((64, "", expected));
    }

    [Theory]
    [InlineData("table")]
    [InlineData("json")]
    [InlineData("markdown")]
    public async Task A_full_disk_exits_with_74_and_no_stack_trace(string format)
    {
        var snapshot = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(snapshot, Cliply.Case("03-scaled-to-zero"), TestContext.Current.CancellationToken);

            var (exitCode, _, error) = await Cliply.RunInShellAsync($"$CLIPLY diagnose --snapshot '{snapshot}' --output {format} > /dev/full");

            (exitCode, error).Should().Be((74, "cliply: reading the input or writing the output failed: No space left on device.\n"));
        }
        finally
        {
            File.Delete(snapshot);
        }
    }

    [Fact]
    public async Task On_a_narrow_terminal_a_command_is_still_one_line()
    {
        var snapshot = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(snapshot, Cliply.Case("20-crash-loop-oom"), TestContext.Current.CancellationToken);

            var (_, output, _) = await Cliply.RunInShellAsync($"NO_COLOR=1 TERM=xterm script -qec \"stty cols 60; $CLIPLY diagnose --snapshot '{snapshot}'\" /dev/null");

            output.Should().Contain("kubectl set resources deployment worker --limits=memory=2Gi --requests=memory=1Gi\r\n");
            output.Should().NotContain("suffer first.", "texts are still wrapped").And.Contain("first.\r\n");
        }
        finally
        {
            File.Delete(snapshot);
        }
    }

    [Theory]
    [InlineData("", "line 1: the snapshot is empty. Expected a JSON object.")]
    [InlineData("{\"schemaVersion\": 1,\n\"captur", "$.schemaVersion (line 2): not valid JSON, or cut off. Expected one JSON object.")]
    [InlineData("{\"schemaVersion\": 1}", "$.capturedAt (line 1): is missing, and is required.")]
    [InlineData("{\"schemaVersion\": 1, \"capturedAt\": \"2026-11-23T12:00:00Z\",\n\"workers\": {\n\"livenessSource\": \"registry\", \"active\": \"two\"}}", "$.workers.active (line 3): expected a whole number of 0 or more, found a text.")]
    [InlineData("{\"schemaVersion\": 1, \"capturedAt\": \"2026-11-23T12:00:00Z\",\n\"queue\": {\"runnable\": -3, \"running\": 0, \"deadLetter\": 0}}", "$.queue.runnable (line 2): expected a whole number of 0 or more, found a negative, fractional or too large number.")]
    [InlineData("{\"schemaVersion\": 1, \"capturedAt\": \"2026-11-23T12:00:00Z\", \"database\": {\"status\": \"fine\"}}", "$.database.status (line 1): expected one of ok, refused, hostNotFound, timeout, authenticationFailed, tlsFailed, permissionDenied, schemaMissing, tooManyConnections, readOnly, shuttingDown, error, found another text.")]
    [InlineData("{\"schemaVersion\": 7, \"capturedAt\": \"2026-11-23T12:00:00Z\"}", "$.schemaVersion (line 1): version 7 is not known. This version reads schemaVersion 1; use a newer one for newer snapshots.")]
    public async Task Bad_input_exits_with_65_and_says_where(string snapshot, string expected)
    {
        var (exitCode, output, error) = await Cliply.RunAsync(["diagnose", "--snapshot", "-"], Encoding.UTF8.GetBytes(snapshot));

        (exitCode, output, error).Should().Be((65, "", $"cliply: standard input: {expected}\n"));
    }

    [Fact]
    public async Task A_file_that_is_not_there_exits_with_65()
    {
        var (exitCode, _, error) = await Cliply.RunAsync(["diagnose", "--snapshot", "no-such-file.json"]);

        (exitCode, error).Should().Be((65, "cliply: --snapshot 'no-such-file.json': there is no such file. Give the path of a file, or - for standard input.\n"));
    }

    [Fact]
    public async Task I_can_collect_from_a_database_that_refuses_and_no_secret_shows()
    {
        var (exitCode, output, error) = await Cliply.RunAsync(["diagnose", "-o", "json"], environment: new() { ["DATABASE_URL"] = $"postgres://u:canary-made-up@127.0.0.1:{PostgresServer.FreePort()}/d" });

        exitCode.Should().Be(2, error);
        using var report = JsonDocument.Parse(output);
        report.RootElement.GetProperty("diagnoses").EnumerateArray().Select(d => d.GetProperty("code").GetString()).Should().Contain("database-unavailable");
        (output + error).Should().NotContainEquivalentOf("canary");
    }

    [Theory]
    [InlineData(new string[0], true, "cliply: ffmpeg, yt-dlp and the environment are those of this machine. Where no worker runs here, leave them out with --no-local.\n")]
    [InlineData(new[] { "--no-local" }, false, "")]
    public async Task I_can_leave_this_machine_out(string[] more, bool expected, string hint)
    {
        var (exitCode, output, error) = await Cliply.RunAsync(["diagnose", "--database-url", $"postgres://127.0.0.1:{PostgresServer.FreePort()}/d", "--auto", "false", "-o", "json", .. more], environment: new(Unhurried) { ["SUPABASE_URL"] = "" });

        (exitCode, error).Should().Be((2, "cliply: reads the database that --database-url names\n" + hint));
        using var report = JsonDocument.Parse(output);
        report.RootElement.GetProperty("diagnoses").EnumerateArray().Any(d => d.GetProperty("code").GetString() == "environment-incomplete").Should().Be(expected);
        report.RootElement.GetProperty("unknowns").EnumerateArray().Count(u => u.GetProperty("section").GetString() is "binaries" or "environment").Should().Be(expected ? 0 : 2);
    }

    [Fact]
    public async Task I_can_collect_from_a_real_database()
    {
        await using var server = new PostgresServer();
        await server.InitializeAsync();
        var database = await server.CreateEmptyDatabaseAsync();
        await using (var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={server.Port};Username=postgres;Database={database};Pooling=false"))
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = new NpgsqlCommand("create table jobs (state text, kind text, locked_by text, run_at timestamptz); insert into jobs select 'queued', 'TRANSCRIBE', null, now() - interval '10 minutes' from generate_series(1, 120)", connection);
            await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        }

        var (exitCode, output, error) = await Cliply.RunAsync(["diagnose", "--database-url", $"postgres://postgres@127.0.0.1:{server.Port}/{database}", "--output", "json"], environment: Unhurried);

        exitCode.Should().Be(2, error);
        using var report = JsonDocument.Parse(output);
        var noWorkers = report.RootElement.GetProperty("diagnoses").EnumerateArray().Single(d => d.GetProperty("code").GetString() == "no-workers-running");
        noWorkers.GetProperty("summary").GetString().Should().Be("No worker holds a job or claims one while 120 jobs wait, the oldest for 10 min.");
        noWorkers.GetProperty("confidence").GetString().Should().Be("likely");
    }
}
