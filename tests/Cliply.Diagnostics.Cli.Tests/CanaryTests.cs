using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Cliply.Diagnostics.Tests.Redaction;
using Npgsql;

namespace Cliply.Diagnostics.Cli.Tests;

/// <summary>Plants every canary in everything that the tool reads, and looks for them in everything that it writes.</summary>
public sealed class CanaryTests : IClassFixture<CanaryTests.Infested>
{
    private const string Password = "CANARYof-the-connection;1";

    /// <summary>What stands beside the secrets, and what the tool itself says of keys.</summary>
    private static readonly string Around = string.Join('\n', Canary.All.Select(c => c.Text.Replace(c.Secret, "\n", StringComparison.Ordinal))) + "a key that starts with sb_secret_";

    private readonly Infested _fleet;

    public CanaryTests(Infested fleet) => _fleet = fleet;

    public static TheoryData<string> Verbs =>
    [
        "diagnose", "workers status", "jobs stats", "jobs status 00000000-0000-4000-8000-000000000001", "jobs status 00000000-0000-4000-8000-0000000000", "dlq list --limit 1000",
        "dlq inspect 00000000-0000-4000-8000-000000000007", "dlq inspect 00000000-0000-4000-8000-000000000042", "readyz", "watch --count 1", "init --print sql",
    ];

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task No_canary_in_the_database_the_environment_or_the_logs_is_in_any_output(string verb)
    {
        var formats = verb.StartsWith("watch", StringComparison.Ordinal) ? ["table", "json"] : new[] { "table", "json", "markdown" };
        string[] sources = verb.Split(' ')[0] is "diagnose" or "workers" or "watch" ? ["--auto", "false", "--logs", _fleet.Log] : [];
        foreach (var format in formats)
        {
            var (_, output, error) = await Cliply.RunAsync([.. verb.Split(' '), .. sources, "--database-url", _fleet.Url, "--timeout", "1m", "--output", format], environment: Infested.Environment);

            (output + error).Length.Should().BeGreaterThan(100);
            ShouldHoldNone(output + error);
        }
    }

    [Theory]
    [InlineData("table")]
    [InlineData("json")]
    [InlineData("markdown")]
    public async Task No_canary_of_a_log_is_in_what_is_said_of_it(string format)
    {
        var (_, output, error) = await Cliply.RunAsync(["logs", "analyze", _fleet.Log, "--output", format], environment: Infested.Environment);

        output.Should().Contain("ffmpeg-timeout");
        ShouldHoldNone(output + error);
    }

    [Theory]
    [InlineData("table")]
    [InlineData("json")]
    public async Task No_value_of_a_variable_is_in_what_is_said_of_it(string format)
    {
        var (_, output, error) = await Cliply.RunAsync(["check", "env", "--file", "-", "--output", format], Encoding.UTF8.GetBytes(string.Concat(Canary.All.Select((c, i) => $"SUPABASE_URL={c.Text.ReplaceLineEndings(" ")}\nV{i}={c.Secret.ReplaceLineEndings(" ")}\n"))));

        ShouldHoldNone(output + error);
    }

    [Fact]
    public async Task No_canary_is_in_the_bundle_or_in_the_names_of_its_files()
    {
        var target = Path.Combine(_fleet.Folder.FullName, "out.tar.gz");

        var (exitCode, output, error) = await Cliply.RunAsync(
            ["bundle", "--database-url", _fleet.Url, "--auto", "false", "--timeout", "1m", "--logs", _fleet.Log, "--log-lines", "100000", "--include", _fleet.Manifest, "--output-file", target], environment: Infested.Environment);

        exitCode.Should().Be(0, error);
        ShouldHoldNone(output + error);
        using var zipped = new GZipStream(File.OpenRead(target), CompressionMode.Decompress);
        using var tar = new TarReader(zipped);
        var names = new List<string>();
        while (tar.GetNextEntry(copyData: true) is { } entry)
        {
            using var reader = new StreamReader(entry.DataStream ?? Stream.Null);
            names.Add(entry.Name);
            ShouldHoldNone(entry.Name + "\n" + await reader.ReadToEndAsync(TestContext.Current.CancellationToken));
        }

        names.Should().Contain(name => name.Contains("/logs/", StringComparison.Ordinal)).And.Contain(name => name.Contains("/deployment/local/", StringComparison.Ordinal)).And.Contain("out/dead-letters.json");
    }

