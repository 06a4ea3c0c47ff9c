using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.PostgreSql.Lookups;

namespace Cliply.Diagnostics.Tests.PostgreSql.Lookups;

/// <summary>Looking for dead letters, on real tables.</summary>
[Collection(PostgresTests.Name)]
public sealed class DeadLetterLookupTests(PostgresServer server)
{
    private const string Some = """
        insert into jobs (id, kind, state, attempts, last_error, updated_at) values
          ('50000000-0000-4000-8000-000000000001', 'CLIP_RENDER', 'dead_letter', 5, 'ffmpeg timed out after 600 s', now() - interval '20 minutes'),
          ('50000000-0000-4000-8000-000000000002', 'CLIP_RENDER', 'dead_letter', 5, 'ffmpeg-timeout', now() - interval '30 minutes'),
          ('50000000-0000-4000-8000-000000000003', 'TRANSCRIBE', 'dead_letter', 5, 'ffmpeg timeout', now() - interval '10 minutes'),
          ('50000000-0000-4000-8000-000000000004', 'PUBLISH_TIKTOK', 'dead_letter', 3, 'HTTP 401 password=canary-made-up', now() - interval '3 hours'),
          ('50000000-0000-4000-8000-000000000005', 'CLIP_RENDER', 'dead_letter', 5, null, now() - interval '4 hours');
        insert into jobs (kind, state, last_error) values ('CLIP_RENDER', 'failed', 'ffmpeg timeout'), ('CLIP_RENDER', 'done', null);
        """;

    private static async Task<DeadLetterList> ListAsync(TestDatabase database, int limit = 10, string? kind = null, int cap = 10_000) =>
        (await LookupUnderTest.ListAsync(database, limit, kind, o => o.CountingCap = cap)).Should().BeOfType<DeadLetterLookup.Found>().Which.List;

