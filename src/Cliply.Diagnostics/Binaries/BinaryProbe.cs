using System.Text;
using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Binaries;

/// <summary>Runs a program with its version flag. A version stands at the start of what it prints.</summary>
internal static class BinaryProbe
{
    /// <summary>Runs it.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="versionFlag">The program's own flag.</param>
    /// <param name="limit">How long it may take: it is asked to end at two thirds and killed at the whole.</param>
    /// <param name="time">The clock of the limit.</param>
    /// <param name="cancellationToken">Kills it.</param>
    public static async Task<(BinaryStatus Status, string? Version)> RunAsync(string path, string versionFlag, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        var result = await BoundedProgram.RunAsync(new ProgramCall { Path = path, Arguments = [versionFlag], Limit = limit }, time, cancellationToken).ConfigureAwait(false);
        return result switch
        {
            { End: ProgramEnd.Exited, ExitCode: 0 } when VersionText.Parse(Encoding.UTF8.GetString(result.Output)) is { } version => (BinaryStatus.Available, version),
            { End: ProgramEnd.TimedOut } => (BinaryStatus.TimedOut, null),
            { End: ProgramEnd.NotExecutable } => (BinaryStatus.NotExecutable, null),
            _ => (BinaryStatus.Failed, null),
        };
    }
}
