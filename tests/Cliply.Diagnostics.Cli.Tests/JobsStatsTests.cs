using System.Text.Json;
using Cliply.Diagnostics.Tests.PostgreSql;

namespace Cliply.Diagnostics.Cli.Tests;

[Collection(FleetDatabaseTests.Name)]
public sealed class JobsStatsTests(FleetDatabase fleet)
{
    private static string[] Arguments(string url, params string[] more) => ["jobs", "stats", "--database-url", url, "--timeout", "1m", .. more];

    [Theory]
    [InlineData("table")]
    [InlineData("markdown")]
    [InlineData("json")]
    public async Task I_can_see_the_queue_in_numbers(string format)
    {
        await fleet.RefreshAsync();
        var (exitCode, output, error) = await Cliply.RunAsync(Arguments(fleet.Url, "--output", format));

        (exitCode, error).Should().Be((0, "cliply: reads the database that --database-url names\n"));
        Stable(output).ShouldBeApproved($"jobs-stats.{format}");
    }

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    public async Task I_can_see_the_queue_on_a_terminal(int columns)
    {
        await fleet.RefreshAsync();
        var (exitCode, output) = await Cliply.RunOnTerminalAsync(columns, Arguments(fleet.Url));

        exitCode.Should().Be(0);
        FleetDatabase.Timeless(output).ShouldBeApproved($"jobs-stats.{columns}-columns");
    }

    [Fact]
    public async Task A_backlog_without_workers_is_a_red_flag_and_counts_say_where_they_stopped()
    {
        var url = await fleet.CreateAsync("""
            insert into jobs (kind, run_at) select 'TRANSCRIBE', now() - interval '10 minutes 30 seconds' from generate_series(1, 10050);
            insert into jobs (kind, state, updated_at) select E'[red]K\u202e\033[31m', 'dead_letter', now() - interval '10 minutes' from generate_series(1, 1234);
            """);

        var (exitCode, output, _) = await Cliply.RunAsync(Arguments(url));

        exitCode.Should().Be(0);
        output.Should().Contain("Runnable        10,000+ (the oldest has been due for 10 min)\n")
            .And.Contain("Dead letters    1,234 (1,234 within the last hour)\n")
            .And.Contain("| [red]K     |        0 |").And.Contain("| TRANSCRIBE |  10,000+ |")
            .And.Contain("10,000+ jobs wait, and no worker is active: workers not running (scenario 1).\n")
            .And.Contain("1,234 jobs ran out of retries within the last hour: the workers' environment may be broken (cliply dlq list).\n")
            .And.NotContain("\u202e").And.NotContain("\u001b");
    }

    [Fact]
    public async Task A_large_table_without_an_index_is_not_scanned_unasked()
    {
        var url = await fleet.CreateAsync("drop index jobs_unfinished; insert into jobs (kind, state, updated_at) select 'A', 'done', now() from generate_series(1, 60000); analyze jobs;");

        var (exitCode, output, _) = await Cliply.RunAsync(Arguments(url));
        var (jsonExitCode, json, _) = await Cliply.RunAsync(Arguments(url, "-o", "json"));
        var (scanExitCode, scanned, _) = await Cliply.RunAsync(Arguments(url, "--scan"));

        (exitCode, jsonExitCode, scanExitCode).Should().Be((3, 3, 0));
        output.ShouldBeApproved("jobs-stats.unindexed");
        json.ShouldBeApproved("jobs-stats.unindexed.json");
        scanned.Should().Contain("Runnable        0 \n".TrimEnd(' ', '\n')).And.Contain("Counting reads the whole table, for no index leads to unfinished jobs.\n").And.Contain("create index concurrently");
    }

    [Fact]
    public async Task A_database_that_refuses_exits_with_69_and_shows_no_zero()
    {
        var (exitCode, output, error) = await Cliply.RunAsync(Arguments($"postgres://u:canary-made-up@127.0.0.1:{PostgresServer.FreePort()}/d"));

        (exitCode, output, error).Should().Be((69, "", "cliply: reads the database that --database-url names\ncliply: the database that --database-url names can't be read: nothing listens at its address.\n"));
    }

    [Fact]
    public async Task No_database_exits_with_64()
    {
        var (exitCode, output, error) = await Cliply.RunAsync(["jobs", "stats"], environment: new() { ["ConnectionStrings__Cliply"] = "" });

        (exitCode, output, error).Should().Be((64, "", "cliply: no database is named. Give --database-url URL, or set DATABASE_URL or ConnectionStrings__Cliply.\n"));
    }

    [Fact]
    public async Task A_look_changes_nothing()
    {
        var url = await fleet.CreateAsync("""
            insert into jobs (kind, state) values ('A', 'queued'), ('A', 'dead_letter');
            create role looking login; grant select on all tables in schema public to looking;
            """);

        var (exitCode, output, _) = await Cliply.RunAsync(Arguments(url.Replace("postgres@", "looking@", StringComparison.Ordinal), "-o", "json"));

        exitCode.Should().Be(0);
        using var json = JsonDocument.Parse(output);
        json.RootElement.GetProperty("queue").GetProperty("runnable").GetInt64().Should().Be(1);
    }

    /// <summary>The database's latency differs from run to run.</summary>
    private static string Stable(string output) =>
        System.Text.RegularExpressions.Regex.Replace(FleetDatabase.Timeless(output), "\"latencyMilliseconds\": [0-9.]+", "\"latencyMilliseconds\": N");
}
