using System.Text.Json;
using Cliply.Diagnostics.Tests.PostgreSql;

namespace Cliply.Diagnostics.Cli.Tests;

[Collection(FleetDatabaseTests.Name)]
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class ReadyzTests(FleetDatabase fleet) : IDisposable
{
    private static readonly Dictionary<string, string> Complete = new()
    {
        ["SUPABASE_URL"] = "https://made-up.supabase.co",
        ["SUPABASE_SERVICE_ROLE_KEY"] = "sb_" + "secret_canary_made_up",
    };

    private readonly DirectoryInfo _programs = Directory.CreateTempSubdirectory("cliply-programs-");

    public void Dispose() => _programs.Delete(recursive: true);

    [Fact]
    public async Task I_can_see_that_a_worker_could_work_here()
    {
        var (exitCode, output, _) = await RunAsync(fleet.Url, "ffmpeg", "yt-dlp");

        exitCode.Should().Be(0, output);
        Stable(output).ShouldBeApproved("readyz.ready");
        output.Should().NotContain("canary");
    }

    [Fact]
    public async Task Without_yt_dlp_a_worker_could_still_work()
    {
        var (exitCode, output, _) = await RunAsync(fleet.Url, "ffmpeg");

        exitCode.Should().Be(0, output);
        using var json = JsonDocument.Parse(output);
        json.RootElement.GetProperty("ytDlpOk").GetBoolean().Should().BeFalse();
    }

    [Theory]
    [InlineData("table")]
    [InlineData("json")]
    [InlineData("github")]
    [InlineData("markdown")]
    public async Task Without_ffmpeg_and_database_it_is_not_ready(string format)
    {
        var (exitCode, output, _) = await RunAsync($"postgres://u:canary-made-up@127.0.0.1:{PostgresServer.FreePort()}/d", format, ["yt-dlp"]);

        exitCode.Should().Be(2, output);
        Stable(output).ShouldBeApproved($"readyz.not-ready.{format}");
        output.Should().NotContain("canary");
    }

    private Task<(int ExitCode, string Output, string Error)> RunAsync(string url, params string[] programs) => RunAsync(url, "json", programs);

    private Task<(int ExitCode, string Output, string Error)> RunAsync(string url, string format, string[] programs)
    {
        foreach (var program in programs)
        {
            var path = Path.Combine(_programs.FullName, program);
            File.WriteAllText(path, $"#!/bin/sh\necho '{(program == "ffmpeg" ? "ffmpeg version 5.1.9 Copyright" : "2023.03.04")}'\n");
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        return Cliply.RunAsync(
            ["readyz", "--database-url", url, "--timeout", "1m", "--output", format],
            environment: new(Complete) { ["PATH"] = $"{_programs.FullName}{Path.PathSeparator}{Path.GetDirectoryName(Environment.ProcessPath)}" });
    }

    private string Stable(string output) => System.Text.RegularExpressions.Regex.Replace(
        FleetDatabase.Timeless(output).Replace(_programs.FullName, "/programs", StringComparison.Ordinal), @"answers in [\d.]+ ms|found at /usr/bin/ffmpeg", m => m.Value.StartsWith('a') ? "answers in N ms" : "found at FFMPEG");
}
