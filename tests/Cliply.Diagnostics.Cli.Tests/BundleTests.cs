using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Cliply.Diagnostics.Tests.PostgreSql;

namespace Cliply.Diagnostics.Cli.Tests;

[Collection(FleetDatabaseTests.Name)]
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class BundleTests(FleetDatabase fleet) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cliply-bundle-");

    private string Target => Path.Combine(_folder.FullName, "out.tar.gz");

    public void Dispose() => _folder.Delete(recursive: true);

    private string[] Arguments(params string[] more) => ["bundle", "--database-url", fleet.Url, "--auto", "false", "--no-local", "--timeout", "1m", "--output-file", Target, .. more];

    [Fact]
    public async Task I_can_hand_everything_to_the_next_engineer()
    {
        await fleet.RefreshAsync();
        var log = await FileAsync("worker.log", string.Concat(Enumerable.Range(1, 150).Select(i => $"line {i}\n")));

        var (exitCode, output, error) = await Cliply.RunAsync(Arguments("--logs", log, "--include", await FileAsync("worker.yaml", "kind: Deployment\n")));

        exitCode.Should().Be(0, error);
        Stable(output).ShouldBeApproved("bundle.table");
        File.GetUnixFileMode(Target).Should().Be(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var files = Read();
        files.Keys.Should().Equal(
            "manifest.json", "report.json", "report.md", "report.html", "snapshot.json", "thresholds.json", "workers-status.md", "workers-status.json",
            "jobs-stats.md", "jobs-stats.json", "dead-letters.md", "dead-letters.json", "environment.json", "versions.json", "logs/logs/worker.log.log", "deployment/local/worker.yaml");
        files["logs/logs/worker.log.log"].Should().StartWith("line 51\n").And.EndWith("line 150\n");
        files["dead-letters.md"].Should().Contain("ffmpeg-timeout");
        files["report.html"].Should().StartWith("<!DOCTYPE html>").And.NotContain("<script");
        Manifest(files).GetProperty("files").EnumerateArray().Should().HaveCount(files.Count - 1).And.AllSatisfy(file =>
        {
            var content = Encoding.UTF8.GetBytes(files[file.GetProperty("path").GetString()!]);
            file.GetProperty("bytes").GetInt32().Should().Be(content.Length);
            file.GetProperty("sha256").GetString().Should().Be(Convert.ToHexStringLower(SHA256.HashData(content)));
        });
        _folder.GetFiles().Should().HaveCount(3, "nothing else is left");
    }

    [Fact]
    public async Task It_gives_the_same_report_when_it_is_diagnosed_again_with_the_thresholds_of_then()
    {
        await Cliply.RunAsync(Arguments(), environment: new() { ["Cliply__Diagnostics__Thresholds__DeadLetters"] = "3" });

        var (exitCode, output, _) = await Cliply.RunAsync(["diagnose", "--bundle", Target, "-o", "json"]);

        var report = Read()["report.json"];
        report.Should().Contain("dead-letter-spike");
        output.Should().Be(report);
        exitCode.Should().Be(1);
        (await Cliply.RunAsync(["diff", Target, Target])).ExitCode.Should().Be(0);
    }

    [Fact]
    public async Task It_works_when_nothing_else_does()
    {
        var (exitCode, output, error) = await Cliply.RunAsync(
            ["bundle", "--database-url", $"postgres://u:canary-made-up-9@127.0.0.1:{PostgresServer.FreePort()}/d", "--docker", $"unix://{_folder.FullName}/none.sock", "--logs", Path.Combine(_folder.FullName, "none.log"), "--output-file", Target, "-o", "json"]);

        exitCode.Should().Be(0, error);
        using var json = JsonDocument.Parse(output);
        var missing = json.RootElement.GetProperty("missing").EnumerateArray().ToDictionary(m => m.GetProperty("what").GetString()!, m => m.GetProperty("reason").GetString());
        missing["jobs-stats"].Should().Be("the database that --database-url names can't be read: nothing listens at its address.");
        missing["dead-letters"].Should().Be("the database that --database-url names can't be read: nothing listens at its address.");
        missing.Keys.Should().Contain(key => key.StartsWith("docker: ", StringComparison.Ordinal)).And.Contain(key => key.StartsWith("logs: ", StringComparison.Ordinal)).And.Contain("snapshot.json: workers");
        string.Concat(Read().Values).Should().NotContainEquivalentOf("canary");
    }

    [Fact]
    public async Task The_newest_lines_stay_within_the_budget_and_cuts_are_listed()
    {
        var random = new Random(1);
        var large = await FileAsync("large.log", string.Concat(Enumerable.Range(1, 30_000).Select(i => $"{i:00000} {Convert.ToHexString(BitConverter.GetBytes(random.NextInt64()))} {new string('a', 60)}\n")));
        var small = await FileAsync("small.log", "one\ntwo\n");

        var (exitCode, output, error) = await Cliply.RunAsync(Arguments("--logs", large, "--logs", small, "--log-lines", "100000", "--budget", "1", "-o", "json"));

        exitCode.Should().Be(0, error);
        var files = Read();
        files.Where(f => f.Key != "manifest.json").Sum(f => (long)Encoding.UTF8.GetByteCount(f.Value)).Should().BeInRange(500_000, 1_000_000);
        files["logs/logs/small.log.log"].Should().Be("one\ntwo\n");
        files["logs/logs/large.log.log"].Should().MatchRegex("^\\d{5} [0-9A-F]").And.EndWith(new string('a', 60) + "\n").And.Contain("\n30000 ");
        using var json = JsonDocument.Parse(output);
        json.RootElement.GetProperty("cut").EnumerateArray().Select(c => c.GetProperty("what").GetString()).Should().Contain("logs/logs/large.log.log").And.NotContain("logs/logs/small.log.log");
    }

    [Fact]
    public async Task A_secret_in_any_input_is_in_no_file_and_stays_the_same_token()
    {
        const string Secret = "canary-made-up-Xy7Zq9";
        var log = await FileAsync("a.log", $"connecting with {Secret}\nretry {Secret.ToUpperInvariant()}\n{Convert.ToBase64String(Encoding.UTF8.GetBytes(Secret))}\n-----BEGIN PRIVATE KEY-----\nMIICanaryMadeUp\nAAAA\n-----END PRIVATE KEY-----\nafter\n");
        var url = fleet.Url.Replace("postgres@", $"postgres:{Secret}@", StringComparison.Ordinal);

        var (exitCode, output, error) = await Cliply.RunAsync(
            ["bundle", "--database-url", url, "--auto", "false", "--no-local", "--timeout", "1m", "--output-file", Target, "--logs", log, "--include", await FileAsync($"{Secret}.env", $"OTHER={Secret}\nSUPABASE_SERVICE_ROLE_KEY=another-canary-made-up\n")],
            environment: new() { ["MY_TOKEN"] = "token-canary-made-up-77" });

        exitCode.Should().Be(0, error);
        var files = Read();
        var everything = string.Concat(files.Select(f => f.Key + f.Value)) + output + error;
        everything.Should().NotContainEquivalentOf("canary").And.NotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes(Secret)));
        var lines = files.Single(f => f.Key.StartsWith("logs/", StringComparison.Ordinal)).Value.Split('\n');
        lines[0].Should().MatchRegex("^connecting with ‹secret:[0-9a-f]{4}›$");
        lines[1].Should().Be(lines[0].Replace("connecting with", "retry", StringComparison.Ordinal));
        lines[^2].Should().Be("after");
        files["deployment/local/" + files.Keys.Single(k => k.StartsWith("deployment/local/", StringComparison.Ordinal))["deployment/local/".Length..]].Should().Contain(lines[0]["connecting with ".Length..]);
        files["environment.json"].Should().Contain("MY_TOKEN");
    }

    [Fact]
    public async Task Emails_and_addresses_are_redacted_where_it_is_asked_for()
    {
        var log = await FileAsync("a.log", "mail to someone@example.org from 203.0.113.9\n");

        await Cliply.RunAsync(Arguments("--logs", log));
        Read()["logs/logs/a.log.log"].Should().Be("mail to someone@example.org from 203.0.113.9\n");
        await Cliply.RunAsync(Arguments("--logs", log, "--force", "--redact-emails", "--redact-ips"));
        Read()["logs/logs/a.log.log"].Should().MatchRegex("^mail to ‹email:[0-9a-f]{4}› from ‹ip:[0-9a-f]{4}›\n$");
    }

    [Fact]
    public async Task It_writes_over_nothing_and_follows_no_link()
    {
        await FileAsync("out.tar.gz", "mine");
        var link = Path.Combine(_folder.FullName, "link.tar.gz");
        File.CreateSymbolicLink(link, Target);

        var there = await Cliply.RunAsync(Arguments());
        var linked = await Cliply.RunAsync([.. Arguments("--force").Select(a => a == Target ? link : a)]);

        there.ExitCode.Should().Be(73);
        there.Error.Should().EndWith($"cliply: --output-file '{Target}': it is there already. Nothing was written. Give another path, or --force.\n");
        linked.ExitCode.Should().Be(73);
        linked.Error.Should().EndWith($"cliply: --output-file '{link}': it is a link, which is not followed. Nothing was written. Give another path.\n");
        (await File.ReadAllTextAsync(Target, TestContext.Current.CancellationToken)).Should().Be("mine");
    }

    [Fact]
    public async Task A_full_disk_leaves_nothing()
    {
        var disk = Directory.CreateDirectory(Path.Combine(_folder.FullName, "disk")).FullName;
        var log = await FileAsync("random.log", Convert.ToHexString(RandomNumberGenerator.GetBytes(200_000)));

        // A disk of its own, which only this process sees.
        var (exitCode, output, error) = await Cliply.RunInShellAsync(
            $"unshare --mount sh -c \"mount -t tmpfs -o size=16k tmpfs {disk} && $CLIPLY bundle --database-url {fleet.Url} --auto false --no-local --timeout 1m --output-file {disk}/out.tar.gz --log-lines 100000 --logs {log}; code=\\$?; ls -A {disk}; exit \\$code\"");

        exitCode.Should().Be(73, error);
        error.Should().EndWith($"cliply: --output-file '{disk}/out.tar.gz': writing failed: the disk is full. Nothing was written. Give another path.\n");
        output.Should().BeEmpty("no file is left");
    }

    [Fact]
    public async Task A_file_that_grows_too_large_and_a_folder_that_may_not_be_written_leave_nothing()
    {
        var nobody = Directory.CreateDirectory(Path.Combine(_folder.FullName, "read-only")).FullName;
        File.SetUnixFileMode(_folder.FullName, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(nobody, (UnixFileMode)0b101_101_101);

        // Root may write everywhere.
        var readOnly = await Cliply.RunInShellAsync($"cd / && exec setpriv --reuid=65534 --regid=65534 --clear-groups $CLIPLY bundle --database-url {fleet.Url} --auto false --no-local --timeout 1m --output-file {nobody}/out.tar.gz", new() { ["HOME"] = "/nonexistent", ["DOTNET_ROOT"] = Path.GetDirectoryName(Path.GetFullPath(Environment.ProcessPath!))! });
        var full = await Cliply.RunInShellAsync($"export DOTNET_EnableWriteXorExecute=0; ulimit -f 20; trap '' XFSZ; exec $CLIPLY bundle --database-url {fleet.Url} --auto false --no-local --timeout 1m --output-file {Target} --log-lines 100000 --logs {await FileAsync("random.log", Convert.ToHexString(RandomNumberGenerator.GetBytes(200_000)))}");

        readOnly.ExitCode.Should().Be(73, readOnly.Error);
        readOnly.Error.Should().EndWith($"cliply: --output-file '{nobody}/out.tar.gz': its folder may not be written to. Nothing was written. Give another path.\n");
        full.ExitCode.Should().Be(73, full.Error);
        full.Error.Should().EndWith($"cliply: --output-file '{Target}': writing failed: it is larger than a file may be here. Nothing was written. Give another path.\n");
        Directory.GetFiles(nobody).Should().BeEmpty();
        _folder.GetFiles().Select(f => f.Name).Should().Equal("random.log");
    }

    [Fact]
    public async Task Ctrl_C_leaves_no_partial_file()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        var url = $"postgres://u@127.0.0.1:{((System.Net.IPEndPoint)silent.LocalEndpoint).Port}/d";

        var (exitCode, output, _) = await Cliply.RunInShellAsync($"exec timeout --preserve-status -s INT 4 $CLIPLY bundle --database-url {url} --auto false --no-local --timeout 1m --output-file {Target}");

        (exitCode, output).Should().Be((130, ""));
        _folder.GetFiles().Should().BeEmpty();
    }

    [Theory]
    [InlineData("--budget", "0", "cliply: --budget '0' is out of range. Use 1 to 1000.\nTry: cliply bundle --help\n")]
    [InlineData("--log-lines", "-1", "cliply: --log-lines '-1' is out of range. Use 0 to 100000.\nTry: cliply bundle --help\n")]
    public async Task Wrong_usage_exits_with_64(string option, string value, string expected)
    {
        var (exitCode, output, error) = await Cliply.RunAsync(["bundle", option, value]);

        (exitCode, output, error).Should().Be((64, "", expected));
    }

    [Theory]
    [InlineData("no bundle at all", "no bundle that can be read, or cut off. Give a file that cliply bundle has written.")]
    [InlineData(null, "no bundle that can be read, or cut off. Give a file that cliply bundle has written.")]
    public async Task What_is_no_bundle_or_cut_off_exits_with_65(string? content, string expected)
    {
        if (content is null)
        {
            await Cliply.RunAsync(Arguments());
            await File.WriteAllBytesAsync(Target, (await File.ReadAllBytesAsync(Target, TestContext.Current.CancellationToken))[..3000], TestContext.Current.CancellationToken);
        }
        else
        {
            await FileAsync("out.tar.gz", content);
        }

        var (exitCode, output, error) = await Cliply.RunAsync(["diagnose", "--bundle", Target]);

        (exitCode, output, error).Should().Be((65, "", $"cliply: {Target}: {expected}\n"));
    }

    [Fact]
    public async Task An_archive_that_holds_something_else_exits_with_65()
    {
        await using (var zipped = new GZipStream(File.Create(Target), CompressionLevel.Fastest))
        await using (var tar = new TarWriter(zipped))
        {
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, "x/snapshot.json") { LinkName = "/etc/passwd" }, TestContext.Current.CancellationToken);
        }

        var (exitCode, _, error) = await Cliply.RunAsync(["diagnose", "--bundle", Target]);

        (exitCode, error).Should().Be((65, $"cliply: {Target}: holds no snapshot.json. Give a file that cliply bundle has written.\n"));
    }

    private async Task<string> FileAsync(string name, string content)
    {
        var path = Path.Combine(_folder.FullName, name);
        await File.WriteAllTextAsync(path, content, TestContext.Current.CancellationToken);
        return path;
    }

    private Dictionary<string, string> Read()
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        using var zipped = new GZipStream(File.OpenRead(Target), CompressionMode.Decompress);
        using var tar = new TarReader(zipped);
        while (tar.GetNextEntry(copyData: true) is { } entry)
        {
            entry.Name.Should().StartWith("out/");
            (entry.Mode, entry.Uid, entry.Gid).Should().Be((UnixFileMode.UserRead | UnixFileMode.UserWrite, 0, 0));
            using var reader = new StreamReader(entry.DataStream ?? Stream.Null);
            files.Add(entry.Name["out/".Length..], reader.ReadToEnd());
        }

        return files;
    }

    private static JsonElement Manifest(Dictionary<string, string> files) => JsonDocument.Parse(files["manifest.json"]).RootElement;

    private string Stable(string output) => Regex.Replace(FleetDatabase.Timeless(output).Replace(_folder.FullName, "/folder", StringComparison.Ordinal), @"\d+ kB", "N kB");
}
