using System.Diagnostics;
using System.Net;
using Cliply.Diagnostics.Tests.Fakes;
using Microsoft.Data.Sqlite;

namespace Cliply.Diagnostics.Packages.Tests;

/// <summary>The three programs of docs/getting-started.md, as a new user pastes them: restored from the packages, built, and run beside each other.</summary>
public sealed class GettingStartedTests : IDisposable
{
    private readonly DirectoryInfo _temporary = Directory.CreateTempSubdirectory("cliply-started-");

    [Fact]
    public async Task I_can_paste_the_worker_the_console_and_the_web_host()
    {
        using var worker = await PasteAsync("A worker");
        using var console = await PasteAsync("A console");
        using var web = await PasteAsync("A web host");
        using var working = Start(worker);
        try
        {
            // Before that a job store without jobs is healthy, and one with jobs is not.
            await Eventually.HoldsAsync(HasBeatenAsync, "the worker's first heartbeat");
            var (exitCode, report) = await AskAsync(console);
            report.Should().StartWith("# Fleet is healthy\n");
            exitCode.Should().Be(0);

            using var host = await HostProcess.StartAsync("dotnet", [Path.Combine(web.PathOf("bin/Release/net10.0"), "New.dll")], Environment("Development"));
            (await host.GetAsync("/livez")).Body.Should().Be("alive");
            (await host.GetAsync("/readyz")).Body.Should().Be("ready");
            (await host.GetAsync("/metrics")).Body.Should().Contain("\ncliply_workers_active 1\n");
            var page = await host.GetAsync("/diagnostics");
            page.Status.Should().Be(HttpStatusCode.OK);
            page.Body.Should().Contain("<h1>The fleet is healthy");
        }
        finally
        {
            working.Kill(entireProcessTree: true);
        }
    }

    public void Dispose() => _temporary.Delete(recursive: true);

    /// <summary>The project file and the program under a heading, built with warnings as errors.</summary>
    private static async Task<NewProject> PasteAsync(string heading)
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "docs", "getting-started.md"), TestContext.Current.CancellationToken);
        var section = page.Split("\n## ").Single(s => s.StartsWith(heading + "\n", StringComparison.Ordinal));
        var project = await NewProject.CreateAsync(Block("xml"), Block("csharp"));
        await project.DotnetAsync("build", "--configuration", "Release");
        return project;

        string Block(string language) => section.Split($"```{language}\n")[1].Split("\n```")[0];
    }

    private async Task<bool> HasBeatenAsync()
    {
        await using var connection = new SqliteConnection($"Data Source={Path.Combine(_temporary.FullName, "cliply-jobs.db")};Mode=ReadOnly;Pooling=false");
        try
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = "select count(*) from cliply_workers";
            return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))! > 0;
        }
        catch (SqliteException)
        {
            // Neither the file nor the table is there from the start.
            return false;
        }
    }

    private async Task<(int ExitCode, string Output)> AskAsync(NewProject console)
    {
        using var asking = Start(console);
        var output = await asking.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await asking.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (asking.ExitCode, output);
    }

    private Process Start(NewProject project)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(project.PathOf("bin/Release/net10.0"), "New.dll")]) { RedirectStandardOutput = true };
        foreach (var (name, value) in Environment("Production"))
        {
            start.Environment[name] = value;
        }

        start.Environment.Remove("DATABASE_URL");
        return Process.Start(start)!;
    }

    /// <summary>A folder for temporary files of their own, where the page puts the job store.</summary>
    private Dictionary<string, string> Environment(string name) => new()
    {
        ["TMPDIR"] = _temporary.FullName,
        ["DOTNET_ENVIRONMENT"] = name,
        ["PATH"] = System.Environment.GetEnvironmentVariable("PATH")!,
        ["HOME"] = _temporary.FullName,
    };
}
