using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.JobStores;

/// <summary>Puts the numbers that a job store's statements return together to the snapshot's sections.</summary>
/// <param name="now">The store's clock.</param>
/// <param name="cap">Where counting stopped.</param>
internal sealed class JobStoreNumbers(DateTimeOffset now, int cap)
{
    private readonly SortedDictionary<string, Kind> _kinds = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _lowerBounds = new(StringComparer.Ordinal);
    private readonly List<WorkerItem> _workers = [];
    private LivenessSource _source = LivenessSource.JobLocks;
    private long _active;
    private long? _stale;
    private long? _staleRunning;
    private DateTimeOffset? _lastHeartbeatAt;
    private long? _deadLetteredLastHour;
    private (long Claimed, long Completed, long Failed)? _rates;

    /// <summary>Takes jobs of one sort (runnable, scheduled, running, failed, deadLetter) and kind in.</summary>
    public void AddCount(string sort, string kind, long count, DateTimeOffset? oldest, bool isLowerBound)
    {
        var numbers = Of(kind);
        switch (sort)
        {
            case "runnable":
                numbers.Runnable += count;
                numbers.OldestRunnable = numbers.OldestRunnable < oldest ? numbers.OldestRunnable : oldest;
                break;
            case "scheduled":
                numbers.Scheduled += count;
                break;
            case "running":
                numbers.Running += count;
                break;
            case "failed":
                numbers.Failed += count;
                break;
            case "deadLetter":
                numbers.DeadLetter += count;
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(sort), sort, "A job is runnable, scheduled, running, failed or deadLetter.");
        }

        if (isLowerBound)
        {
            _lowerBounds.Add(sort);
        }
    }

    /// <summary>Sets the workers that hold jobs, and how many of them and of the running jobs are stale; null: not observable.</summary>
    public void SetWorkers(long active, long? stale, long? staleRunning, DateTimeOffset? lastHeartbeatAt)
    {
        _active = active;
        _stale = stale;
        _staleRunning = staleRunning;
        _lastHeartbeatAt = lastHeartbeatAt;
    }

    /// <summary>
    /// Sets the workers that announce themselves or hold jobs. The table is believed to show every worker, unless all that
    /// it lists is nobody while somebody unlisted works: then workers are visible by their locks only.
    /// </summary>
    /// <param name="active">All of them.</param>
    /// <param name="stale">Of them, those whose heartbeat is stale; null: not observable.</param>
    /// <param name="staleRunning">Stale running jobs; null: not observable.</param>
    /// <param name="lastHeartbeatAt">The newest heartbeat.</param>
    /// <param name="announced">Of them, those that announced themselves.</param>
    /// <param name="unannounced">Of them, those that hold a job that is not stale, and did not announce themselves.</param>
    public void SetAnnouncedWorkers(long active, long? stale, long? staleRunning, DateTimeOffset? lastHeartbeatAt, long announced, long unannounced)
    {
        SetWorkers(active, stale, staleRunning, lastHeartbeatAt);
        _source = announced == 0 && unannounced > 0 ? LivenessSource.JobLocks : LivenessSource.Registry;
    }

    /// <summary>Names one worker.</summary>
    public void AddWorker(string id, long jobs, DateTimeOffset? lastHeartbeatAt) =>
        _workers.Add(new WorkerItem { Id = id, RunningJobs = jobs, LastHeartbeatAt = lastHeartbeatAt });

    public void SetDeadLetteredLastHour(long count)
    {
        _deadLetteredLastHour = Math.Min(count, cap);
        if (count > cap)
        {
            _lowerBounds.Add("deadLetteredLastHour");
        }
    }

    /// <summary>Sets what happened in the last 5 minutes.</summary>
    public void SetRates(long claimed, long completed, long failed, bool areLowerBounds)
    {
        _rates = (claimed, completed, failed);
        if (areLowerBounds)
        {
            _lowerBounds.UnionWith(["claimedLast5Minutes", "completedLast5Minutes", "failedLast5Minutes"]);
        }
    }

    public CollectedEvidence ToEvidence(IReadOnlyList<QueueError>? errors, DatabaseEvidence database)
    {
        return new CollectedEvidence
        {
            CapturedAt = now,
            Database = database,
            Workers = new WorkersEvidence
            {
                LivenessSource = _source,
                Active = _active,
                Stale = _stale,
                LastHeartbeatAt = _lastHeartbeatAt,
                Items = _workers,
            },
            Queue = new QueueEvidence
            {
                Runnable = _kinds.Values.Sum(k => k.Runnable),
                Scheduled = _kinds.Values.Sum(k => k.Scheduled),
                Running = _kinds.Values.Sum(k => k.Running),
                Failed = _kinds.Values.Sum(k => k.Failed),
                DeadLetter = _kinds.Values.Sum(k => k.DeadLetter),
                OldestRunnableAgeSeconds = Age(_kinds.Values.Min(k => k.OldestRunnable)),
                StaleRunning = _staleRunning,
                ClaimedLast5Minutes = _rates?.Claimed,
                CompletedLast5Minutes = _rates?.Completed,
                FailedLast5Minutes = _rates?.Failed,
                DeadLetteredLastHour = _deadLetteredLastHour,
                LowerBounds = [.. _lowerBounds],
                Errors = errors,
                Kinds =
                [
                    .. _kinds.Select(k => new QueueKind
                    {
                        Kind = k.Key,
                        Runnable = k.Value.Runnable,
                        Scheduled = k.Value.Scheduled,
                        Running = k.Value.Running,
                        Failed = k.Value.Failed,
                        DeadLetter = k.Value.DeadLetter,
                        OldestRunnableAgeSeconds = Age(k.Value.OldestRunnable),
                    }),
                ],
            },
        };
    }

    private long? Age(DateTimeOffset? oldest) => oldest is null ? null : Math.Max(0, (long)(now - oldest.Value).TotalSeconds);

    private Kind Of(string kind)
    {
        if (!_kinds.TryGetValue(kind, out var numbers))
        {
            _kinds.Add(kind, numbers = new Kind());
        }

        return numbers;
    }

    private sealed class Kind
    {
        public long Runnable { get; set; }

        public long Scheduled { get; set; }

        public long Running { get; set; }

        public long Failed { get; set; }

        public long DeadLetter { get; set; }

        public DateTimeOffset? OldestRunnable { get; set; }
    }
}
