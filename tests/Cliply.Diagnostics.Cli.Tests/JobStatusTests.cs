using Cliply.Diagnostics.Tests.PostgreSql;

namespace Cliply.Diagnostics.Cli.Tests;

[Collection(FleetDatabaseTests.Name)]
public sealed class JobStatusTests(FleetDatabase fleet)
{
    private const string Rows = """
        insert into jobs (id, kind, state, attempts, run_at, created_at, updated_at) values
          ('11000000-0000-4000-8000-000000000001', 'TRANSCRIBE', 'queued', 0, now() - interval '47 minutes 30 seconds', now() - interval '2 hours 30 minutes', now() - interval '2 hours 30 minutes'),
          ('12000000-0000-4000-8000-000000000001', 'TRANSCRIBE', 'queued', 0, now() - interval '2 minutes 30 seconds', now() - interval '2 minutes 30 seconds', now() - interval '2 minutes 30 seconds'),
          ('13000000-0000-4000-8000-000000000001', 'CLIP_RENDER', 'queued', 2, now() + interval '10 minutes 30 seconds', now() - interval '2 hours 30 minutes', now() - interval '5 minutes 30 seconds');
        insert into jobs (id, kind, state, attempts, payload, workspace_id, locked_by, locked_at, heartbeat_at, run_at, created_at, updated_at) values
          ('21000000-0000-4000-8000-000000000001', 'CLIP_RENDER', 'running', 1, '{"source": "s3://canary-made-up", "clip": 1}', '99999999-0000-4000-8000-000000000009', 'worker-7f9c-x2x:17:1700000000000',
            now() - interval '20 minutes 30 seconds', now() - interval '12 minutes 30 seconds', now() - interval '30 minutes 30 seconds', now() - interval '30 minutes 30 seconds', now() - interval '12 minutes 30 seconds'),
          ('22000000-0000-4000-8000-000000000001', 'CLIP_RENDER', 'running', 1, null, null, 'worker-7f9c-x2x:17:1700000000000',
            now() - interval '20 minutes 30 seconds', now() - interval '7 minutes 30 seconds', now() - interval '30 minutes 30 seconds', now() - interval '30 minutes 30 seconds', now() - interval '7 minutes 30 seconds'),
          ('23000000-0000-4000-8000-000000000001', 'CLIP_RENDER', 'running', 1, null, null, 'worker-7f9c-x2x:17:1700000000000',
            now() - interval '20 minutes 30 seconds', now() - interval '2 minutes 30 seconds', now() - interval '30 minutes 30 seconds', now() - interval '30 minutes 30 seconds', now() - interval '2 minutes 30 seconds');
        insert into jobs (id, kind, state, attempts, last_error, error, result, run_at, created_at, updated_at)
          select id::uuid, kind, state, attempts, error, json::jsonb, result::jsonb, now() - interval '3 hours 30 minutes', now() - interval '3 hours 30 minutes', now() - interval '2 hours 30 minutes' from (values
          ('31000000-0000-4000-8000-000000000001', 'CLIP_RENDER', 'failed', 2, 'ffmpeg timed out after 600 s, password=canary-made-up', '{"message": "x", "reason": "timeout", "failed_at": "2026-11-23T12:00:00Z", "worker_id": "host-a:1:1"}', null),
          ('41000000-0000-4000-8000-000000000001', 'CLIP_RENDER', 'dead_letter', 5, '[red]' || chr(27) || '[31m<script>alert(1)</script>' || chr(8238) || '`x` | y', null, null),
          ('51000000-0000-4000-8000-000000000001', 'TRANSCRIBE', 'done', 1, null, null, '{"text": "hello"}'),
          ('52000000-0000-4000-8000-000000000001', 'TRANSCRIBE', 'cancelled', 0, null, null, null),
          ('61000000-0000-4000-8000-000000000001', 'TRANSCRIBE', '[bold]paused', 0, null, null, null)) v(id, kind, state, attempts, error, json, result);
        insert into job_events (job_id, stage, data, created_at) values
          ('21000000-0000-4000-8000-000000000001', 'enqueued', null, now() - interval '30 minutes 30 seconds'),
          ('21000000-0000-4000-8000-000000000001', 'claimed', '{"worker": "worker-7f9c-x2x:17:1700000000000"}', now() - interval '20 minutes 30 seconds'),
          ('21000000-0000-4000-8000-000000000001', 'progress', '{"percent": 40, "token": "canary-made-up"}', now() - interval '13 minutes 30 seconds');
        """;

    private static string[] Arguments(string url, string id, params string[] more) => ["jobs", "status", id, "--database-url", url, "--timeout", "1m", .. more];

    [Theory]
    [InlineData("11", "overdue")]
    [InlineData("12", "runnable")]
    [InlineData("13", "scheduled")]
    [InlineData("21", "stale")]
    [InlineData("22", "late")]
    [InlineData("23", "fresh")]
    [InlineData("31", "failed")]
    [InlineData("41", "dead-letter")]
    [InlineData("51", "done")]
    [InlineData("52", "cancelled")]
    [InlineData("61", "unknown")]
    public async Task I_am_told_what_a_jobs_state_means(string id, string name)
    {
        var (exitCode, output, error) = await Cliply.RunAsync(Arguments(await fleet.CreateAsync(Rows), id));

        (exitCode, error).Should().Be((0, "cliply: reads the database that --database-url names\n"));
        FleetDatabase.Timeless(output).ShouldBeApproved($"job-status.{name}");
        output.Should().NotContain("canary").And.NotContain("\u001b").And.NotContain("\u202e");
    }

