using System.Text.Json;

namespace Cliply.Diagnostics.Cli.Tests;

[Collection(FleetDatabaseTests.Name)]
public sealed class DlqTests(FleetDatabase fleet)
{
    private const string Rows = """
        insert into jobs (id, kind, state, attempts, last_error, error, result, locked_by, run_at, created_at, updated_at)
          select id::uuid, kind, 'dead_letter', 5, error, json::jsonb, result::jsonb, locked_by, now() - interval '3 hours 30 minutes', now() - interval '3 hours 30 minutes', now() - interval '2 hours 30 minutes' from (values
          ('41000000-0000-4000-8000-000000000001', 'CLIP_RENDER', 'spawn ffmpeg ENOENT', '{"message": "x", "reason": "max attempts", "worker_id": "host-a:1:1"}', null, null),
          ('42000000-0000-4000-8000-000000000001', 'TRANSCRIBE', 'connect ECONNREFUSED', null, null, null),
          ('43000000-0000-4000-8000-000000000001', 'PUBLISH_TIKTOK', 'HTTP 401 invalid credentials, password=canary-made-up', null, '{"url": "canary-made-up"}', null),
          ('44000000-0000-4000-8000-000000000001', 'TRANSCRIBE', 'JavaScript heap out of memory', null, null, null),
          ('45000000-0000-4000-8000-000000000001', '[red]KIND', '[red]' || chr(27) || '[31m<script>alert(1)</script>' || chr(8238) || '`x` | y', null, null, 'x'' $(rm -rf /) `id` ::'))
            v(id, kind, error, json, result, locked_by);
        insert into jobs (id, kind, state) values ('11000000-0000-4000-8000-000000000001', 'TRANSCRIBE', 'queued');
        """;

    private static string[] List(string url, params string[] more) => ["dlq", "list", "--database-url", url, "--timeout", "1m", .. more];

    private static string[] Inspect(string url, string id, params string[] more) => ["dlq", "inspect", id, "--database-url", url, "--timeout", "1m", .. more];

    [Theory]
    [InlineData("table")]
    [InlineData("markdown")]
    [InlineData("json")]
    public async Task I_can_see_the_dead_letters_in_groups_first(string format)
    {
        await fleet.RefreshAsync();
        var (exitCode, output, error) = await Cliply.RunAsync(List(fleet.Url, "-o", format));

        (exitCode, error).Should().Be((0, "cliply: reads the database that --database-url names\n"));
        FleetDatabase.Timeless(output).ShouldBeApproved($"dlq-list.{format}");
        output.Should().NotContain("canary").And.NotContain("\u001b").And.NotContain("\u202e");
    }

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    public async Task I_can_see_them_on_a_terminal(int columns)
    {
        await fleet.RefreshAsync();
        var (exitCode, output) = await Cliply.RunOnTerminalAsync(columns, List(fleet.Url));

        exitCode.Should().Be(0);
        FleetDatabase.Timeless(output).ShouldBeApproved($"dlq-list.{columns}-columns");
    }

    [Fact]
    public async Task I_can_ask_for_a_few_of_one_kind()
    {
        await fleet.RefreshAsync();
        var (exitCode, output, _) = await Cliply.RunAsync(List(fleet.Url, "--kind", "CLIP_RENDER", "--limit", "1"));

        exitCode.Should().Be(0);
        FleetDatabase.Timeless(output).ShouldBeApproved("dlq-list.kind");
    }

