using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.PostgreSql.Lookups;

namespace Cliply.Diagnostics.Tests.PostgreSql.Lookups;

/// <summary>Looking for one job, on real tables.</summary>
[Collection(PostgresTests.Name)]
public sealed class JobLookupTests(PostgresServer server)
{
    private const string EventsIndex = "create index on job_events (job_id);";

    private const string RunningId = "2a000000-0000-4000-8000-000000000001";

    private const string Running = $$"""
        insert into jobs (id, workspace_id, kind, priority, state, payload, attempts, max_attempts, last_error, error, run_at, locked_at, locked_by, heartbeat_at, created_at, updated_at) values
          ('{{RunningId}}', '99999999-0000-4000-8000-000000000009', 'CLIP_RENDER', 3, 'running', '{"source": "s3", "clip": [1, 2]}', 2, 5, 'ffmpeg timed out, password=canary-made-up',
           '{"message": "other", "reason": "timeout", "failed_at": "2026-11-23", "worker_id": "host-a:1:1", "attempts": 2}',
           now() - interval '50 seconds', now() - interval '40 seconds', 'host-b:2:2', now() - interval '3 seconds', now() - interval '100 seconds', now() - interval '4 seconds');
        """;

    [Fact]
    public async Task FindAsync_WholeId_TellsAllThatExplainsTheJob()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current + JobTables.Events + EventsIndex + JobTables.Functions + Running + $$"""
            insert into job_events (job_id, stage, data, created_at) values
              ('{{RunningId}}', 'claimed', '{"worker": "host-b:2:2", "token": "canary-made-up"}', now() - interval '40 seconds'),
              ('{{RunningId}}', 'enqueued', '{}', now() - interval '100 seconds'),
              (gen_random_uuid(), 'claimed', null, now());
            """);

        var job = await LookupUnderTest.FindJobAsync(database, RunningId);

        job.Should().BeEquivalentTo(new
        {
            Id = RunningId,
            Kind = "CLIP_RENDER",
            State = "running",
            Meaning = JobState.Running,
            Priority = 3L,
            Attempts = 2L,
            MaxAttempts = 5L,
            WorkspaceId = "99999999-0000-4000-8000-000000000009",
            LockedBy = "host-b:2:2",
            ErrorPattern = "ffmpeg-timeout",
            ErrorNotes = new Dictionary<string, string> { ["reason"] = "timeout", ["failed_at"] = "2026-11-23", ["worker_id"] = "host-a:1:1" },
            Result = (JobDocument?)null,
        });
        LookupUnderTest.Masked(job.Error).Should().Be("ffmpeg timed out, password=‹secret›");
        (job.Payload!.Bytes, string.Join(' ', job.Payload.Keys!), job.Payload.HasMoreKeys).Should().Be((32L, "clip source", false));
        (job.Now - job.RunAt!.Value).TotalSeconds.Should().BeApproximately(50, 30).And.BeGreaterThanOrEqualTo(50);
        (job.RunAt!.Value - job.CreatedAt!.Value).TotalSeconds.Should().BeApproximately(50, 0.001);
        (job.LockedAt!.Value - job.RunAt!.Value).TotalSeconds.Should().BeApproximately(10, 0.001);
        (job.HeartbeatAt!.Value - job.LockedAt!.Value).TotalSeconds.Should().BeApproximately(37, 0.001);
        (job.HeartbeatAt!.Value - job.UpdatedAt!.Value).TotalSeconds.Should().BeApproximately(1, 0.001);
        var events = job.Events.Should().BeOfType<JobEvents.Known>().Which;
        events.Total.Should().Be(2);
        events.Items.Select(e => (e.Stage, LookupUnderTest.Masked(e.Data))).Should().Equal(("enqueued", null), ("claimed", """{"token": "‹secret›", "worker": "host-b:2:2"}"""));
        job.Shape.HasRecovery.Should().BeTrue();
    }

    [Theory]
    [InlineData("2a")]
    [InlineData("2A00")]
    [InlineData("2a0000000000400080000000")]
    [InlineData("2a000000-0000-4")]
    [InlineData(" 2a000000-0000-4000-8000-000000000001 ")]
    public async Task FindAsync_StartOfAnId_FindsTheOnlyJob(string id)
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current + Running + "insert into jobs (id, kind) values ('29ffffff-ffff-4fff-8fff-ffffffffffff', 'TRANSCRIBE'), ('2b000000-0000-4000-8000-000000000000', 'TRANSCRIBE');");

        (await LookupUnderTest.FindJobAsync(database, id)).Id.Should().Be(RunningId);
    }

    [Fact]
    public async Task FindAsync_SeveralStartSo_NamesFive()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current + """
            insert into jobs (id, kind, state) select ('2a00000' || i || '-0000-4000-8000-000000000001')::uuid, 'TRANSCRIBE' || chr(27) || '[31m', 'queued' from generate_series(0, 6) i;
            insert into jobs (id, kind, state) values ('3a000000-0000-4000-8000-000000000001', 'TRANSCRIBE', 'queued'), ('3a000000-0000-4000-8000-000000000002', 'CLIP_RENDER', 'done');
            """);

        var many = (await LookupUnderTest.FindAsync(database, "2a")).Should().BeOfType<JobLookup.Ambiguous>().Which;
        var two = (await LookupUnderTest.FindAsync(database, "3a")).Should().BeOfType<JobLookup.Ambiguous>().Which;

        many.First.Should().Equal([.. Enumerable.Range(0, 5).Select(i => new JobMatch($"2a00000{i}-0000-4000-8000-000000000001", "TRANSCRIBE", "queued"))]);
        many.HasMore.Should().BeTrue();
        two.First.Should().Equal(new JobMatch("3a000000-0000-4000-8000-000000000001", "TRANSCRIBE", "queued"), new JobMatch("3a000000-0000-4000-8000-000000000002", "CLIP_RENDER", "done"));
        two.HasMore.Should().BeFalse();
    }

    [Fact]
    public async Task FindAsync_NoneStartsSo_IsNotFound()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current + Running);

        (await LookupUnderTest.FindAsync(database, "2b")).Should().Be(new JobLookup.NotFound(MayBeHidden: false, OnlyWholeIds: false));
        (await LookupUnderTest.FindAsync(database, "2a000000-0000-4000-8000-000000000002")).Should().Be(new JobLookup.NotFound(MayBeHidden: false, OnlyWholeIds: false));
    }

    [Fact]
    public async Task FindAsync_OlderNames_TellsWhatThereIs()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Older + """
            insert into jobs (id, type, status, payload, attempts, error, worker_id, last_heartbeat) values
              ('2a000000-0000-4000-8000-000000000001', 'TRANSCRIBE', 'processing', '[1, 2]', 1, '{"message": "ffmpeg timeout"}', '77777777-0000-4000-8000-000000000007', now() - interval '5 seconds');
            """);

        var job = await LookupUnderTest.FindJobAsync(database, "2a");

        job.Should().BeEquivalentTo(new
        {
            Kind = "TRANSCRIBE",
            State = "processing",
            Meaning = JobState.Running,
            Priority = (long?)null,
            Attempts = 1L,
            MaxAttempts = (long?)null,
            WorkspaceId = (string?)null,
            LockedAt = (DateTimeOffset?)null,
            LockedBy = "77777777-0000-4000-8000-000000000007",
            Error = "ffmpeg timeout",
            ErrorPattern = "ffmpeg-timeout",
            Payload = new { Bytes = 6L, Keys = (string[]?)null, HasMoreKeys = false },
        });
        job.HeartbeatAt.Should().NotBeNull();
        job.RunAt.Should().NotBeNull();
        job.Events.Should().BeOfType<JobEvents.NotKept>();
        job.Shape.HasRecovery.Should().BeFalse();
    }

    [Fact]
    public async Task FindAsync_BothGenerationsInOneTable_TheLiveOnesWinColumnByColumn()
    {
        var database = await TestDatabase.CreateAsync(server, """
            create table jobs (id uuid primary key, state text, status text default 'done', kind text, type text default 'OLD',
              locked_by text, worker_id uuid, last_heartbeat timestamptz, run_at timestamptz, run_after timestamptz not null default now() + interval '1 day', created_at timestamptz default now());
            insert into jobs (id, state, kind, run_at, locked_by, last_heartbeat) values ('2a000000-0000-4000-8000-000000000001', 'queued', 'TRANSCRIBE', now() - interval '50 seconds', 'host-a:1:1', now() - interval '2 seconds');
            """);

        var job = await LookupUnderTest.FindJobAsync(database, "2a");

        (job.State, job.Kind, job.LockedBy, job.Meaning).Should().Be(("queued", "TRANSCRIBE", "host-a:1:1", JobState.Waiting));
        job.RunAt.Should().BeBefore(job.Now);
        job.HeartbeatAt.Should().NotBeNull();
    }

    [Fact]
    public async Task FindAsync_TextIds_AWholeOneIsMeantEvenWhereOthersStartWithIt()
    {
        var database = await TestDatabase.CreateAsync(server, """
            create table jobs (id text primary key, state text, kind text, locked_by text);
            insert into jobs values ('job_1', 'queued', 'A', null), ('job_10', 'done', 'B', null), ('job%2', 'done', 'C', null), ('jobs', 'done', 'D', null);
            """);

        (await LookupUnderTest.FindJobAsync(database, "job_1")).Kind.Should().Be("A");
        (await LookupUnderTest.FindJobAsync(database, "job%")).Kind.Should().Be("C", "no character of an id stands for others");
        (await LookupUnderTest.FindAsync(database, "job_")).Should().BeOfType<JobLookup.Ambiguous>().Which.First.Select(j => j.Id).Should().BeEquivalentTo("job_1", "job_10");
        (await LookupUnderTest.FindAsync(database, "x' or true --")).Should().BeOfType<JobLookup.NotFound>();
    }

    [Fact]
    public async Task FindAsync_NumbersAsIds_LooksForWholeOnesOnly()
    {
        var database = await TestDatabase.CreateAsync(server, """
            create table jobs (id bigserial primary key, state text, kind text, locked_by text);
            insert into jobs (id, state, kind) values (12, 'queued', 'A'), (123, 'queued', 'B');
            """);

        (await LookupUnderTest.FindJobAsync(database, "12")).Kind.Should().Be("A");
        (await LookupUnderTest.FindAsync(database, "1")).Should().Be(new JobLookup.NotFound(MayBeHidden: false, OnlyWholeIds: true));
        (await LookupUnderTest.FindAsync(database, "12a")).Should().Be(new JobLookup.Malformed("'12a' is no job's id. Ids are whole numbers here. Give one; a part of it is not looked for."));
    }

    [Fact]
    public async Task FindAsync_LargeTablesWithoutAnIndex_NamesTheIndexInstead()
    {
        var database = await TestDatabase.CreateAsync(server, """
            create table jobs (id text, state text, kind text, locked_by text);
            create table job_events (id bigserial primary key, job_id text, stage text, created_at timestamptz default now());
            insert into jobs select i, 'done', 'A', null from generate_series(1, 60000) i;
            insert into job_events (job_id, stage) select i, 'claimed' from generate_series(1, 60000) i;
            analyze jobs; analyze job_events;
            """);

        (await LookupUnderTest.FindAsync(database, "77")).Should().Be(new JobLookup.Unindexed("""create unique index concurrently if not exists "jobs_id" on "public"."jobs" ("id")"""));

        await database.ExecuteAsync("""create unique index concurrently if not exists "jobs_id" on "public"."jobs" ("id")""");
        var job = await LookupUnderTest.FindJobAsync(database, "77");
        var index = job.Events.Should().BeOfType<JobEvents.Unindexed>().Which.IndexSql;
        index.Should().Be("""create index concurrently if not exists "job_events_job_id" on "public"."job_events" ("job_id", "id")""");
        (await LookupUnderTest.FindAsync(database, "7")).Should().BeOfType<JobLookup.Found>().Which.Job.Id.Should().Be("7");

        await database.ExecuteAsync(index);
        (await LookupUnderTest.FindJobAsync(database, "77")).Events.Should().BeOfType<JobEvents.Known>().Which.Total.Should().Be(1);
    }

    [Fact]
    public async Task FindAsync_OrdinaryIndexInALargeTable_StartsOfTextIdsAreNotLookedFor()
    {
        var database = await TestDatabase.CreateAsync(server, """
            create table jobs (id text collate "en-x-icu" primary key, state text, kind text, locked_by text);
            insert into jobs select 'job-' || i, 'done', 'A', null from generate_series(1, 60000) i;
            analyze jobs;
            """);

        (await LookupUnderTest.FindJobAsync(database, "job-77")).Id.Should().Be("job-77");
        (await LookupUnderTest.FindAsync(database, "job-6000")).Should().BeOfType<JobLookup.Found>();
        (await LookupUnderTest.FindAsync(database, "job-5999x")).Should().Be(new JobLookup.NotFound(MayBeHidden: false, OnlyWholeIds: true));
    }

    [Fact]
    public async Task FindAsync_PartitionedTable_IsServedByItsPartitionsIndexes()
    {
        var database = await TestDatabase.CreateAsync(server, """
            create table jobs (id uuid, state text, kind text, locked_by text, created_at timestamptz default now(), primary key (id, created_at)) partition by range (created_at);
            create table jobs_old partition of jobs for values from (minvalue) to ('2020-01-01');
            create table jobs_new partition of jobs default;
            insert into jobs select gen_random_uuid(), 'done', 'A', null from generate_series(1, 60000);
            insert into jobs values ('2a000000-0000-4000-8000-000000000001', 'queued', 'MINE', null);
            analyze jobs;
            """);

        (await LookupUnderTest.FindJobAsync(database, "2a000000-0000-4000-8000-0000")).Kind.Should().Be("MINE");
        (await LookupUnderTest.ListAsync(database)).Should().BeOfType<DeadLetterLookup.Unindexed>();
    }

    [Fact]
    public async Task FindAsync_ManyEvents_KeepsTheNewestHundredInOrder()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current + JobTables.Events + EventsIndex + Running + $$"""
            insert into job_events (job_id, stage, data, created_at) select '{{RunningId}}', 'progress', jsonb_build_object('n', i), now() - interval '1 hour' + i * interval '1 second' from generate_series(1, 250) i;
            """);

        var events = (await LookupUnderTest.FindJobAsync(database, RunningId)).Events.Should().BeOfType<JobEvents.Known>().Which;

        events.Total.Should().Be(250);
        events.Items.Select(e => e.Data).Should().Equal(Enumerable.Range(151, 100).Select(i => $$"""{"n": {{i}}}"""));
    }

    [Fact]
    public async Task FindAsync_HostileTexts_AreInertAndCut()
    {
        var database = await TestDatabase.CreateAsync(server, """
            create table jobs (id uuid primary key, kind text, state text, payload json, result text, error json, locked_by text, heartbeat_at timestamptz, run_at timestamptz);
            insert into jobs values ('2a000000-0000-4000-8000-000000000001', '[red]' || chr(27) || '[31mK' || chr(8238), repeat('s', 1000000),
              ('{"nul\u0000key": 1, "half\ud800": 2, "password=canary-made-up": 3, "big": "' || repeat('x', 1000000) || '", "after": 4}')::json, repeat('not json ', 100000),
              '{"message": "a\u0000b\u202eTOKEN=canary-made-up", "reason": "half \ud800"}', 'postgres://u:canary-made-up@h:1:1', 'infinity', '-infinity');
            """);

        var job = await LookupUnderTest.FindJobAsync(database, "2a");

        job.Kind.Should().Be("[red]K");
        job.State.Should().Be(new string('s', 200));
        job.Meaning.Should().Be(JobState.Unknown);
        LookupUnderTest.Masked(job.LockedBy).Should().Be("postgres://‹secret›@h:1:1");
        LookupUnderTest.Masked(job.Error).Should().Be("a b TOKEN=‹secret›");
        job.ErrorNotes.Should().Equal(new Dictionary<string, string> { ["reason"] = @"half \ud800" });
        job.Payload!.Keys!.Select(LookupUnderTest.Masked).Should().Equal("nul key", @"half\ud800", "password=‹secret›", "big");
        job.Payload.HasMoreKeys.Should().BeTrue();
        job.Payload.Bytes.Should().BeGreaterThan(1_000_000);
        job.Result.Should().Be(new JobDocument(900_000, null, HasMoreKeys: false));
        job.HeartbeatAt.Should().Be(DateTimeOffset.MaxValue);
        job.RunAt.Should().Be(DateTimeOffset.MinValue);
    }

    [Fact]
    public async Task FindAsync_RoleWithoutSomeColumnsAndRows_SaysSo()
    {
        await server.EnsureRoleAsync("lookup_reader");
        var database = await TestDatabase.CreateAsync(server, JobTables.Current + Running + """
            insert into jobs (id, kind, state) values ('3a000000-0000-4000-8000-000000000001', 'PUBLISH_TIKTOK', 'queued');
            grant select (id, kind, state, locked_by, locked_at, heartbeat_at, run_at, created_at, updated_at, last_error, attempts, max_attempts) on jobs to lookup_reader;
            alter table jobs enable row level security;
            create policy a_few on jobs for select to lookup_reader using (kind = 'CLIP_RENDER');
            """);
        await using var lookup = new LookupUnderTest(database.ConnectionString.Replace("Username=postgres", "Username=lookup_reader", StringComparison.Ordinal));

        var job = (await lookup.FindAsync("2a")).Should().BeOfType<JobLookup.Found>().Which.Job;
        job.Shape.Unreadable.Should().Equal("workspace_id", "priority", "payload", "result", "error");
        (job.Attempts, job.Payload, job.WorkspaceId).Should().Be((2L, null, null));
        (await lookup.FindAsync("3a")).Should().Be(new JobLookup.NotFound(MayBeHidden: true, OnlyWholeIds: false));
    }

    [Fact]
    public async Task FindAsync_ThroughATransactionPooler_Works()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current + JobTables.Events + EventsIndex + Running);
        await using var lookup = new LookupUnderTest(database.BouncerConnectionString);

        for (var i = 0; i < 3; i++)
        {
            (await lookup.FindAsync("2a")).Should().BeOfType<JobLookup.Found>();
        }

        await using var other = new Npgsql.NpgsqlConnection(database.BouncerConnectionString + ";No Reset On Close=true");
        await other.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new Npgsql.NpgsqlCommand("select current_setting('statement_timeout') || ' ' || current_setting('transaction_read_only') || ' ' || current_setting('enable_seqscan')", other);
        (await command.ExecuteScalarAsync(TestContext.Current.CancellationToken)).Should().Be("0 off on", "nothing outlives a look");
    }

    [Fact]
    public async Task FindAsync_LockedTable_GivesUpAndSaysWhy()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current + Running);
        await using var holder = new Npgsql.NpgsqlConnection(database.ConnectionString + ";Pooling=false");
        await holder.OpenAsync(TestContext.Current.CancellationToken);
        await using var transaction = await holder.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var command = new Npgsql.NpgsqlCommand("lock table jobs in access exclusive mode", holder, transaction);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
        await using var lookup = new LookupUnderTest(database.ConnectionString, deadline: TimeSpan.FromSeconds(4));

        var failure = (await lookup.FindAsync("2a")).Should().BeOfType<JobLookup.Failed>().Which.Failure;

        (failure.Status, failure.Message).Should().Be((DatabaseStatus.Timeout, "a statement was too slow, or had to wait for a lock"));
        failure.SqlState.Should().NotBeNull("the server itself said so");
    }

    [Fact]
    public async Task FindAsync_NobodyListens_IsRefused()
    {
        await using var lookup = new LookupUnderTest($"Host=127.0.0.1;Port={PostgresServer.FreePort()};Username=u;Password=canary-made-up");

        var failure = (await lookup.FindAsync("2a")).Should().BeOfType<JobLookup.Failed>().Which.Failure;

        (failure.Status, failure.Message).Should().Be((DatabaseStatus.Refused, "nothing listens at its address"));
    }

    [Fact]
    public async Task FindAsync_NoIdColumn_SaysSo()
    {
        var database = await TestDatabase.CreateAsync(server, "create table jobs (job uuid, state text, kind text, locked_by text);");

        var failure = (await LookupUnderTest.FindAsync(database, "2a")).Should().BeOfType<JobLookup.Failed>().Which.Failure;

        (failure.Status, failure.Message).Should().Be((DatabaseStatus.SchemaMissing, "the table public.jobs has no column id that the role may read"));
    }
}
