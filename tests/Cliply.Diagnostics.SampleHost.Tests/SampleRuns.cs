using System.Collections.Concurrent;
using System.Diagnostics;

namespace Cliply.Diagnostics.SampleHost.Tests;

/// <summary>Starts the runs of the sample ahead, three at a time, for each takes its time.</summary>
public sealed class SampleRuns
{
    private static readonly SemaphoreSlim AtOnce = new(3);

    private readonly ConcurrentDictionary<string, Task<(int ExitCode, string Output)>> _runs = new();

    public SampleRuns()
    {
        foreach (var breakage in new[] { "no-workers", "not-claiming", "stuck", "crash-loop", "ffmpeg" })
        {
            _runs[breakage] = RunAsync("--break", breakage, "--heal-after", "14s", "--for", "36s");
        }

        _runs["once"] = RunAsync("--once");
        _runs["once-ffmpeg"] = RunAsync("--once", "--break", "ffmpeg");
    }

    public Task<(int ExitCode, string Output)> Of(string run) => _runs[run];

    public static Task<(int ExitCode, string Output)> RunAsync(params string[] arguments) => RunWithAsync(null, arguments);

    public static async Task<(int ExitCode, string Output)> RunWithAsync(string? databaseUrl, params string[] arguments)
    {
        await AtOnce.WaitAsync();
        try
        {
            return await StartAsync(databaseUrl, arguments);
        }
        finally
        {
            AtOnce.Release();
        }
    }

    private static async Task<(int ExitCode, string Output)> StartAsync(string? databaseUrl, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Cliply.Diagnostics.SampleHost.dll"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DATABASE_URL"] = databaseUrl;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }
}
