using System.Buffers;
using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Logs;

/// <summary>Reads logs that are not a worker's newest lines: a whole file, standard input, a download.</summary>
public static class LogFiles
{
    private const int BlockLength = 128 * 1024;

    /// <summary>Reads a log from where the stream stands to its end, in constant memory whatever its size. The stream stays open.</summary>
    /// <param name="log">The log; UTF-8, or anything else.</param>
    /// <param name="source">What the evidence calls it, such as <c>stdin</c>.</param>
    /// <param name="matcher">The patterns to look for.</param>
    /// <param name="time">Tells the year of times that are written without one.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="IOException">The stream can't be read on.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<LogEvidence> ScanAsync(Stream log, string source, LogPatternMatcher matcher, TimeProvider time, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(matcher);
        ArgumentNullException.ThrowIfNull(time);

        var scanner = new LogScanner(matcher);
        var block = ArrayPool<byte>.Shared.Rent(BlockLength);
        try
        {
            int read;
            while ((read = await log.ReadAsync(block, cancellationToken).ConfigureAwait(false)) > 0)
            {
                scanner.Append(block.AsSpan(0, read));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }

        return scanner.Complete(source, time.GetUtcNow());
    }
}
