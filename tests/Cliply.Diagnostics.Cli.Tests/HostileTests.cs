using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;

namespace Cliply.Diagnostics.Cli.Tests;

/// <summary>A fleet in which every text means harm, and is a megabyte long, seen by every verb that reads the job store.</summary>
public sealed class HostileTests(HostileTests.Fleet fleet) : IClassFixture<HostileTests.Fleet>
{
    private const string Job = "00000000-0000-4000-8000-00000000000";

    /// <summary>No answer is long because a text is.</summary>
    private const int LongestAnswer = 100_000;

    public static TheoryData<string> Verbs =>
        ["diagnose", "workers status", "jobs stats", $"jobs status {Job}1", $"jobs status {Job}2", "dlq list", $"dlq inspect {Job}1", "readyz", "watch --count 1"];

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task Harmful_texts_are_inert_in_every_format(string verb)
    {
        var formats = verb.StartsWith("watch", StringComparison.Ordinal) ? ["table", "json"] : new[] { "table", "json", "markdown" };
        foreach (var format in formats)
        {
            var (exitCode, output, error) = await Cliply.RunAsync(Arguments(verb, "--output", format));

            exitCode.Should().BeInRange(0, 3, error);
            output.Length.Should().BeInRange(50, LongestAnswer);
            ShouldBeInert(error);
            switch (format)
            {
                case "json":
                    foreach (var line in verb.StartsWith("watch", StringComparison.Ordinal) ? output.Split('\n', StringSplitOptions.RemoveEmptyEntries) : [output])
                    {
                        JsonDocument.Parse(line).Dispose();
                    }

                    output.Should().NotContain("\u001b").And.NotContain("\u202e").And.NotContain("\0");
                    break;
                case "markdown":
                    ShouldBeInert(output);
                    output.Should().NotContain("<script>");
                    break;
                default:
                    ShouldBeInert(output);
                    break;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task Harmful_texts_are_inert_on_a_terminal(string verb)
    {
        var (exitCode, output) = await Cliply.RunOnTerminalAsync(100, Arguments(verb));

        exitCode.Should().BeInRange(0, 3);
        output.Length.Should().BeInRange(50, LongestAnswer);

        // Colours of ours may stand around a text, and never in it.
        output.Should().NotContain("\u001b[31m").And.NotContain("\u202e").And.NotContain("\0").And.NotContain("\u0007");
    }

    [Fact]
    public async Task Harmful_texts_are_inert_in_the_bundle()
    {
        var target = Path.Combine(fleet.Folder.FullName, "out.tar.gz");

        var (exitCode, output, error) = await Cliply.RunAsync(Arguments("bundle", "--output-file", target, "--logs", fleet.Log));

        exitCode.Should().Be(0, error);
        ShouldBeInert(output + error);
        await using var zipped = new GZipStream(File.OpenRead(target), CompressionMode.Decompress);
        await using var tar = new TarReader(zipped);
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        while (await tar.GetNextEntryAsync(copyData: true, TestContext.Current.CancellationToken) is { } entry)
        {
            using var reader = new StreamReader(entry.DataStream ?? Stream.Null);
            files[entry.Name] = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        }

        files["out/report.html"].Should().NotContain("<script").And.NotContain("\u202e").And.Contain("[red]");
        files["out/report.md"].Should().NotContain("<script>").And.NotContain("\u202e");
        files.Should().AllSatisfy(file =>
        {
            file.Key.Should().NotContain("[red]").And.NotContain("\u202e");
            file.Value.Should().NotContain("\u001b").And.NotContain("\0").And.NotContain("\a");
        });
        files.Single(f => f.Key.EndsWith(".log", StringComparison.Ordinal)).Value.Should().Contain("timed out [red]␛[31m<script>alert(1)</script>\\u202e`x` | y␀␇xxx", "nothing of it is lost");
    }

    private static void ShouldBeInert(string text) =>
        text.Should().NotContain("\u001b").And.NotContain("\u202e").And.NotContain("\0").And.NotContain("\u0007");

    private string[] Arguments(string verb, params string[] more) =>
        [.. verb.Split(' '), "--database-url", fleet.Url, "--timeout", "1m", .. verb.Split(' ')[0] is "diagnose" or "workers" or "watch" or "bundle" ? ["--auto", "false", "--no-local"] : Array.Empty<string>(), .. more];

    /// <summary>Its database, and a log that says the same.</summary>
    public sealed class Fleet : IAsyncLifetime
    {
        private readonly FleetDatabase _database = new();

        public DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("cliply-hostile-");

        public string Url { get; private set; } = "";

        public string Log => Path.Combine(Folder.FullName, "[red]worker.log");

        public async ValueTask InitializeAsync()
        {
            await _database.InitializeAsync();

            // An index holds no text that long.
            Url = await _database.CreateAsync("""
                do $$ declare i text; begin for i in select indexname from pg_indexes where tablename = 'jobs' and indexdef like '%kind%' loop execute format('drop index %I', i); end loop; end $$;
                create temp table harm as select '[red]' || chr(27) || '[31m<script>alert(1)</script>' || chr(8238) || chr(7) || '`x` | y ::error:: $(id)' || repeat('x', 1000000) as text;
                insert into jobs (id, kind, state, attempts, last_error, payload, error, updated_at) select '00000000-0000-4000-8000-000000000001', text, 'dead_letter', 5, text, jsonb_build_object('note', text, left(text, 200), text), jsonb_build_object('message', text, 'worker_id', text), now() from harm;
                insert into jobs (id, kind, state, locked_by, locked_at, heartbeat_at) select '00000000-0000-4000-8000-000000000002', text, 'running', text, now(), now() from harm;
                insert into jobs (kind, run_at) select text, now() - interval '2 hours' from harm;
                insert into jobs (kind, state, last_error, updated_at) select text, 'failed', text, now() from harm;
                insert into job_events (job_id, stage, data) select id, text, jsonb_build_object('reason', text) from harm, (values ('00000000-0000-4000-8000-000000000001'::uuid), ('00000000-0000-4000-8000-000000000002'::uuid)) v (id);
                """);
            await File.WriteAllTextAsync(Log, $"[ERROR] ffmpeg timed out {FleetDatabase.Hostile}\0\a{new string('x', 1_000_000)}\n");
        }

        public async ValueTask DisposeAsync()
        {
            await _database.DisposeAsync();
            Folder.Delete(recursive: true);
        }
    }
}
