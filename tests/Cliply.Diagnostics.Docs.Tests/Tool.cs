using System.Collections.Concurrent;
using System.Diagnostics;

namespace Cliply.Diagnostics.Docs.Tests;

/// <summary>Asks the tool that was just built.</summary>
internal static class Tool
{
    private static readonly string Program = Path.Combine(Repository.Root, "src", "Cliply.Diagnostics.Cli", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "cliply.dll");

    private static readonly ConcurrentDictionary<string, Lazy<(int ExitCode, string Output)>> Answers = new(StringComparer.Ordinal);

    /// <summary>What it answers, with the default limits, asked once for all tests.</summary>
    public static (int ExitCode, string Output) Ask(params string[] arguments) =>
        Answers.GetOrAdd(string.Join(' ', arguments), _ => new(() => Run(arguments))).Value;

    private static (int ExitCode, string Output) Run(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Program, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        foreach (var name in start.Environment.Keys.Where(n => n.StartsWith("Cliply", StringComparison.OrdinalIgnoreCase) || n == "DATABASE_URL").ToList())
        {
            start.Environment.Remove(name);
        }

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, process.ExitCode == 0 ? output : output + error.Result);
    }
}
