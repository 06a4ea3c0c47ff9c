using System.Diagnostics;

namespace Cliply.Diagnostics.Packages.Tests;

/// <summary>The packages as a service gets them: new projects that know nothing of this repository but the folder of packages.</summary>
public sealed class NewProjectTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cliply-new-");

    [Fact]
    public async Task I_can_diagnose_from_a_console_program()
    {
        var output = await RunAsync("Microsoft.NET.Sdk", ["Cliply.Diagnostics.Sqlite"], """
            using Cliply.Diagnostics.Collection;
            using Microsoft.Extensions.DependencyInjection;

            var services = new ServiceCollection();
            services.AddCliplyHealthChecks();
            services.AddCliplySqliteJobStore("Data Source=jobs.db");
            await using var provider = services.BuildServiceProvider();
            var reading = await provider.GetRequiredService<IFleetDiagnostics>().DiagnoseAsync();
            foreach (var diagnosis in reading.Report.Diagnoses)
            {
                Console.WriteLine($"{diagnosis.Severity}: {diagnosis.Code}");
            }
            """);

        output.Should().Contain("Critical: database-unavailable");
    }

    [Fact]
    public async Task I_can_watch_from_a_worker()
    {
        var output = await RunAsync("Microsoft.NET.Sdk.Worker", ["Cliply.Diagnostics", "Microsoft.Extensions.Hosting"], """
            using Cliply.Diagnostics.Collection;
            using Microsoft.Extensions.Diagnostics.HealthChecks;

            var builder = Host.CreateApplicationBuilder(args);
            builder.Services.AddCliplyHealthChecks();
            using var host = builder.Build();
            await host.StartAsync();
            var health = await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync();
            Console.WriteLine(string.Join(", ", health.Entries.Select(e => $"{e.Key} {e.Value.Status}")));
            await host.StopAsync();
            """);

        output.Should().Contain("cliply-ffmpeg ").And.Contain("cliply-database Degraded").And.Contain("cliply-diagnosis ");
    }

    [Fact]
    public async Task I_can_serve_probes_metrics_and_the_page()
    {
        var output = await RunAsync("Microsoft.NET.Sdk.Web", ["Cliply.Diagnostics.AspNetCore"], """
            var builder = WebApplication.CreateBuilder(args);
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Logging.ClearProviders();
            builder.Services.AddCliplyHealthChecks();
            var app = builder.Build();
            app.MapCliplyProbes(); // /livez, /readyz, /startupz
            app.MapCliplyMetrics(); // /metrics
            app.MapCliplyDiagnostics().AllowAnonymous();
            await app.StartAsync();
            using var http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
            Console.WriteLine(await http.GetStringAsync("/livez"));
            Console.WriteLine((await http.GetStringAsync("/diagnostics")).Contains("<h1>The fleet is "));
            Console.WriteLine((await http.GetStringAsync("/metrics")).Contains("cliply_collection_duration"));
            await app.StopAsync();
            """);

        output.Should().Contain("alive\nTrue\nTrue\n");
    }

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Restores, builds with warnings as errors, and runs.</summary>
    private async Task<string> RunAsync(string sdk, string[] packages, string program)
    {
        var references = packages.Select(p => $"""<PackageReference Include="{p}" Version="{(p.StartsWith("Cliply.", StringComparison.Ordinal) ? "0.1.0" : "10.0.15")}" />""");
        await WriteAsync("New.csproj", $"""
            <Project Sdk="{sdk}">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <NuGetAudit>false</NuGetAudit>
              </PropertyGroup>
              <ItemGroup>
                {string.Join("\n    ", references)}
              </ItemGroup>
            </Project>
            """);
        await WriteAsync("Program.cs", program);

        // Packages of a version that never changes must not come from the machine's cache, where older ones of it may be.
        await WriteAsync("nuget.config", $"""
            <configuration>
              <config>
                <add key="globalPackagesFolder" value="packages" />
              </config>
              <packageSources>
                <add key="packed" value="{Repository.Packages}" />
              </packageSources>
              <fallbackPackageFolders>
                <add key="machine" value="{Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages")}" />
              </fallbackPackageFolders>
            </configuration>
            """);
        Directory.Exists(Path.Combine(Environment.GetEnvironmentVariable("NUGET_PACKAGES") ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages"), "cliply.diagnostics"))
            .Should().BeFalse("the packages are to come from the folder of packages");

        var (exitCode, output) = await DotnetAsync("run", "--configuration", "Release");
        exitCode.Should().Be(0, output);
        return output.ReplaceLineEndings("\n");
    }

    private async Task<(int ExitCode, string Output)> DotnetAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = _folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove("DATABASE_URL");
        start.Environment.Remove("NUGET_PACKAGES");
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }

    private Task WriteAsync(string file, string text) => File.WriteAllTextAsync(Path.Combine(_folder.FullName, file), text);
}
