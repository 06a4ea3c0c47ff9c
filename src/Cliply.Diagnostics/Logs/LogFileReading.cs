using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Logs;

/// <summary>How the reading of one log went.</summary>
/// <param name="Partial">What makes what was read less than there is; null: nothing.</param>
/// <param name="Failure">Why nothing was read; null: something was.</param>
/// <param name="IsCut">Whether the limit of bytes left out lines that the limit of lines allows.</param>
internal sealed record LogFileReading(string? Partial, SectionFailure? Failure, bool IsCut = false)
{
    private const int MaxRotated = 8;

    /// <summary>Reads the newest lines of one log: of its newest file, and where that is short, of older ones before it.</summary>
    /// <param name="log">The log.</param>
    /// <param name="lines">How many lines at most.</param>
    /// <param name="bytes">How many bytes at most.</param>
    /// <param name="take">Takes them, oldest first, in pieces.</param>
    /// <param name="cancellationToken">Ends the reading; what was read stays.</param>
    public static async Task<LogFileReading> OfAsync(LogFolder.Log log, long lines, long bytes, Action<ReadOnlySpan<byte>> take, CancellationToken cancellationToken)
    {
        var shown = LogFileSearch.ShownOf(log.Name);
        if (cancellationToken.IsCancellationRequested)
        {
            return new(null, new SectionFailure(SectionFailure.Timeout, $"no time was left to read '{shown}'; raise {CliplyDiagnosticsOptions.SectionName}:CollectorDeadline"));
        }

        var tails = new Stack<LogFileTail>();
        try
        {
            var isCut = false;
            foreach (var file in log.Files.Take(MaxRotated).TakeWhile(_ => lines > 0 && bytes > 0))
            {
                var tail = await LogFileTail.OpenAsync(file, lines, bytes, cancellationToken).ConfigureAwait(false);
                tails.Push(tail);
                (lines, bytes) = (lines - tail.Lines, bytes - tail.Bytes);
                isCut = tail.IsCut;
                if (isCut)
                {
                    break;
                }
            }

            string? partial = null;
            long allRead = 0;
            foreach (var tail in tails)
            {
                var (read, why) = await tail.ReadAsync(take, cancellationToken).ConfigureAwait(false);
                partial ??= why;
                allRead += read;
            }

            return partial is null || allRead > 0
                ? new(partial, null, isCut)
                : new(null, new SectionFailure(cancellationToken.IsCancellationRequested ? SectionFailure.Timeout : "error", $"'{shown}' could not be read: {partial}"));
        }
        catch (UnauthorizedAccessException)
        {
            return new(null, LogFileSearch.Denied(log.Name));
        }
        catch (FileNotFoundException)
        {
            return new(null, new SectionFailure("error", $"'{shown}' was deleted before it could be read"));
        }
        catch (IOException)
        {
            return new(null, new SectionFailure("error", $"'{shown}' can't be read"));
        }
        finally
        {
            foreach (var tail in tails)
            {
                tail.Dispose();
            }
        }
    }
}