    [Theory]
    [InlineData("21", "markdown", "stale")]
    [InlineData("21", "json", "stale")]
    [InlineData("41", "markdown", "dead-letter")]
    [InlineData("41", "json", "dead-letter")]
    public async Task I_can_have_it_for_programs_and_to_paste(string id, string format, string name)
    {
        var (exitCode, output, _) = await Cliply.RunAsync(Arguments(await fleet.CreateAsync(Rows), id, "-o", format));

        exitCode.Should().Be(0);
        FleetDatabase.Timeless(output).ShouldBeApproved($"job-status.{name}.{format}");
        output.Should().NotContain("canary").And.NotContain("\u001b").And.NotContain("\u202e");
    }

    [Theory]
    [InlineData(80)]
    [InlineData(120)]
    public async Task I_can_see_it_on_a_terminal(int columns)
    {
        var (exitCode, output) = await Cliply.RunOnTerminalAsync(columns, Arguments(await fleet.CreateAsync(Rows), "21"));

        exitCode.Should().Be(0);
        FleetDatabase.Timeless(output).ShouldBeApproved($"job-status.stale.{columns}-columns");
    }

    [Theory]
    [InlineData("2", 65, "cliply: 3 jobs' ids start with '2'. Give more of it:\n  21000000-0000-4000-8000-000000000001  CLIP_RENDER  running\n  22000000-0000-4000-8000-000000000001  CLIP_RENDER  running\n  23000000-0000-4000-8000-000000000001  CLIP_RENDER  running\n")]
    [InlineData("77", 65, "cliply: no job's id starts with '77'.\n")]
    [InlineData("x[red]\u001b[31m", 64, "cliply: 'x[red]' is no job's id. Ids are UUIDs here. Give one, or its first digits: 0 to 9 and a to f, with hyphens or without.\n")]
    public async Task An_id_that_is_not_one_jobs_is_told(string id, int expectedExitCode, string expected)
    {
        var (exitCode, output, error) = await Cliply.RunAsync(Arguments(await fleet.CreateAsync(Rows), id));

        (exitCode, output, error).Should().Be((expectedExitCode, "", "cliply: reads the database that --database-url names\n" + expected));
    }

    [Fact]
    public async Task Texts_of_a_megabyte_are_cut()
    {
        var url = await fleet.CreateAsync("""
            drop index jobs_unfinished;
            insert into jobs (id, kind, state, last_error, payload) values ('11000000-0000-4000-8000-000000000001', repeat('k', 1000000), 'dead_letter', repeat('e', 1000000), jsonb_build_object(repeat('p', 1000000), repeat('v', 1000000)));
            """);

        foreach (var format in new[] { "table", "markdown", "json" })
        {
            var (exitCode, output, _) = await Cliply.RunAsync(Arguments(url, "11", "-o", format));
            exitCode.Should().Be(0);
            output.Length.Should().BeLessThan(10_000);
            (await Cliply.RunAsync(["dlq", "list", "--database-url", url, "--timeout", "1m", "-o", format])).Output.Length.Should().BeLessThan(10_000);
        }
    }

    [Fact]
    public async Task A_large_table_without_an_index_on_the_id_is_not_scanned()
    {
        var url = await fleet.CreateAsync("alter table jobs drop constraint jobs_pkey; insert into jobs (kind, state) select 'A', 'done' from generate_series(1, 60000); analyze jobs;");

        var (exitCode, output, error) = await Cliply.RunAsync(Arguments(url, "11"));

        (exitCode, output).Should().Be((3, ""));
        error.Should().EndWith("""cliply: no index leads to a job by its id, and reading the whole table would take too long. Create one at a quiet time: create unique index concurrently if not exists "jobs_id" on "public"."jobs" ("id");""" + "\n");
    }

    [Fact]
    public async Task Events_that_no_index_leads_to_are_not_read_from_a_large_table()
    {
        var url = await fleet.CreateAsync(Rows + "insert into job_events (job_id, stage) select gen_random_uuid(), 'claimed' from generate_series(1, 60000); drop index job_events_job_id_idx; analyze job_events;");

        var (exitCode, output, _) = await Cliply.RunAsync(Arguments(url, "21"));

        exitCode.Should().Be(0);
        output.Should().Contain("""
            Timeline
            Not read: no index leads to the events of one job, and reading all of them would take too long.
              - Create the index at a quiet time; CONCURRENTLY does not block the workers.
                  shell (changes)  psql "$DATABASE_URL" -c 'create index concurrently if not exists "job_events_job_id" on "public"."job_events" ("job_id", "id");'
            """);
    }

    [Fact]
    public async Task A_database_that_refuses_exits_with_69()
    {
        var (exitCode, output, error) = await Cliply.RunAsync(Arguments($"postgres://u:canary-made-up@127.0.0.1:{PostgresServer.FreePort()}/d", "11"));

        (exitCode, output, error).Should().Be((69, "", "cliply: reads the database that --database-url names\ncliply: the database that --database-url names can't be read: nothing listens at its address.\n"));
    }
}
