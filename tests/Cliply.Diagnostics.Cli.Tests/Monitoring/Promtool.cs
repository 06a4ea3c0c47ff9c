using System.Diagnostics;

namespace Cliply.Diagnostics.Cli.Tests.Monitoring;

/// <summary>Prometheus' own tool, in a folder of its own that holds the rules as <c>cliply-alerts.yaml</c>.</summary>
internal sealed class Promtool : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cliply-promtool-").FullName;

    public static async Task<Promtool> WithRulesAsync(string rules)
    {
        var promtool = new Promtool();
        await File.WriteAllTextAsync(Path.Combine(promtool._folder, "cliply-alerts.yaml"), rules);
        return promtool;
    }

    public Task<(int ExitCode, string Output)> CheckAsync() => RunAsync("check", "rules", "cliply-alerts.yaml");

    /// <summary>Runs scenarios, which name <c>cliply-alerts.yaml</c> as their file of rules.</summary>
    public async Task<(int ExitCode, string Output)> TestAsync(string scenarios)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "scenarios.yaml"), scenarios);
        return await RunAsync("test", "rules", "scenarios.yaml");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("promtool", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }
}
