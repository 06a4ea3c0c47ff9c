using System.Diagnostics;
using System.IO.Compression;

namespace Cliply.Diagnostics.Cli.Tests;

/// <summary>The tool as users get it: installed from the packages that <c>pack.sh</c> makes.</summary>
public sealed class PackedToolTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cliply-packed-");

    [Fact]
    public async Task Installing_the_package_gives_a_native_program_that_runs()
    {
        var installed = await InstallAsync();

        (await RunAsync(installed, ["explain", "no-workers-running", "--output", "json"])).Should().Be(await PortableAsync("explain", "no-workers-running", "--output", "json"));
        Start(installed).Should().Equal([0x7F, (byte)'E', (byte)'L', (byte)'F'], "no runtime has to be there, or started");
    }

    [Fact]
    public async Task Native_and_portable_say_the_same_of_every_case()
    {
        var installed = await InstallAsync();
        var snapshots = Path.Combine(_folder.FullName, "snapshots.jsonl");
        var cases = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Cases")).Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal).ToList();
        await File.WriteAllLinesAsync(snapshots, cases.Select(name => System.Text.Encoding.UTF8.GetString(Cliply.Case(name!))), TestContext.Current.CancellationToken);

        var said = await RunAsync(installed, ["replay", snapshots]);

        said.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Should().HaveCount(cases.Count).And.HaveCountGreaterThan(20);
        said.Should().Be(await PortableAsync("replay", snapshots));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<string> InstallAsync()
    {
        var tools = Path.Combine(_folder.FullName, "tools");
        var (exitCode, output, error) = await RunAsync("dotnet", ["tool", "install", "Cliply.Diagnostics.Cli", "--tool-path", tools, "--source", Packages()]);

        exitCode.Should().Be(0, error);
        output.Should().Contain("You can invoke the tool using the following command: cliply");
        return Path.Combine(tools, "cliply");
    }

    /// <summary>Runs the tool of the package for systems that have no native one.</summary>
    private async Task<(int ExitCode, string Output, string Error)> PortableAsync(params string[] arguments)
    {
        var folder = Path.Combine(_folder.FullName, "any");
        await ZipFile.ExtractToDirectoryAsync(Directory.GetFiles(Packages(), "Cliply.Diagnostics.Cli.any.*.nupkg").Should().ContainSingle().Subject, folder, TestContext.Current.CancellationToken);
        return await RunAsync("dotnet", [Directory.GetFiles(folder, "cliply.dll", SearchOption.AllDirectories).Should().ContainSingle().Subject, .. arguments]);
    }

    private static string Packages()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "pack.sh")))
            {
                var packages = Path.Combine(folder.FullName, "artifacts", "packages");
                Directory.Exists(packages).Should().BeTrue("./pack.sh has to run before this test, as ./test.sh does");
                return packages;
            }
        }

        throw new InvalidOperationException("No folder above this test holds pack.sh.");
    }

    private static byte[] Start(string file)
    {
        using var stream = File.OpenRead(file);
        var start = new byte[4];
        stream.ReadExactly(start);
        return start;
    }

    private async Task<(int ExitCode, string Output, string Error)> RunAsync(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };

        // A package of the same version that was installed before must not stand in for this one.
        start.Environment["NUGET_PACKAGES"] = Path.Combine(_folder.FullName, "cache");
        start.Environment["DOTNET_CLI_HOME"] = _folder.FullName;
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_SKIP_FIRST_TIME_EXPERIENCE"] = "1";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }
}
