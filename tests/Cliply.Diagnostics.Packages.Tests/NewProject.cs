using System.Diagnostics;

namespace Cliply.Diagnostics.Packages.Tests;

/// <summary>A project in a temporary folder that knows nothing of this repository but the folder of packages. Warnings are errors.</summary>
internal sealed class NewProject : IDisposable
{
    private static readonly string MachinePackages =
        Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cliply-new-");

    private NewProject()
    {
    }

    /// <summary>Writes the project: its name is <c>New</c>, and those of its packages that are not ours have the version 10.0.15.</summary>
    public static Task<NewProject> CreateAsync(string sdk, string[] packages, string program, string properties = "")
    {
        var references = packages.Select(p => $"""<PackageReference Include="{p}" Version="{(p.StartsWith("Cliply.", StringComparison.Ordinal) ? "0.1.0" : "10.0.15")}" />""");
        return CreateAsync(
            $"""
            <Project Sdk="{sdk}">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                {properties}
              </PropertyGroup>
              <ItemGroup>
                {string.Join("\n    ", references)}
              </ItemGroup>
            </Project>
            """,
            program);
    }

    /// <summary>Writes a project with the text of its file, whose name will be <c>New</c>.</summary>
    public static async Task<NewProject> CreateAsync(string projectFile, string program)
    {
        var project = new NewProject();
        await project.WriteAsync("New.csproj", projectFile);
        await project.WriteAsync("Program.cs", program);
        await project.WriteAsync("Directory.Build.props", """
            <Project>
              <PropertyGroup>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
            </Project>
            """);

        // Packages of a version that never changes must not come from the machine's cache, where older ones of it may be.
        await project.WriteAsync("nuget.config", $"""
            <configuration>
              <config>
                <add key="globalPackagesFolder" value="packages" />
              </config>
              <packageSources>
                <add key="packed" value="{Repository.Packages}" />
              </packageSources>
              <fallbackPackageFolders>
                <add key="machine" value="{MachinePackages}" />
              </fallbackPackageFolders>
            </configuration>
            """);
        Directory.Exists(Path.Combine(MachinePackages, "cliply.diagnostics")).Should().BeFalse("the packages are to come from the folder of packages");
        return project;
    }

    public string PathOf(string file) => Path.Combine(_folder.FullName, file);

    /// <summary>Runs dotnet in the project's folder.</summary>
    /// <returns>What it wrote; anything but success fails the test.</returns>
    public async Task<string> DotnetAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = _folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove("DATABASE_URL");
        start.Environment.Remove("NUGET_PACKAGES");
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        process.ExitCode.Should().Be(0, await output + await error);
        return (await output + await error).ReplaceLineEndings("\n");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private Task WriteAsync(string file, string text) => File.WriteAllTextAsync(PathOf(file), text);
}
