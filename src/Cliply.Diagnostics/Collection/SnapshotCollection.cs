using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Logging;
using Cliply.Diagnostics.Redaction;
using Cliply.Diagnostics.Sharing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Collection;

/// <summary>Runs all collectors at once, each under its own deadline and apart from the others, and puts their sections together.</summary>
internal sealed class SnapshotCollection(
    IEnumerable<IEvidenceCollector> collectors,
    IOptions<CliplyDiagnosticsOptions> options,
    TimeProvider time,
    SecretRedactor redactor,
    ILogger<SnapshotCollection> logger,
    SnapshotSharing? sharing = null)
{
    private readonly Slot[] _collectors = [.. collectors.Select(c => new Slot(c))];
    private readonly CliplyDiagnosticsOptions _options = options.Value;

    public async Task<CollectedSnapshot> CollectAsync(CancellationToken stopping)
    {
        using var whole = new CancellationTokenSource(_options.CollectionDeadline, time);
        var shared = sharing is not null && _collectors.Any(c => c.Collector.SeesWholeFleet)
            ? sharing.LookAsync([.. _collectors.Select(c => c.Collector).Where(c => c.SeesWholeFleet)], stopping)
            : Task.FromResult(new SharedSnapshot());
        var running = _collectors.Select(c => c.Collector.SeesWholeFleet ? RunUnlessSharedAsync(c, shared, whole.Token, stopping) : RunAsync(c, whole.Token, stopping)).ToList();
        var publishing = PublishAsync(shared, running, whole.Token, stopping);
        var runs = await Task.WhenAll(running).ConfigureAwait(false);
        var sharingRun = await publishing.ConfigureAwait(false);
        var taken = await shared.ConfigureAwait(false);
        var age = taken.Evidence.Count == 0 ? TimeSpan.Zero : time.GetElapsedTime(taken.Since);

        var snapshot = new DiagnosticSnapshot
        {
            SchemaVersion = DiagnosticSnapshot.CurrentSchemaVersion,
            CapturedAt = runs.Select(r => r.Evidence.CapturedAt).FirstOrDefault(at => at is not null) ?? time.GetUtcNow() - age,
        };
        foreach (var (evidence, _) in runs)
        {
            snapshot = Merge(snapshot, evidence);
        }

        snapshot = snapshot with { Deployments = Provable(snapshot.Deployments, runs.Select(r => r.Evidence.Deployments)) };
        foreach (var (evidence, _) in runs)
        {
            snapshot = evidence.SecondHand?.Complete(snapshot) ?? snapshot;
        }

        // Whatever a collector takes for a name may hold a secret; all that reports, metrics, logs and checks say comes from here.
        return new CollectedSnapshot(NameLimits.Apply(redactor.Redact(snapshot)), [.. runs.Select(r => r.Run).Append(sharingRun).OfType<CollectorRun>()]) { Age = age };
    }

    /// <summary>Of evidence that another host has collected there is no run.</summary>
    private async Task<(CollectedEvidence Evidence, CollectorRun? Run)> RunUnlessSharedAsync(Slot slot, Task<SharedSnapshot> shared, CancellationToken whole, CancellationToken stopping) =>
        (await shared.ConfigureAwait(false)).Evidence.TryGetValue(slot.Collector.Name, out var evidence)
            ? (evidence, null)
            : await RunAsync(slot, whole, stopping).ConfigureAwait(false);

    /// <summary>As soon as the fleet's collectors have ended, for others wait for it.</summary>
    private async Task<CollectorRun?> PublishAsync(Task<SharedSnapshot> shared, List<Task<(CollectedEvidence Evidence, CollectorRun? Run)>> running, CancellationToken whole, CancellationToken stopping)
    {
        var look = await shared.ConfigureAwait(false);
        if (!look.Leads)
        {
            return look.Run;
        }

        var fleet = _collectors.Index().Where(c => c.Item.Collector.SeesWholeFleet).ToList();
        var runs = await Task.WhenAll(fleet.Select(c => running[c.Index])).ConfigureAwait(false);
        return await sharing!.PublishAsync(fleet.Zip(runs, (c, run) => (c.Item.Collector, run.Evidence)), whole, stopping).ConfigureAwait(false);
    }

    private async Task<(CollectedEvidence Evidence, CollectorRun? Run)> RunAsync(Slot slot, CancellationToken whole, CancellationToken stopping)
    {
        var collector = slot.Collector;
        var start = time.GetTimestamp();
        using var deadline = new CancellationTokenSource(_options.CollectorDeadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, whole, stopping);
        try
        {
            // One that ignored its last deadline is not started a second time beside itself.
            await slot.Collecting.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            either.Token.ThrowIfCancellationRequested();

            // On a thread of its own, and not waited for past the deadline: a collector may block, or ignore its token.
            var token = either.Token;
            var collecting = Task.Run(() => collector.CollectAsync(token), CancellationToken.None);
            slot.Collecting = collecting;
            var evidence = await collecting.WaitAsync(token).ConfigureAwait(false);
            var run = new CollectorRun(collector.Name, time.GetElapsedTime(start), FailureOf(evidence));
            slot.HasThrown = false;
            return (evidence, run);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw;
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            return Failed(collector, start, new SectionFailure(SectionFailure.Timeout, "no answer within the deadline"));
        }
        catch (Exception exception)
        {
            if (!slot.HasThrown)
            {
                // As a text: drivers put connection strings into their messages.
                var text = redactor.Redact(exception.ToString());
                DiagnosticsLog.CollectorThrew(logger, collector.Name, text);
                slot.HasThrown = true;
            }

            return Failed(collector, start, new SectionFailure(SectionFailure.Unexpected, $"the collector '{collector.Name}' failed; the host's log says why"));
        }
    }

    private sealed class Slot(IEvidenceCollector collector)
    {
        public IEvidenceCollector Collector => collector;

        public Task Collecting { get; set; } = Task.CompletedTask;

        /// <summary>Whether it threw the last time, which is logged once and not at every reading.</summary>
        public bool HasThrown { get; set; }
    }

    private static string? FailureOf(CollectedEvidence evidence)
    {
        // A platform that measures no usage, such as a cluster without metrics-server, is as it is; it would count as failing for ever.
        var resources = evidence.Resources.Unavailable is { Code: SectionFailure.NotSupported } ? null : evidence.Resources.Unavailable;
        ReadOnlySpan<SectionFailure?> failures =
        [
            evidence.Workers.Unavailable, evidence.Queue.Unavailable, evidence.Binaries.Unavailable,
            evidence.Database.Unavailable, evidence.Environment.Unavailable, evidence.Deployments.Unavailable,
            resources, evidence.Logs.Unavailable, evidence.History.Unavailable,
        ];
        foreach (var failure in failures)
        {
            if (failure is not null && failure.Code != SectionFailure.NotConfigured)
            {
                return failure.Code ?? SectionFailure.Unexpected;
            }
        }

        return null;
    }

    private (CollectedEvidence Evidence, CollectorRun? Run) Failed(IEvidenceCollector collector, long start, SectionFailure failure)
    {
        var evidence = new CollectedEvidence();
        foreach (var section in collector.Sections)
        {
            evidence = section switch
            {
                SnapshotSection.Workers => evidence with { Workers = failure },
                SnapshotSection.Queue => evidence with { Queue = failure },
                SnapshotSection.Binaries => evidence with { Binaries = Section.UnavailableList<BinaryEvidence>(failure) },
                SnapshotSection.Database => evidence with { Database = failure },
                SnapshotSection.Environment => evidence with { Environment = failure },
                SnapshotSection.Deployments => evidence with { Deployments = Section.UnavailableList<DeploymentEvidence>(failure) },
                SnapshotSection.Resources => evidence with { Resources = Section.UnavailableList<ResourceEvidence>(failure) },
                SnapshotSection.Logs => evidence with { Logs = Section.UnavailableList<LogEvidence>(failure) },
                _ => evidence with { History = Section.UnavailableList<HistoryPoint>(failure) },
            };
        }

        return (evidence, new CollectorRun(collector.Name, time.GetElapsedTime(start), failure.Code));
    }

    private static DiagnosticSnapshot Merge(DiagnosticSnapshot snapshot, CollectedEvidence evidence) => snapshot with
    {
        Workers = First(snapshot.Workers, evidence.Workers),
        Queue = First(snapshot.Queue, evidence.Queue),
        Binaries = Joined(snapshot.Binaries, evidence.Binaries),
        Database = First(snapshot.Database, evidence.Database),
        Environment = First(snapshot.Environment, evidence.Environment),
        Deployments = Joined(snapshot.Deployments, evidence.Deployments),
        Resources = Joined(snapshot.Resources, evidence.Resources),
        Logs = Joined(snapshot.Logs, evidence.Logs),
        History = First(snapshot.History, evidence.History),
    };

    /// <summary>The first known one, otherwise the first that was tried.</summary>
    private static Section<T> First<T>(Section<T> one, Section<T> other)
        where T : class =>
        one.IsKnown || other.IsNotCollected || (!one.IsNotCollected && !other.IsKnown) ? one : other;

    /// <summary>Lists from several sources become one; a source that failed takes nothing from those that answered.</summary>
    private static Section<IReadOnlyList<T>> Joined<T>(Section<IReadOnlyList<T>> one, Section<IReadOnlyList<T>> other) =>
        one.IsKnown && other.IsKnown ? Section.List<T>([.. one.Value, .. other.Value]) : First(one, other);

    /// <summary>A source that failed may hide workers: that none runs can then not be told from the others.</summary>
    private static Section<IReadOnlyList<DeploymentEvidence>> Provable(Section<IReadOnlyList<DeploymentEvidence>> joined, IEnumerable<Section<IReadOnlyList<DeploymentEvidence>>> sources) =>
        joined.IsKnown
        && !joined.Value.Any(d => d.Instances?.Any(i => i.State == InstanceState.Running) == true)
        && sources.Select(s => s.Unavailable).FirstOrDefault(f => f is not null && f.Code != SectionFailure.NotConfigured) is { } failure
            ? Section.UnavailableList<DeploymentEvidence>(failure)
            : joined;
}
