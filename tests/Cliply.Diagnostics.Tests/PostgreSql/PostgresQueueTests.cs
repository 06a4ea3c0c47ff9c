using Cliply.Diagnostics.Evidence;
using Microsoft.Extensions.Time.Testing;

namespace Cliply.Diagnostics.Tests.PostgreSql;

/// <summary>What is read of the queue, on real tables.</summary>
[Collection(PostgresTests.Name)]
public sealed class PostgresQueueTests(PostgresServer server)
{
    private const string SomeJobs = """
        insert into jobs (kind, state, run_at, created_at) values
          ('TRANSCRIBE', 'queued', now() - interval '600 seconds', now() - interval '900 seconds'),
          ('TRANSCRIBE', 'pending', now() - interval '20 seconds', now()),
          ('CLIP_RENDER', 'queued', null, now() - interval '1200 seconds'),
          ('CLIP_RENDER', 'queued', now() + interval '1 hour', now()),
          ('PUBLISH_TIKTOK', 'done', now(), now()), ('PUBLISH_TIKTOK', 'completed', now(), now()), ('PUBLISH_TIKTOK', 'cancelled', now(), now());
        insert into jobs (kind, state, locked_by, locked_at, heartbeat_at) values
          ('TRANSCRIBE', 'running', 'host-a:1:1', now() - interval '1 hour', now() - interval '3 seconds'),
          ('TRANSCRIBE', 'processing', 'host-a:1:1', now() - interval '1 hour', now() - interval '700 seconds'),
          ('CLIP_RENDER', 'running', 'host-b:2:2', now() - interval '800 seconds', null);
        insert into jobs (kind, state, last_error, updated_at) values
          ('CLIP_RENDER', 'failed', 'FFmpeg not found', now() - interval '2 minutes'),
          ('CLIP_RENDER', 'error', 'spawn ffmpeg ENOENT', now() - interval '1 minute'),
          ('PUBLISH_YOUTUBE', 'dead_letter', 'HTTP 401 password=canary-made-up', now() - interval '30 minutes'),
          ('PUBLISH_YOUTUBE', 'dead_letter', 'something else', now() - interval '3 hours');
        """;

