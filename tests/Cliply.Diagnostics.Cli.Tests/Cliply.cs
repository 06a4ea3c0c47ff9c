using System.Diagnostics;
using System.Text.Json;

namespace Cliply.Diagnostics.Cli.Tests;

/// <summary>Runs the tool as a process: the one that <c>CLIPLY_TOOL</c> names, such as the installed native one; otherwise the one just built.</summary>
internal static class Cliply
{
    private static readonly string[] Command =
        Environment.GetEnvironmentVariable("CLIPLY_TOOL") is { Length: > 0 } tool ? [tool] : ["dotnet", Path.Combine(BuiltFolder, "cliply.dll")];

    /// <summary>The tool's own folder: the tests' has not all that it needs, as they run on a larger framework.</summary>
    private static string BuiltFolder =>
        AppContext.BaseDirectory.Replace(Path.Combine("tests", "Cliply.Diagnostics.Cli.Tests"), Path.Combine("src", "Cliply.Diagnostics.Cli"), StringComparison.Ordinal);

    /// <summary>How to start it.</summary>
    public static ProcessStartInfo Start(params string[] arguments) => new(Command[0], [.. Command[1..], .. arguments])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };

    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(string[] arguments, byte[]? input = null, Dictionary<string, string>? environment = null)
    {
        var start = Start(arguments);
        start.Environment.Remove("DATABASE_URL");
        start.Environment.Remove("NO_COLOR");
        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input ?? []);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // A tool that fails early does not read its input.
        }

        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    /// <summary>Runs a line of bash, in which <c>$CLIPLY</c> is the tool.</summary>
    public static async Task<(int ExitCode, string Output, string Error)> RunInShellAsync(string line, Dictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo("bash", ["-c", line]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove("DATABASE_URL");
        start.Environment.Remove("NO_COLOR");
        start.Environment["CLIPLY"] = string.Join(' ', Command);
        foreach (var (name, value) in environment ?? [])
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    /// <summary>
    /// Runs the tool on a pseudo-terminal, with what its standard output writes there. Line ends are those of the tool; a terminal with
    /// no <c>NO_COLOR</c> gets colours.
    /// </summary>
    public static async Task<(int ExitCode, string Output)> RunOnTerminalAsync(int columns, string[] arguments, Dictionary<string, string>? environment = null)
    {
        var quoted = string.Join(' ', arguments.Select(a => $"'{a.Replace("'", "'\\''", StringComparison.Ordinal)}'"));
        var line = $"stty cols {columns} rows 40; exec $CLIPLY {quoted} 2>/dev/null";
        var (exitCode, output, _) = await RunInShellAsync(
            "exec script -qec \"$LINE\" /dev/null",
            new Dictionary<string, string>([.. new Dictionary<string, string> { ["TERM"] = "xterm-256color", ["LC_ALL"] = "C.UTF-8" }.Where(e => environment?.ContainsKey(e.Key) != true), .. environment ?? []]) { ["LINE"] = line });
        return (exitCode, output.Replace("\r\n", "\n", StringComparison.Ordinal));
    }

    /// <summary>The snapshot of a named case, on one line.</summary>
    public static byte[] Case(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Cases", name + ".json")));
        return JsonSerializer.SerializeToUtf8Bytes(document.RootElement.GetProperty("snapshot"));
    }
}
