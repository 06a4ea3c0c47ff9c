using Cliply.Diagnostics.Binaries;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Logging;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Logs;

/// <summary>Reads the newest lines of the workers' log files.</summary>
internal sealed class LogFileCollector(IOptions<LogFilesOptions> options, IOptions<CliplyDiagnosticsOptions> diagnostics, LogPatternMatcher matcher, TimeProvider time, ILogger<LogFileCollector> logger) : IEvidenceCollector
{
    private const string Kind = "file";
    private const int MaxRotated = 8;
    private const string Option = $"AddLogs or {LogFilesOptions.SectionName}:Paths";

    private readonly string[] _paths = [.. options.Value.Paths.Select(Path.GetFullPath).Distinct(StringComparer.Ordinal)];
    private readonly LogTailOptions _tail = diagnostics.Value.Logs;
    private readonly TimeSpan _budget = diagnostics.Value.CollectorDeadline * 0.85;
    private readonly HashSet<string> _toldOfCompressed = new(StringComparer.Ordinal);

    public string Name => "logs";

    public IReadOnlyList<SnapshotSection> Sections { get; } = [SnapshotSection.Logs];

    public async Task<CollectedEvidence> CollectAsync(CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_budget, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        var logs = new List<Log>();
        foreach (var path in _paths)
        {
            await ReadAsync(path, logs, either.Token).ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }

        return new CollectedEvidence
        {
            Logs = logs.All(l => l.Failure is not null)
                ? Section.UnavailableList<LogEvidence>(logs.FirstOrDefault()?.Failure ?? new SectionFailure(SectionFailure.NotConfigured, $"no log is named; name one with {Option}"))
                : Section.List<LogEvidence>([.. logs.Select(l => l.Evidence)]),
        };
    }

    /// <summary>A log, or why it could not be read; then the evidence holds nothing but that.</summary>
    private sealed record Log(LogEvidence Evidence, SectionFailure? Failure);

    private static Log Failed(string name, string code, string message) =>
        new(new LogEvidence { Source = LogSourceName.Unread(LogSourceName.Of(Kind, name), message) }, new SectionFailure(code, message));

    private async Task ReadAsync(string path, List<Log> logs, CancellationToken cancellationToken)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(path));
        var shown = TextSanitizer.WithoutControlCharacters(name, 100);
        switch (ProgramFile.KindAt(path))
        {
            case FileKind.Regular:
                logs.Add(await ReadAsync(name, [path], cancellationToken).ConfigureAwait(false));
                break;
            case FileKind.Folder:
                await ReadFolderAsync(path, name, shown, logs, cancellationToken).ConfigureAwait(false);
                break;
            case FileKind.Missing:
                logs.Add(Failed(name, SectionFailure.NotConfigured, $"'{shown}' is not there; correct the path given to {Option}"));
                break;
            case FileKind.Denied:
                logs.Add(Failed(name, "permissionDenied", Denied(shown)));
                break;
            default:
                logs.Add(Failed(name, SectionFailure.NotSupported, $"'{shown}' is no regular file, and reading it might never end; name a log file or a folder of them with {Option}"));
                break;
        }
    }

    private static string Denied(string name) => $"'{name}' may not be read by this user; give it read permission";

    private async Task ReadFolderAsync(string path, string name, string shown, List<Log> logs, CancellationToken cancellationToken)
    {
        IReadOnlyList<LogFolder.Log> found;
        int compressed;
        try
        {
            (found, compressed) = LogFolder.Find(path, _tail.Workers, time.GetUtcNow());
        }
        catch (UnauthorizedAccessException)
        {
            logs.Add(Failed(name, "permissionDenied", Denied(shown)));
            return;
        }
        catch (IOException)
        {
            logs.Add(Failed(name, "error", $"'{shown}' can't be listed"));
            return;
        }

        if (found.Count == 0)
        {
            logs.Add(Failed(name, SectionFailure.NotConfigured, compressed > 0
                ? $"'{shown}' holds only compressed logs, which are not read; name the folder of the current ones with {Option}"
                : $"'{shown}' holds no *.log; name the log itself with {Option}"));
            return;
        }

        if (compressed > 0 && _toldOfCompressed.Add(path))
        {
            DiagnosticsLog.CompressedLogsSkipped(logger, compressed, shown);
        }

        foreach (var log in found)
        {
            logs.Add(await ReadAsync(log.Name, log.Files, cancellationToken).ConfigureAwait(false));
        }
    }

    /// <summary>Reads one log: its newest file, and where that was rotated lately and is short, older ones before it.</summary>
    private async Task<Log> ReadAsync(string name, IReadOnlyList<string> files, CancellationToken cancellationToken)
    {
        var source = LogSourceName.Of(Kind, name);
        var shown = TextSanitizer.WithoutControlCharacters(name, 100);
        if (cancellationToken.IsCancellationRequested)
        {
            return Failed(name, SectionFailure.Timeout, $"no time was left to read '{shown}'; raise {CliplyDiagnosticsOptions.SectionName}:CollectorDeadline");
        }

        var tails = new Stack<LogFileTail>();
        try
        {
            var (lines, bytes) = ((long)_tail.Lines, (long)_tail.Bytes);
            foreach (var file in files.Take(MaxRotated).TakeWhile(_ => lines > 0 && bytes > 0))
            {
                var tail = await LogFileTail.OpenAsync(file, lines, bytes, cancellationToken).ConfigureAwait(false);
                tails.Push(tail);
                (lines, bytes) = (lines - tail.Lines, bytes - tail.Bytes);
            }

            var scanner = new LogScanner(matcher);
            string? partial = null;
            long allRead = 0;
            foreach (var tail in tails)
            {
                var (read, why) = await tail.ReadAsync(scanner, cancellationToken).ConfigureAwait(false);
                partial ??= why;
                allRead += read;
            }

            return partial is null || allRead > 0
                ? new Log(scanner.Complete(partial is null ? source : LogSourceName.Partial(source, partial), time.GetUtcNow()), null)
                : Failed(name, cancellationToken.IsCancellationRequested ? SectionFailure.Timeout : "error", $"'{shown}' could not be read: {partial}");
        }
        catch (UnauthorizedAccessException)
        {
            return Failed(name, "permissionDenied", Denied(shown));
        }
        catch (FileNotFoundException)
        {
            return Failed(name, "error", $"'{shown}' was deleted before it could be read");
        }
        catch (IOException)
        {
            return Failed(name, "error", $"'{shown}' can't be read");
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