    [Theory]
    [InlineData("")]
    [InlineData(JobTables.Index)]
    public async Task CollectAsync_CurrentNames_CountsEverything(string index)
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current + index + SomeJobs);

        var evidence = await database.CollectAsync();

        evidence.Queue.Value.Should().BeEquivalentTo(new QueueEvidence
        {
            Runnable = 3,
            Scheduled = 1,
            Running = 3,
            Failed = 2,
            DeadLetter = 2,
            OldestRunnableAgeSeconds = 1200,
            StaleRunning = 2,
            DeadLetteredLastHour = 1,
            LowerBounds = [],
            Kinds =
            [
                new QueueKind { Kind = "CLIP_RENDER", Runnable = 1, Scheduled = 1, Running = 1, Failed = 2, DeadLetter = 0, OldestRunnableAgeSeconds = 1200 },
                new QueueKind { Kind = "PUBLISH_YOUTUBE", Runnable = 0, Scheduled = 0, Running = 0, Failed = 0, DeadLetter = 2 },
                new QueueKind { Kind = "TRANSCRIBE", Runnable = 2, Scheduled = 0, Running = 2, Failed = 0, DeadLetter = 0, OldestRunnableAgeSeconds = 600 },
            ],
        }, o => o.Excluding(q => q.Errors));
        evidence.Queue.Value!.Errors!.Select(e => (e.Pattern, e.Count, Kinds: string.Join(",", e.Kinds!), Lookups.LookupUnderTest.Masked(e.Sample))).Should().Equal(
            ("ffmpeg-not-found", 2L, "CLIP_RENDER", "spawn ffmpeg ENOENT"),
            (null, 1L, "PUBLISH_YOUTUBE", "something else"),
            ("credentials-expired", 1L, "PUBLISH_YOUTUBE", "HTTP 401 password=‹secret›"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(JobTables.Index)]
    public async Task CollectAsync_CurrentNames_FindsWorkersByTheirLocks(string index)
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current + index + SomeJobs);

        var evidence = await database.CollectAsync();

        var workers = evidence.Workers.Value!;
        workers.LivenessSource.Should().Be(LivenessSource.JobLocks);
        workers.Active.Should().Be(2);
        workers.Stale.Should().Be(1);
        (evidence.CapturedAt!.Value - workers.LastHeartbeatAt!.Value).TotalSeconds.Should().BeApproximately(3, 1);
        workers.Items!.Select(w => (w.Id, w.RunningJobs)).Should().Equal(("host-b:2:2", 1L), ("host-a:1:1", 2L));
        evidence.Database.Value!.Status.Should().Be(DatabaseStatus.Ok);
        evidence.Database.Value.LatencyMilliseconds.Should().BePositive();
    }

    [Fact]
    public async Task CollectAsync_OlderNames_CountsEverything()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Older + """
            insert into jobs (type, status, run_after) values ('TRANSCRIBE', 'pending', now() - interval '100 seconds'), ('TRANSCRIBE', 'pending', now() + interval '1 hour');
            insert into jobs (type, status, worker_id, last_heartbeat) values ('TRANSCRIBE', 'processing', gen_random_uuid(), now() - interval '5 seconds');
            insert into jobs (type, status, error) values ('CLIP_RENDER', 'error', '{"message": "ffmpeg timeout"}'), ('CLIP_RENDER', 'succeeded', null);
            """);

        var evidence = await database.CollectAsync();

        evidence.Queue.Value.Should().Match<QueueEvidence>(q => q.Runnable == 1 && q.Scheduled == 1 && q.Running == 1 && q.Failed == 1 && q.DeadLetter == 0 && q.OldestRunnableAgeSeconds == 100 && q.StaleRunning == 0);
        evidence.Queue.Value!.Errors.Should().ContainSingle().Which.Pattern.Should().Be("ffmpeg-timeout");
        evidence.Workers.Value.Should().Match<WorkersEvidence>(w => w.Active == 1 && w.Stale == 0 && w.LastHeartbeatAt != null);
    }

    /// <summary>A column of type json keeps any text; its functions read only what a text of the database can hold.</summary>
    [Fact]
    public async Task CollectAsync_ErrorsInJsonWithZeroCharacters_AreReadAsTheyStand()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Older + """
            alter table jobs alter error type json;
            insert into jobs (type, status, error) values ('CLIP_RENDER', 'error', '{"message": "ffmpeg timeout \u0000"}'), ('CLIP_RENDER', 'error', '{"message": "ffmpeg timeout", "code": 1}');
            """);

        var evidence = await database.CollectAsync();

        evidence.Queue.Value!.Errors!.Select(e => (e.Pattern, e.Count)).Should().Equal(("ffmpeg-timeout", 2L));
    }

    [Fact]
    public async Task CollectAsync_BothGenerationsInOneTable_TheLiveOnesWinColumnByColumn()
    {
        var database = await TestDatabase.CreateAsync(server, """
            create table jobs (id uuid primary key default gen_random_uuid(), state text, status text default 'done', kind text, type text default 'OLD',
              locked_by text, worker_id uuid, last_heartbeat timestamptz, run_at timestamptz, run_after timestamptz not null default now() + interval '1 day', created_at timestamptz default now());
            insert into jobs (state, kind, run_at) values ('queued', 'TRANSCRIBE', now() - interval '50 seconds');
            insert into jobs (state, kind, locked_by, worker_id, last_heartbeat) values ('running', 'TRANSCRIBE', 'host-a:1:1', gen_random_uuid(), now() - interval '2 seconds');
            """);

        var evidence = await database.CollectAsync();

        evidence.Queue.Value.Should().Match<QueueEvidence>(q => q.Runnable == 1 && q.Running == 1 && q.OldestRunnableAgeSeconds == 50);
        evidence.Queue.Value!.Kinds!.Select(k => k.Kind).Should().Equal("TRANSCRIBE");
        evidence.Workers.Value!.Items!.Select(w => w.Id).Should().Equal("host-a:1:1");
        evidence.Workers.Value.LastHeartbeatAt.Should().NotBeNull();
    }

    [Fact]
    public async Task CollectAsync_NoHeartbeatAndNoLockTime_StalenessIsNotObservable()
    {
        var database = await TestDatabase.CreateAsync(server, """
            create table jobs (id int, state text, kind text, locked_by text);
            insert into jobs values (1, 'running', 'TRANSCRIBE', 'w'), (2, 'queued', 'TRANSCRIBE', null);
            """);

        var evidence = await database.CollectAsync();

        evidence.Workers.Value.Should().Match<WorkersEvidence>(w => w.Active == 1 && w.Stale == null && w.LastHeartbeatAt == null);
        evidence.Queue.Value.Should().Match<QueueEvidence>(q => q.StaleRunning == null && q.Runnable == 1 && q.OldestRunnableAgeSeconds == null && q.DeadLetteredLastHour == null && q.Errors == null && q.ClaimedLast5Minutes == null);
    }

    [Fact]
    public async Task CollectAsync_EmptyQueue_IsZeroAndNotUnknown()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current);

        var evidence = await database.CollectAsync();

        evidence.Queue.Value.Should().Match<QueueEvidence>(q => q.Runnable == 0 && q.Running == 0 && q.DeadLetter == 0 && q.StaleRunning == 0 && q.OldestRunnableAgeSeconds == null);
        evidence.Workers.Value.Should().Match<WorkersEvidence>(w => w.Active == 0 && w.Stale == 0 && w.LastHeartbeatAt == null);
    }

    [Fact]
    public async Task CollectAsync_StateIsAnEnum_IsRead()
    {
        var database = await TestDatabase.CreateAsync(server, """
            create type job_state as enum ('queued', 'running', 'done', 'failed', 'dead_letter');
            create table jobs (id int, state job_state, kind text, locked_by text, run_at timestamptz, updated_at timestamptz default now(), last_error text);
            create index on jobs (state, kind, run_at) where state in ('queued', 'running', 'failed', 'dead_letter');
            insert into jobs (state, kind, run_at) values ('queued', 'TRANSCRIBE', now() - interval '9 seconds'), ('dead_letter', 'TRANSCRIBE', now()), ('done', 'TRANSCRIBE', now());
            """);

        var evidence = await database.CollectAsync();

        evidence.Database.Value!.MissingIndexes.Should().BeEmpty();
        evidence.Queue.Value.Should().Match<QueueEvidence>(q => q.Runnable == 1 && q.DeadLetter == 1 && q.Failed == 0);
    }

    [Fact]
    public async Task CollectAsync_HostileNamesMappedByOption_AreQuoted()
    {
        var database = await TestDatabase.CreateAsync(server, """
            create schema "my ""schema";
            create table "my ""schema"."jobs; drop table jobs" ("st ate" text, "ki""nd" text, who text, at timestamptz);
            insert into "my ""schema"."jobs; drop table jobs" values ('queued', 'A', null, now() - interval '7 seconds'), ('running', 'B', 'w', null);
            """);

        var evidence = await database.CollectAsync(o =>
        {
            o.JobStore.Schema = "my \"schema";
            o.JobStore.Table = "jobs; drop table jobs";
            o.JobStore.Columns.State = "st ate";
            o.JobStore.Columns.Kind = "ki\"nd";
            o.JobStore.Columns.LockedBy = "who";
            o.JobStore.Columns.RunAt = "at";
        });

        evidence.Queue.Value.Should().Match<QueueEvidence>(q => q.Runnable == 1 && q.Running == 1 && q.OldestRunnableAgeSeconds == 7);
        evidence.Database.Value!.MissingIndexes!.Single().Sql.Should().Be(
            "create index concurrently if not exists \"jobs; drop table jobs_unfinished\" on \"my \"\"schema\".\"jobs; drop table jobs\" (\"st ate\", \"ki\"\"nd\", \"at\") where \"st ate\" in ('queued', 'pending', 'running', 'processing', 'failed', 'error', 'dead_letter')");
    }

    [Fact]
    public async Task CollectAsync_MissingIndex_AdviceRunsAndIsThenGone()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current + SomeJobs);

        var before = await database.CollectAsync();
        await database.ExecuteAsync(before.Database.Value!.MissingIndexes!.Single().Sql!);
        var after = await database.CollectAsync();

        before.Database.Value.MissingIndexes!.Single().Purpose.Should().Be("waiting, running and failed jobs");
        after.Database.Value!.MissingIndexes.Should().BeEmpty();
        after.Queue.Value.Should().BeEquivalentTo(before.Queue.Value);
    }

    [Theory]
    [InlineData(50, 50, 50, 50, false)]
    [InlineData(90, 1, 0, 90, false)]
    [InlineData(99, 1, 0, 99, false)]
    [InlineData(100, 1, 0, 99, true)]
    [InlineData(500, 500, 0, 50, true)]
    [InlineData(500, 3, 0, 97, true)]
    public async Task CollectAsync_Cap_IsExactUpToItAndALowerBoundAbove(int first, int second, int scheduled, int expectedFirst, bool isLowerBound)
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current + JobTables.Index + $"""
            insert into jobs (kind, run_at) select 'A_COMMON', now() - interval '1 minute' from generate_series(1, {first});
            insert into jobs (kind, run_at) select 'YOUTUBE_DOWNLOAD', now() - interval '1 minute' from generate_series(1, {second});
            insert into jobs (kind, run_at) select 'A_COMMON', now() + interval '1 hour' from generate_series(1, {scheduled});
            """);

        var queue = (await database.CollectAsync(o => o.JobStore.CountingCap = 100)).Queue.Value!;

        queue.Kinds!.Single(k => k.Kind == "A_COMMON").Runnable.Should().Be(expectedFirst);
        queue.Kinds!.Single(k => k.Kind == "YOUTUBE_DOWNLOAD").Runnable.Should().Be(Math.Min(second, 50));
        queue.Runnable.Should().Be(expectedFirst + Math.Min(second, 50));
        queue.Scheduled.Should().Be(scheduled);
        queue.LowerBounds.Should().Equal(isLowerBound ? ["runnable"] : []);
    }

    [Fact]
    public async Task CollectAsync_IndexCreatedWhileRunning_IsSeenWithinAMinute()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current);
        var time = new FakeTimeProvider();
        await using var collector = new CollectorUnderTest(database.ConnectionString, time: time);
        var missing = new List<int>();

        missing.Add(await MissingAsync());
        await database.ExecuteAsync(JobTables.Index);
        time.Advance(TimeSpan.FromSeconds(59));
        missing.Add(await MissingAsync());
        time.Advance(TimeSpan.FromSeconds(1));
        missing.Add(await MissingAsync());

        missing.Should().Equal(1, 1, 0);

        async Task<int> MissingAsync() => (await collector.CollectAsync(TestContext.Current.CancellationToken)).Database.Value!.MissingIndexes!.Count;
    }

    [Fact]
    public async Task CollectAsync_MoreFailuresThanAreRead_TheNewestThousandAreGrouped()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current + """
            insert into jobs (kind, state, last_error, updated_at) select 'TRANSCRIBE', 'dead_letter', 'HTTP 401', now() - interval '1 hour' from generate_series(1, 50);
            insert into jobs (kind, state, last_error, updated_at) select 'TRANSCRIBE', 'failed', 'spawn ffmpeg ENOENT', now() - interval '1 minute' from generate_series(1, 990);
            """);

        var queue = (await database.CollectAsync()).Queue.Value!;

        queue.Errors!.Select(e => (e.Pattern, e.Count)).Should().Equal(("ffmpeg-not-found", 990L), ("credentials-expired", 10L));
    }

    [Fact]
    public async Task CollectAsync_EventsTable_GivesTheRatesOfFiveMinutes()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current + JobTables.Events + """
            insert into job_events (stage, created_at) select 'claimed', now() - interval '6 minutes' from generate_series(1, 7);
            insert into job_events (stage, created_at) select 'claimed', now() - interval '4 minutes' from generate_series(1, 5);
            insert into job_events (stage, created_at) select 'finished', now() - interval '1 minute' from generate_series(1, 3);
            insert into job_events (stage) values ('failed'), ('progress'), ('enqueued');
            """);

        var queue = (await database.CollectAsync()).Queue.Value!;

        (queue.ClaimedLast5Minutes, queue.CompletedLast5Minutes, queue.FailedLast5Minutes).Should().Be((5L, 3L, 1L));
        queue.LowerBounds.Should().BeEmpty();
    }

    [Theory]
    [InlineData(99, 0, new string[0])]
    [InlineData(100, 1, new[] { "claimedLast5Minutes", "completedLast5Minutes", "failedLast5Minutes" })]
    public async Task CollectAsync_MoreEventsThanTheCap_RatesAreLowerBounds(int progress, int claimedBehind, string[] lowerBounds)
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current + JobTables.Events + $"""
            insert into job_events (stage, created_at) select 'claimed', now() - interval '1 minute' from generate_series(1, {claimedBehind});
            insert into job_events (stage) select 'progress' from generate_series(1, {progress});
            """);

        var queue = (await database.CollectAsync(o => o.JobStore.CountingCap = 100)).Queue.Value!;

        queue.ClaimedLast5Minutes.Should().Be(0);
        queue.LowerBounds.Should().Equal(lowerBounds);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData(JobTables.Index, 0)]
    public async Task CollectAsync_JobsWithoutAKind_AreCounted(string index, int missingIndexes)
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current + index + """
            alter table jobs alter kind drop not null;
            insert into jobs (kind, run_at) values (null, now() - interval '2 hours'), (null, now()), ('TRANSCRIBE', now());
            """);

        var evidence = await database.CollectAsync();

        evidence.Queue.Value!.Kinds!.Select(k => (k.Kind, k.Runnable)).Should().Equal(("", 2L), ("TRANSCRIBE", 1L));
        evidence.Queue.Value.OldestRunnableAgeSeconds.Should().BeInRange(7200, 7230);
        evidence.Database.Value!.MissingIndexes.Should().HaveCount(missingIndexes);
    }

    [Theory]
    [InlineData("", new string[0])]
    [InlineData(JobTables.Functions, new string[0])]
    [InlineData(JobTables.Functions + "drop function worker_claim_next_job;", new[] { "worker_claim_next_job" })]
    [InlineData(JobTables.Functions + "drop function worker_claim_next_job; create function worker_claim_next_job(p_worker_id uuid) returns void language sql as 'select';", new[] { "worker_claim_next_job" })]
    [InlineData(JobTables.Functions + "create function worker_finish(p_job_id uuid, p_worker_id uuid, p_result jsonb) returns void language sql as 'select';", new string[0])]
    [InlineData(JobTables.Functions + "drop function worker_finish; create function worker_finish(p_job_id uuid, p_worker_id uuid, p_result jsonb) returns void language sql as 'select';", new[] { "worker_finish" })]
    public async Task CollectAsync_WorkerFunctions_ThoseThatCannotBeCalledAreMissing(string sql, string[] expected)
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current + sql);

        (await database.CollectAsync()).Database.Value!.MissingFunctions.Should().Equal(expected);
    }
}
