using System.Collections.Concurrent;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Binaries;

/// <summary>
/// Looks for ffmpeg and yt-dlp on PATH at each collection, and runs them only when the file behind the path has changed or
/// an hour has passed; one that failed is tried again after a minute, one that timed out at once.
/// </summary>
internal sealed class BinaryCollector(IOptions<CliplyDiagnosticsOptions> options, BinarySearch search, TimeProvider time) : IEvidenceCollector
{
    private static readonly (string Name, string VersionFlag)[] Programs = [("ffmpeg", "-version"), ("yt-dlp", "--version")];

    private readonly TimeSpan _limit = options.Value.CollectorDeadline * 0.8;
    private readonly ConcurrentDictionary<string, Kept> _kept = new(StringComparer.Ordinal);

    public string Name => "binaries";

    public IReadOnlyList<SnapshotSection> Sections { get; } = [SnapshotSection.Binaries];

    public async Task<CollectedEvidence> CollectAsync(CancellationToken cancellationToken)
    {
        if (!options.Value.LocalEvidence)
        {
            return new CollectedEvidence();
        }

        var found = await Task.WhenAll(Programs.Select(p => CheckAsync(p.Name, p.VersionFlag, cancellationToken))).ConfigureAwait(false);
        return new CollectedEvidence { Binaries = Section.List(found) };
    }

    private sealed record Kept(ProgramFile File, BinaryStatus Status, string? Version, long Since);

    private async Task<BinaryEvidence> CheckAsync(string name, string versionFlag, CancellationToken cancellationToken)
    {
        var location = search.Find(name);
        if (location is not { Path: { } path, File: { } file })
        {
            return new BinaryEvidence { Name = name, Status = location.Status, Path = location.Path, FoundOutsidePath = location.FoundOutsidePath };
        }

        if (_kept.TryGetValue(path, out var kept) && kept.File == file && time.GetElapsedTime(kept.Since) < KeepFor(kept.Status))
        {
            return new BinaryEvidence { Name = name, Status = kept.Status, Version = kept.Version, Path = path };
        }

        var (status, version) = await BinaryProbe.RunAsync(path, versionFlag, _limit, time, cancellationToken).ConfigureAwait(false);
        _kept[path] = new Kept(file, status, version, time.GetTimestamp());
        return new BinaryEvidence { Name = name, Status = status, Version = version, Path = path };
    }

    private static TimeSpan KeepFor(BinaryStatus status) => status switch
    {
        BinaryStatus.Available => TimeSpan.FromHours(1),
        BinaryStatus.TimedOut => TimeSpan.Zero,
        _ => TimeSpan.FromMinutes(1),
    };
}