    [Fact]
    public async Task None_is_said()
    {
        var (exitCode, output, _) = await Cliply.RunAsync(List(await fleet.CreateAsync("")));

        (exitCode, output).Should().Be((0, "Dead letters\nNone.\n"));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1001")]
    public async Task A_limit_out_of_range_exits_with_64(string limit)
    {
        var (exitCode, output, error) = await Cliply.RunAsync(List(fleet.Url, "--limit", limit));

        (exitCode, output, error).Should().Be((64, "", $"cliply: --limit '{limit}' is out of range. Use 1 to 1000.\nTry: cliply dlq list --help\n"));
    }

    [Fact]
    public async Task A_large_table_without_an_index_is_not_scanned()
    {
        var url = await fleet.CreateAsync("drop index jobs_dead_letter; drop index jobs_unfinished; insert into jobs (kind, state) select 'A', 'done' from generate_series(1, 60000); analyze jobs;");

        var (exitCode, output, _) = await Cliply.RunAsync(List(url));
        var (jsonExitCode, json, _) = await Cliply.RunAsync(List(url, "-o", "json"));

        (exitCode, jsonExitCode).Should().Be((3, 3));
        output.ShouldBeApproved("dlq-list.unindexed");
        json.ShouldBeApproved("dlq-list.unindexed.json");
    }

    [Theory]
    [InlineData("41", "table", "after-fix")]
    [InlineData("41", "markdown", "after-fix")]
    [InlineData("41", "json", "after-fix")]
    [InlineData("42", "table", "safe")]
    [InlineData("43", "table", "published")]
    [InlineData("44", "table", "crash")]
    [InlineData("45", "table", "hostile")]
    [InlineData("45", "markdown", "hostile")]
    [InlineData("45", "json", "hostile")]
    public async Task I_am_told_whether_one_may_be_queued_again(string id, string format, string name)
    {
        var (exitCode, output, error) = await Cliply.RunAsync(Inspect(await fleet.CreateAsync(Rows), id, "-o", format));

        (exitCode, error).Should().Be((0, "cliply: reads the database that --database-url names\n"));
        FleetDatabase.Timeless(output).ShouldBeApproved($"dlq-inspect.{name}.{format}");
        output.Should().NotContain("canary").And.NotContain("\u001b").And.NotContain("\u202e");
    }

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    public async Task I_can_inspect_one_on_a_terminal(int columns)
    {
        var (exitCode, output) = await Cliply.RunOnTerminalAsync(columns, Inspect(await fleet.CreateAsync(Rows), "41"));

        exitCode.Should().Be(0);
        FleetDatabase.Timeless(output).ShouldBeApproved($"dlq-inspect.after-fix.{columns}-columns");
    }

    [Fact]
    public async Task A_job_that_is_no_dead_letter_exits_with_65()
    {
        var (exitCode, output, error) = await Cliply.RunAsync(Inspect(await fleet.CreateAsync(Rows), "11"));

        (exitCode, output).Should().Be((65, ""));
        error.Should().EndWith("cliply: the job 11000000-0000-4000-8000-000000000001 is no dead letter: its state is 'queued'. See cliply jobs status 11000000-0000-4000-8000-000000000001.\n");
    }

    [Theory]
    [InlineData("")]
    [InlineData("""
        drop table jobs cascade;
        create table jobs (id uuid primary key, type text not null, status text not null default 'pending', attempts int default 0, error jsonb, run_after timestamptz not null default now(), worker_id uuid, last_heartbeat timestamptz, updated_at timestamptz);
        insert into jobs (id, type, status, attempts) values ('41000000-0000-4000-8000-000000000001', 'CLIP_RENDER', 'dead_letter', 5);
        """)]
    [InlineData("""
        drop table jobs cascade; create type s as enum ('dead_letter', 'pending', 'running');
        create table jobs (id text primary key, state s, kind text, locked_by text);
        insert into jobs values ('41 it''s', 'dead_letter', 'CLIP_RENDER', 'w');
        """)]
    public async Task The_printed_command_queues_it_again_whatever_the_columns_and_only_a_dead_letter(string table)
    {
        var url = await fleet.CreateAsync(table.Length == 0 ? Rows : table);
        var (_, output, _) = await Cliply.RunAsync(Inspect(url, "41", "-o", "json"));
        using var json = JsonDocument.Parse(output);
        var (_, page, _) = await Cliply.RunAsync(Inspect(url, "41"));
        var command = page.Split('\n').Single(line => line.Contains("begin; update", StringComparison.Ordinal)).Split("shell (changes)  ")[1];

        var (exitCode, printed, error) = await Cliply.RunInShellAsync(command, new() { ["DATABASE_URL"] = url });
        exitCode.Should().Be(0, error);
        printed.Should().Contain("UPDATE 1");
        (await Cliply.RunInShellAsync(command, new() { ["DATABASE_URL"] = url })).Output.Should().Contain("UPDATE 0", "it is no dead letter any more");

        command.Should().Contain(json.RootElement.GetProperty("requeue").GetProperty("sql").GetString()!.Replace("'", "'\\''", StringComparison.Ordinal));
        var (_, status, _) = await Cliply.RunAsync(["jobs", "status", "41", "--database-url", url, "--timeout", "1m", "-o", "json"]);
        using var job = JsonDocument.Parse(status);
        job.RootElement.GetProperty("meaning").GetString().Should().Be("runnable");
        job.RootElement.GetProperty("lockedBy").ValueKind.Should().Be(JsonValueKind.Null);
        (job.RootElement.GetProperty("attempts") is { ValueKind: JsonValueKind.Number } attempts ? attempts.GetInt64() : 0).Should().Be(0);
    }

    [Fact]
    public async Task An_id_that_holds_a_secret_is_not_put_into_a_command()
    {
        var url = await fleet.CreateAsync("drop table jobs cascade; create table jobs (id text primary key, state text, kind text, locked_by text); insert into jobs values ('41 password=canary-made-up', 'dead_letter', 'A', null);");

        foreach (var format in new[] { "table", "json" })
        {
            var (exitCode, output, _) = await Cliply.RunAsync(Inspect(url, "41", "-o", format));
            exitCode.Should().Be(0);
            output.Should().NotContain("canary").And.NotContain("begin; update");
        }

        (await Cliply.RunAsync(List(url))).Output.Should().NotContain("canary");
    }
}
