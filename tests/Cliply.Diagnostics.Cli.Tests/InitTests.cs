using System.Diagnostics;
using System.Text.Json;

namespace Cliply.Diagnostics.Cli.Tests;

[Collection(FleetDatabaseTests.Name)]
public sealed class InitTests(FleetDatabase fleet) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cliply-init-");

    private string Config => Path.Combine(_folder.FullName, "cliply.json");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("table")]
    [InlineData("markdown")]
    [InlineData("json")]
    public async Task I_can_set_a_project_up(string format)
    {
        var (exitCode, output, error) = await Cliply.RunAsync(["init", "--platform", "kubernetes", "--heartbeat", "--file", Config, "-o", format]);

        (exitCode, error).Should().Be((0, ""));
        output.Replace(_folder.FullName, "/folder", StringComparison.Ordinal).ShouldBeApproved($"init.{format}");
        (await File.ReadAllTextAsync(Config, TestContext.Current.CancellationToken)).ShouldBeApproved("init.cliply.json");
    }

    [Fact]
    public async Task The_role_that_the_SQL_makes_can_diagnose_behind_row_level_security_and_nothing_more()
    {
        var url = await fleet.CreateAsync("insert into jobs (kind, state) values ('TRANSCRIBE', 'done'), ('TRANSCRIBE', 'queued'); alter table jobs enable row level security; drop index jobs_unfinished;");
        var database = url[(url.LastIndexOf('/') + 1)..];
        var (exitCode, sql, _) = await Cliply.RunAsync(["init", "--print", "sql", "--role", "reader \"of\" jobs", "--heartbeat", "--database-url", url]);
        exitCode.Should().Be(0);

        foreach (var _ in Enumerable.Range(0, 2))
        {
            (await PsqlAsync(database, "postgres", sql)).Should().Be((0, ""));
        }

        var (_, output, _) = await Cliply.RunAsync(["workers", "status", "--auto", "false", "--no-local", "-o", "json", "--timeout", "1m", "--database-url", url.Replace("postgres@", "reader%20%22of%22%20jobs@", StringComparison.Ordinal)]);
        using var json = JsonDocument.Parse(output);
        json.RootElement.GetProperty("queue").GetProperty("runnable").GetInt64().Should().Be(1);
        (await PsqlAsync(database, "reader \"of\" jobs", "update jobs set state = 'done'")).Error.Should().Contain("permission denied for table jobs");
        (await Cliply.RunAsync(["init", "--print", "sql", "--database-url", url])).Output.Should().Contain("-- Nothing to do: an index leads to unfinished jobs.");
    }

    [Fact]
    public async Task The_file_that_it_writes_names_the_sources_of_the_other_verbs()
    {
        await Cliply.RunAsync(["init", "--platform", "systemd", "--file", Config]);

        var (_, output, error) = await Cliply.RunAsync(["diagnose", "--config", Config, "--no-local", "-o", "json"], environment: new() { ["PATH"] = $"{_folder.FullName}{Path.PathSeparator}{Path.GetDirectoryName(Environment.ProcessPath)}" });

        error.Should().BeEmpty("a source that is named is not said to be looked for");
        using var json = JsonDocument.Parse(output);
        json.RootElement.GetProperty("unknowns").EnumerateArray().Single(u => u.GetProperty("section").GetString() == "deployments").GetProperty("reason").GetString().Should().StartWith("not-supported: ");
    }

    [Fact]
    public async Task It_asks_on_a_terminal()
    {
        var (exitCode, output, _) = await Cliply.RunInShellAsync(
            "printf 'mars\\ndocker\\nqueue\\n\\n\\nno\\n' | script -qec \"stty cols 200; exec $CLIPLY init --file $CONFIG -o json\" /dev/null", new() { ["CONFIG"] = Config, ["TERM"] = "dumb" });

        exitCode.Should().Be(0, output);
        output.Should().Contain("Where do the workers run? docker, kubernetes, systemd, process or none [none]: ").And.Contain("Schema of the job table [public]: ");
        (await File.ReadAllTextAsync(Config, TestContext.Current.CancellationToken)).Should().Contain("\"Schema\": \"queue\"").And.Contain("\"NamePattern\": \"*worker*\"");
    }

    [Fact]
    public async Task It_writes_over_nothing_and_follows_no_link()
    {
        await File.WriteAllTextAsync(Config, "mine", TestContext.Current.CancellationToken);
        var link = Path.Combine(_folder.FullName, "link.json");
        File.CreateSymbolicLink(link, Config);

        var there = await Cliply.RunAsync(["init", "--file", Config]);
        var linked = await Cliply.RunAsync(["init", "--file", link, "--force"]);
        var folder = await Cliply.RunAsync(["init", "--file", _folder.FullName, "--force"]);
        var nowhere = await Cliply.RunAsync(["init", "--file", "/no/such/folder/c.json"]);

        there.Should().Be((73, "", $"cliply: --file '{Config}': it is there already. Nothing was written. Give another path, or --force.\n"));
        linked.Should().Be((73, "", $"cliply: --file '{link}': it is a link, which is not followed. Nothing was written. Give another path.\n"));
        folder.Should().Be((73, "", $"cliply: --file '{_folder.FullName}': it is a folder. Nothing was written. Give another path.\n"));
        nowhere.Should().Be((73, "", "cliply: --file '/no/such/folder/c.json': its folder is not there. Nothing was written. Give another path.\n"));
        (await File.ReadAllTextAsync(Config, TestContext.Current.CancellationToken)).Should().Be("mine");
        (await Cliply.RunAsync(["init", "--file", Config, "--force"])).ExitCode.Should().Be(0);
        _folder.GetFileSystemInfos().Should().HaveCount(2, "no part of a file is left");
    }

    [Theory]
    [InlineData("--platform", "mars", "cliply: --platform 'mars' is not known. Use docker, kubernetes, systemd, process or none.\nTry: cliply init --help\n")]
    [InlineData("--platform", "3", "cliply: --platform '3' is not known. Use docker, kubernetes, systemd, process or none.\nTry: cliply init --help\n")]
    [InlineData("--role", "", "cliply: --role must be a name of 1 to 63 bytes without control characters, as PostgreSQL takes it.\nTry: cliply init --help\n")]
    [InlineData("--print", "all", "cliply: --print 'all' is not known. Use config, code or sql.\nTry: cliply init --help\n")]
    public async Task Wrong_usage_exits_with_64(string option, string value, string expected)
    {
        var (exitCode, output, error) = await Cliply.RunAsync(["init", "--file", Config, option, value]);

        (exitCode, output, error).Should().Be((64, "", expected));
        File.Exists(Config).Should().BeFalse();
    }

    private async Task<(int ExitCode, string Error)> PsqlAsync(string database, string role, string sql)
    {
        using var psql = Process.Start(new ProcessStartInfo("psql", ["-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", $"{fleet.Server.Port}", "-U", role, "-d", database])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            Environment = { ["PGOPTIONS"] = "-c client_min_messages=warning" },
        })!;
        await psql.StandardInput.WriteAsync(sql);
        psql.StandardInput.Close();
        var error = psql.StandardError.ReadToEndAsync();
        await psql.StandardOutput.ReadToEndAsync();
        await psql.WaitForExitAsync();
        return (psql.ExitCode, await error);
    }
}
