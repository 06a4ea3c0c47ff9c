using System.Text.RegularExpressions;
using Cliply.Diagnostics.Tests.PostgreSql;
using Npgsql;

namespace Cliply.Diagnostics.Cli.Tests;

/// <summary>A real PostgreSQL with the job table of a fleet in trouble: waiting, scheduled, running, stale, failed and dead jobs, and texts that mean harm.</summary>
public sealed partial class FleetDatabase : IAsyncLifetime
{
    public const string Hostile = "[red]\u001b[31m<script>alert(1)</script>\u202e`x` | y";

    private const string Rows = """
        insert into jobs (id, kind, run_at, created_at, updated_at) select ('10000000-0000-4000-8000-00000000000' || i)::uuid, 'TRANSCRIBE', now() - interval '47 minutes 30 seconds', now() - interval '2 hours 30 minutes', now() - interval '2 hours 30 minutes' from generate_series(1, 5) i;
        insert into jobs (id, kind, run_at, attempts) select ('20000000-0000-4000-8000-00000000000' || i)::uuid, 'CLIP_RENDER', now() + interval '10 minutes 30 seconds', 2 from generate_series(1, 2) i;
        insert into jobs (id, kind, state, attempts, locked_by, locked_at, heartbeat_at) values
          ('30000000-0000-4000-8000-000000000001', 'CLIP_RENDER', 'running', 1, 'host-a:12:1700000000000', now() - interval '10 minutes 30 seconds', now() - interval '2 minutes 30 seconds'),
          ('30000000-0000-4000-8000-000000000002', 'TRANSCRIBE', 'running', 1, 'host-b:7:1700000000001', now() - interval '30 minutes 30 seconds', now() - interval '20 minutes 30 seconds');
        insert into jobs (id, kind, state, attempts, last_error, updated_at) values
          ('40000000-0000-4000-8000-000000000001', 'CLIP_RENDER', 'failed', 2, 'ffmpeg timed out after 600 s', now() - interval '4 minutes 30 seconds');
        insert into jobs (id, kind, state, attempts, last_error, updated_at) values
          ('50000000-0000-4000-8000-000000000001', 'CLIP_RENDER', 'dead_letter', 5, 'ffmpeg timed out after 600 s', now() - interval '20 minutes 30 seconds'),
          ('50000000-0000-4000-8000-000000000002', 'CLIP_RENDER', 'dead_letter', 5, 'ffmpeg timed out after 600 s', now() - interval '30 minutes 30 seconds'),
          ('50000000-0000-4000-8000-000000000003', 'PUBLISH_TIKTOK', 'dead_letter', 5, 'HTTP 401 invalid credentials, password=canary-made-up', now() - interval '3 hours 10 minutes'),
          ('50000000-0000-4000-8000-000000000004', 'THUMBNAIL_GEN', 'dead_letter', 5, '[red]' || chr(27) || '[31m<script>alert(1)</script>' || chr(8238) || '`x` | y', now() - interval '5 hours 10 minutes');
        insert into job_events (job_id, stage, created_at) select '30000000-0000-4000-8000-000000000001', 'claimed', now() - interval '10 seconds' from generate_series(1, 3);
        """;

    private readonly PostgresServer _server = new();

    public string Url { get; private set; } = "";

    public PostgresServer Server => _server;

    public async ValueTask InitializeAsync()
    {
        await _server.InitializeAsync();
        Url = await CreateAsync(Rows);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    /// <summary>Makes every row as old as it was at the start, for outputs with ages that are compared as a whole.</summary>
    public Task RefreshAsync() => ExecuteAsync(Url[(Url.LastIndexOf('/') + 1)..], "truncate jobs, job_events;" + Rows);

    /// <summary>A database of its own with the current tables and what the SQL puts in.</summary>
    public async Task<string> CreateAsync(string sql)
    {
        var database = await _server.CreateEmptyDatabaseAsync();
        await ExecuteAsync(database, JobTables.Current + JobTables.Index + JobTables.Events + "create index on job_events (job_id); create index on job_events (created_at);" + JobTables.Functions + sql);
        return $"postgres://postgres@127.0.0.1:{_server.Port}/{database}";
    }

    public async Task ExecuteAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={_server.Port};Username=postgres;Database={database};Pooling=false");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The output with times and secrets' tokens that do not change from run to run, of the same length.</summary>
    public static string Timeless(string output) => Secret().Replace(
        Age().Replace(JsonTime().Replace(Time().Replace(output, "YYYY-MM-DD hh:mm:ss UTC"), "\"TIME\""), "$1: N"),
        m => new string('x', m.Length - 1) + "›");

    [GeneratedRegex(@"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC")]
    private static partial Regex Time();

    /// <summary>A narrow column breaks a token, but none of these between its digits.</summary>
    [GeneratedRegex("[0-9a-f]{4}›")]
    private static partial Regex Secret();

    [GeneratedRegex(@"(""\w+AgeSeconds""): \d+")]
    private static partial Regex Age();

    [GeneratedRegex(@"""\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)""")]
    private static partial Regex JsonTime();
}
