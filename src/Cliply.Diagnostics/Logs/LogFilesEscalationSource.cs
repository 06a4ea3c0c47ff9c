using Cliply.Diagnostics.Escalations;
using Cliply.Diagnostics.Evidence;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Logs;

/// <summary>Hands over the ends of the workers' log files; where one was rotated lately, that of the file before it too.</summary>
internal sealed class LogFilesEscalationSource(IOptions<LogFilesOptions> options, TimeProvider time) : IEscalationSource
{
    private readonly IReadOnlyList<string> _paths = options.Value.FullPaths;

    public string Name => "logs";

    public async Task<EscalationDetails> CollectAsync(EscalationRequest request, CancellationToken cancellationToken)
    {
        var details = new EscalationDetailsBuilder(request);
        var logs = Find(details);
        details.NoteMore(logs.Count);
        var bytes = request.BytesPerLog(Math.Min(logs.Count, request.MaxWorkers));
        foreach (var log in logs.Take(request.MaxWorkers))
        {
            using var text = new MemoryStream();
            var whole = log.Files is [var file] ? log with { Files = [file, .. Rotated(file, log.Name, details)] } : log;
            var reading = await LogFileReading.OfAsync(whole, request.LogLines, bytes, text.Write, cancellationToken).ConfigureAwait(false);
            if (reading.Failure is null)
            {
                details.AddLog(log.Name, text.GetBuffer().AsSpan(0, (int)text.Length), reading.IsCut);
            }

            if (reading.Failure is not null || reading.Partial is not null)
            {
                details.AddMissing($"log of {log.Name}", reading.Failure ?? new SectionFailure("error", $"it is not whole: {reading.Partial}"));
            }
        }

        return details.Build();
    }

    private List<LogFolder.Log> Find(EscalationDetailsBuilder details)
    {
        var logs = new List<LogFolder.Log>();
        foreach (var path in _paths)
        {
            var found = LogFileSearch.At(path, int.MaxValue, time.GetUtcNow());
            logs.AddRange(found.Logs);
            if (found.Failure is { } failure)
            {
                details.AddMissing($"log of {found.Name}", failure);
            }
        }

        return logs;
    }

    private static IReadOnlyList<string> Rotated(string file, string name, EscalationDetailsBuilder details)
    {
        try
        {
            return LogFolder.Rotated(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            details.AddMissing($"rotated files of {name}", new SectionFailure("permissionDenied", "their folder can't be listed by this user; give it read permission"));
            return [];
        }
    }
}
