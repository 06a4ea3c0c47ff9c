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

    private readonly IReadOnlyList<string> _paths = options.Value.FullPaths;
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
                ? Section.UnavailableList<LogEvidence>(logs.FirstOrDefault()?.Failure ?? LogFileSearch.NothingNamed)
                : Section.List<LogEvidence>([.. logs.Select(l => l.Evidence)]),
        };
    }

    /// <summary>A log, or why it could not be read; then the evidence holds nothing but that.</summary>
    private sealed record Log(LogEvidence Evidence, SectionFailure? Failure);

    private static Log Failed(string name, SectionFailure failure) =>
        new(new LogEvidence { Source = LogSourceName.Unread(LogSourceName.Of(Kind, name), failure.Message!) }, failure);

    private async Task ReadAsync(string path, List<Log> logs, CancellationToken cancellationToken)
    {
        var found = LogFileSearch.At(path, _tail.Workers, time.GetUtcNow());
        if (found.Failure is { } failure)
        {
            logs.Add(Failed(found.Name, failure));
            return;
        }

        if (found.Compressed > 0 && _toldOfCompressed.Add(path))
        {
            DiagnosticsLog.CompressedLogsSkipped(logger, found.Compressed, LogFileSearch.ShownOf(found.Name));
        }

        foreach (var log in found.Logs)
        {
            logs.Add(await ReadAsync(log, cancellationToken).ConfigureAwait(false));
        }
    }

    private async Task<Log> ReadAsync(LogFolder.Log log, CancellationToken cancellationToken)
    {
        var source = LogSourceName.Of(Kind, log.Name);
        var scanner = new LogScanner(matcher);
        var reading = await LogFileReading.OfAsync(log, _tail.Lines, _tail.Bytes, scanner.Append, cancellationToken).ConfigureAwait(false);
        return reading.Failure is { } failure
            ? Failed(log.Name, failure)
            : new Log(scanner.Complete(reading.Partial is { } why ? LogSourceName.Partial(source, why) : source, time.GetUtcNow()), null);
    }
}