    [Fact]
    public async Task ListDeadLettersAsync_Some_GroupsAllAndListsTheNewest()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current + Some);

        var list = await ListAsync(database, limit: 2);

        list.Groups.Select(g => (g.Pattern, g.Kind, g.Count, LookupUnderTest.Masked(g.Sample))).Should().Equal(
            ("ffmpeg-timeout", "CLIP_RENDER", 2L, "ffmpeg timed out after 600 s"),
            (null, "CLIP_RENDER", 1L, null),
            ("credentials-expired", "PUBLISH_TIKTOK", 1L, "HTTP 401 password=‹secret›"),
            ("ffmpeg-timeout", "TRANSCRIBE", 1L, "ffmpeg timeout"));
        (list.Now - list.Groups[0].Newest!.Value).TotalMinutes.Should().BeApproximately(20, 1);
        list.Rows.Select(r => (r.Id, r.Kind, r.Attempts, r.MaxAttempts, r.Pattern, r.Error)).Should().Equal(
            ("50000000-0000-4000-8000-000000000003", "TRANSCRIBE", 5L, 5L, "ffmpeg-timeout", "ffmpeg timeout"),
            ("50000000-0000-4000-8000-000000000001", "CLIP_RENDER", 5L, 5L, "ffmpeg-timeout", "ffmpeg timed out after 600 s"));
        (list.Examined, list.Total, list.IsTotalLowerBound, list.MayHideSome).Should().Be((5L, 5L, false, false));
    }

    [Fact]
    public async Task ListDeadLettersAsync_OfAKind_LeavesOthersOut()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current + Some);

        var list = await ListAsync(database, kind: "CLIP_RENDER");
        var none = await ListAsync(database, kind: "x' or true --");

        list.Rows.Select(r => r.Id[^1]).Should().Equal('1', '2', '5');
        list.Total.Should().Be(3);
        (none.Total, none.Rows.Count, none.Groups.Count).Should().Be((0L, 0, 0));
    }

    [Fact]
    public async Task ListDeadLettersAsync_Many_SaysHowManyWereLookedAt()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current + """
            insert into jobs (kind, state, last_error, updated_at) select 'TRANSCRIBE', 'dead_letter', case when i <= 1000 then 'HTTP 401' else 'ENOENT' end, now() - i * interval '1 second' from generate_series(1, 3000) i;
            """);

        var exact = await ListAsync(database);
        var bounded = await ListAsync(database, cap: 2_000);

        exact.Groups.Should().ContainSingle("the older ones are not looked at").Which.Should().Match<DeadLetterGroup>(g => g.Pattern == "credentials-expired" && g.Count == 1_000);
        (exact.Examined, exact.Total, exact.IsTotalLowerBound).Should().Be((1_000L, 3_000L, false));
        (bounded.Total, bounded.IsTotalLowerBound).Should().Be((2_000L, true));
    }

    [Fact]
    public async Task ListDeadLettersAsync_OlderNames_ReadsTheErrorsMessage()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Older.Replace("error jsonb", "error json", StringComparison.Ordinal) + """
            insert into jobs (type, status, error) values ('CLIP_RENDER', 'dead_letter', '{"message": "spawn ffmpeg ENOENT\u0000"}'), ('CLIP_RENDER', 'succeeded', null);
            """);

        (await ListAsync(database)).Rows.Select(r => (r.Kind, r.Pattern, r.Error, r.MaxAttempts)).Should().Equal(("CLIP_RENDER", "ffmpeg-not-found", "spawn ffmpeg ENOENT", null));
    }

    [Theory]
    [InlineData("")]
    [InlineData("create index on jobs (updated_at);")]
    public async Task ListDeadLettersAsync_LargeTableWithoutAnIndex_NamesTheIndexInstead(string index)
    {
        var database = await TestDatabase.CreateAsync(server, """
            create table jobs (id uuid primary key default gen_random_uuid(), state text, kind text, locked_by text, updated_at timestamptz default now());
            insert into jobs (state, kind) select 'done', 'A' from generate_series(1, 60000);
            insert into jobs (state, kind) values ('dead_letter', 'A');
            analyze jobs;
            """ + index);

        const string Advised = """create index concurrently if not exists "jobs_dead_letter" on "public"."jobs" ("state", "updated_at") where "state" = 'dead_letter'""";
        (await LookupUnderTest.ListAsync(database)).Should().Be(new DeadLetterLookup.Unindexed(Advised));

        await database.ExecuteAsync(Advised);
        (await ListAsync(database)).Total.Should().Be(1);
    }

    [Fact]
    public async Task FindCountingCostAsync_LargeTable_IsAScanUntilTheAdvisedIndexIsThere()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current + "insert into jobs (state, kind) select 'done', 'A' from generate_series(1, 60000); analyze jobs;");
        await using var lookup = new LookupUnderTest(database.ConnectionString);

        var scan = (await lookup.FindCountingCostAsync()).Should().BeOfType<CountingCost.Scan>().Which;
        scan.Rows.Should().Be(60_000);
        await database.ExecuteAsync(scan.IndexSql);

        (await lookup.FindCountingCostAsync()).Should().Be(new CountingCost.Small());
    }

    [Fact]
    public async Task FindCountingCostAsync_SmallTable_IsSmallWithoutAnIndex()
    {
        var database = await TestDatabase.CreateAsync(server, JobTables.Current + Some);
        await using var lookup = new LookupUnderTest(database.ConnectionString);

        (await lookup.FindCountingCostAsync()).Should().Be(new CountingCost.Small());
    }

    [Fact]
    public async Task ListDeadLettersAsync_StatesWithoutDeadLetters_SaysSo()
    {
        var database = await TestDatabase.CreateAsync(server, "create type s as enum ('queued', 'running', 'done'); create table jobs (id int primary key, state s, kind text, locked_by text);");

        var failure = (await LookupUnderTest.ListAsync(database)).Should().BeOfType<DeadLetterLookup.Failed>().Which.Failure;

        (failure.Status, failure.Message).Should().Be((DatabaseStatus.SchemaMissing, "the column state of the table public.jobs can't say dead_letter: this job store keeps no dead letters"));
    }

    [Fact]
    public async Task ListDeadLettersAsync_EnumsAndPolicies_AreReadAndTold()
    {
        await server.EnsureRoleAsync("lookup_reader");
        var database = await TestDatabase.CreateAsync(server, """
            create type s as enum ('queued', 'dead_letter'); create type k as enum ('A', 'B');
            create table jobs (id int primary key, state s, kind k, locked_by text);
            insert into jobs values (1, 'dead_letter', 'A'), (2, 'dead_letter', 'B');
            grant select on jobs to lookup_reader; alter table jobs enable row level security; create policy a_few on jobs for select using (kind = 'A');
            """);
        await using var lookup = new LookupUnderTest(database.ConnectionString.Replace("Username=postgres", "Username=lookup_reader", StringComparison.Ordinal));

        var list = (await lookup.ListAsync(10, "A")).Should().BeOfType<DeadLetterLookup.Found>().Which.List;

        (list.Total, list.MayHideSome, list.Rows[0].DeadSince).Should().Be((1L, true, null));
    }
}