    private static void ShouldHoldNone(string output)
    {
        output.Should().NotContainEquivalentOf(Password).And.NotContain(Uri.EscapeDataString(Password));
        Canary.All.Select(c => (Canary: c, Part: Parts(c.Secret).FirstOrDefault(part => output.Contains(part, StringComparison.OrdinalIgnoreCase)))).Where(c => c.Part is not null)
            .Select(c => $"{c.Canary.Kind}: {c.Part} of {c.Canary.Text}, as in {Near(output, c.Part!)}").Should().BeEmpty();
    }

    private static string Near(string output, string part)
    {
        var at = output.IndexOf(part, StringComparison.OrdinalIgnoreCase);
        return output[Math.Max(0, at - 100)..Math.Min(output.Length, at + 100)];
    }

    /// <summary>Its parts of eight characters that stand in no text but as a secret.</summary>
    private static IEnumerable<string> Parts(string secret)
    {
        for (var i = 0; i + 8 <= secret.Length; i++)
        {
            var part = secret.Substring(i, 8);
            if (!Around.Contains(part, StringComparison.OrdinalIgnoreCase))
            {
                yield return part;
            }
        }
    }

    /// <summary>A fleet of which every text holds secrets.</summary>
    public sealed class Infested : IAsyncLifetime
    {
        private readonly FleetDatabase _database = new();

        public DirectoryInfo Folder { get; } = Directory.CreateTempSubdirectory("cliply-canaries-");

        public string Url { get; private set; } = "";

        public string Log { get; private set; } = "";

        public string Manifest { get; private set; } = "";

        /// <summary>Every secret that can stand in a variable.</summary>
        public static Dictionary<string, string> Environment { get; } = Canary.All.Select((c, i) => ($"CANARY_{i}_TOKEN", c.Secret)).ToDictionary(v => v.Item1, v => v.Secret);

        public async ValueTask InitializeAsync()
        {
            await _database.InitializeAsync();
            Url = (await _database.CreateAsync("")).Replace("postgres@", $"postgres:{Uri.EscapeDataString(Password)}@", StringComparison.Ordinal);
            await PlantAsync();
            Log = Path.Combine(Folder.FullName, $"worker {Canary.All.First(c => c.Kind == "supabase-secret").Secret}.log");
            await File.WriteAllTextAsync(Log, string.Concat(Canary.All.Select(c => $"2026-11-24T05:20:00Z ffmpeg timed out\n{c.Text}\n")) + string.Concat(Canary.All.Select(c => $"2026-11-24T05:20:00Z [ERROR] ffmpeg timed out after {c.Text.ReplaceLineEndings("\\n")}\n")) + Password + "\n");
            Manifest = Path.Combine(Folder.FullName, "worker.yaml");
            await File.WriteAllTextAsync(Manifest, string.Concat(Canary.All.Select((c, i) => $"# {i}\n{c.Text}\n")));
        }

        public async ValueTask DisposeAsync()
        {
            await _database.DisposeAsync();
            Folder.Delete(recursive: true);
        }

        private async Task PlantAsync()
        {
            await using var connection = new NpgsqlConnection($"Host=127.0.0.1;Port={_database.Server.Port};Username=postgres;Database={Url[(Url.LastIndexOf('/') + 1)..]};Pooling=false");
            await connection.OpenAsync();
            for (var i = 0; i < Canary.All.Count; i++)
            {
                var text = Canary.All[i].Text;
                await using var dead = new NpgsqlCommand("insert into jobs (id, kind, state, attempts, last_error, payload, error, updated_at) values (@id, 'CLIP_RENDER', 'dead_letter', 5, @text, jsonb_build_object(@key, @text, 'note', @text), jsonb_build_object('message', @text, 'worker_id', @text), now()); insert into job_events (job_id, stage, data) values (@id, 'failed', jsonb_build_object('reason', @text))", connection);
                dead.Parameters.AddWithValue("id", Guid.Parse($"00000000-0000-4000-8000-{i:000000000000}"));
                dead.Parameters.AddWithValue("text", text);
                dead.Parameters.AddWithValue("key", text.Length <= 150 ? text : "key");
                await dead.ExecuteNonQueryAsync();
                if (text.Length > 150 || Canary.All[i].NeedsOwnLine)
                {
                    continue;
                }

                await using var running = new NpgsqlCommand("insert into jobs (kind, state, locked_by, locked_at, heartbeat_at) values (@text, 'running', @text, now(), now()); insert into jobs (kind, state) values (@text, 'queued')", connection);
                running.Parameters.AddWithValue("text", text);
                await running.ExecuteNonQueryAsync();
            }
        }
    }
}
