using System.Collections.Concurrent;
using Cliply.Diagnostics.Binaries;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.Platforms;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Systemd;

/// <summary>
/// Asks systemd for the workers' units and the journal for what they said. Each program has a part of the budget, so that
/// one that hangs costs its own section and no other.
/// </summary>
internal sealed class SystemdCollector : IEvidenceCollector
{
    private const int JournalsAtOnce = 4;

    private readonly IReadOnlyList<UnitPattern> _patterns;
    private readonly LogTailOptions _tail;
    private readonly TimeSpan _budget;
    private readonly SystemdPrograms _programs;
    private readonly LogPatternMatcher _matcher;
    private readonly TimeProvider _time;
    private readonly string _root;
    private readonly RecentRestarts _restarts = new();
    private readonly UsageRates _rates;
    private readonly Dictionary<string, UnitTermination> _terminations = new(StringComparer.Ordinal);

    public SystemdCollector(IOptions<SystemdOptions> options, IOptions<CliplyDiagnosticsOptions> diagnostics, BinarySearch search, LogPatternMatcher matcher, TimeProvider time, string root = "/")
    {
        _patterns = options.Value.Patterns;
        _tail = diagnostics.Value.Logs;
        _budget = diagnostics.Value.CollectorDeadline * 0.9;
        _programs = new SystemdPrograms(search, time);
        _matcher = matcher;
        _time = time;
        _root = root;
        _rates = new UsageRates(time);
    }

    public string Name => "systemd";

    public IReadOnlyList<SnapshotSection> Sections { get; } = [SnapshotSection.Deployments, SnapshotSection.Resources, SnapshotSection.Logs];

    public async Task<CollectedEvidence> CollectAsync(CancellationToken cancellationToken)
    {
        var start = _time.GetTimestamp();
        var (units, failure) = await _programs.ShowAsync(SystemdUnit.Properties, _patterns.Select(p => p.Name), _budget * 0.5, cancellationToken).ConfigureAwait(false);
        if (failure is not null)
        {
            return await WithoutUnitsAsync(failure, start, cancellationToken).ConfigureAwait(false);
        }

        units = [.. units.Where(u => u.IsDeployed)];
        var (notLoaded, filesFailure) = await NotLoadedAsync(units, start, cancellationToken).ConfigureAwait(false);
        var sampling = SampleAsync(units, start, cancellationToken);
        var reading = ReadJournalsAsync([.. units.Order(SystemdUnit.MostTellingFirst).Select(u => u.Name)], start, cancellationToken);
        await Task.WhenAll(sampling, reading).ConfigureAwait(false);
        var resources = await sampling.ConfigureAwait(false);
        var journals = await reading.ConfigureAwait(false);

        Forget(units);
        var deployments = units.Select(u => Deployment(u, journals.FirstOrDefault(j => j.Unit == u.Name)?.Tail)).Concat(notLoaded).ToList();
        return new CollectedEvidence
        {
            // Where one pattern could not be looked up, what was not seen is not known to be missing.
            Deployments = filesFailure is not null && !units.Any(u => u.ActiveState == "active") ? Section.UnavailableList<DeploymentEvidence>(filesFailure) : Section.List<DeploymentEvidence>(deployments),
            Resources = units.Count == 0 ? Section.UnavailableList<ResourceEvidence>(NothingLoaded) : Section.List<ResourceEvidence>(resources),
            Logs = Logs(journals),
        };
    }

    internal static SectionFailure NothingLoaded { get; } = new(SectionFailure.NotConfigured, "systemd has no such unit loaded; name the workers' units with AddSystemd or Cliply:Diagnostics:Systemd:Units");

    private sealed record Journal(string Unit, JournalTail? Tail, string? Partial, SectionFailure? Failure);

    private TimeSpan Remaining(long start) => _budget - _time.GetElapsedTime(start);

    /// <summary>The journal may answer where systemd does not.</summary>
    private async Task<CollectedEvidence> WithoutUnitsAsync(SectionFailure failure, long start, CancellationToken cancellationToken)
    {
        var logs = failure.Code == SectionFailure.NotSupported
            ? Section.UnavailableList<LogEvidence>(failure)
            : Logs(await ReadJournalsAsync([.. _patterns.Where(p => !p.IsGlob).Select(p => p.ShortName)], start, cancellationToken).ConfigureAwait(false), failure);
        return new CollectedEvidence
        {
            Deployments = Section.UnavailableList<DeploymentEvidence>(failure),
            Resources = Section.UnavailableList<ResourceEvidence>(failure),
            Logs = logs,
        };
    }

    /// <summary>A pattern matches only what is loaded, and a stopped instance of a template is not: then its unit file tells that it is deployed.</summary>
    private async Task<(IReadOnlyList<DeploymentEvidence> Deployments, SectionFailure? Failure)> NotLoadedAsync(IReadOnlyList<SystemdUnit> units, long start, CancellationToken cancellationToken)
    {
        var deployments = new List<DeploymentEvidence>();
        SectionFailure? failure = null;
        foreach (var pattern in _patterns.Where(p => p.IsGlob && !units.Any(u => p.Matches(u.Id))))
        {
            var (files, failed) = await _programs.ListFilesAsync(pattern.Name, Remaining(start) * 0.5, cancellationToken).ConfigureAwait(false);
            failure ??= failed;
            if (files.Count > 0)
            {
                deployments.Add(new DeploymentEvidence
                {
                    Platform = DeploymentPlatform.Systemd,
                    Name = pattern.ShortName,
                    DesiredReplicas = files.Count(f => f.State is "enabled" or "enabled-runtime" && !f.Id.EndsWith("@.service", StringComparison.Ordinal)),
                    ReadyReplicas = 0,
                    RestartsLast5Minutes = 0,
                    Instances = [],
                });
            }
        }

        return (deployments, failure);
    }

    private DeploymentEvidence Deployment(SystemdUnit unit, JournalTail? journal)
    {
        var now = _time.GetUtcNow();
        var noted = journal?.Restarts.Count(at => at > now - RecentRestarts.Window && at <= now.AddMinutes(1));
        long? counted = unit.Restarts is { } restarts ? _restarts.Observe(unit.Id, restarts, createdAt: null, unit.StartedAt, now) : null;

        // While it runs, systemd itself no longer knows how the run before ended; an earlier reading or the journal may.
        var before = journal?.LastTermination ?? _terminations.GetValueOrDefault(unit.Id);
        if (unit.ActiveState is not ("active" or "inactive") && SystemdDeployment.Termination(unit) is { } last)
        {
            _terminations[unit.Id] = last;
        }

        return SystemdDeployment.Of(unit, counted is null && noted is null ? null : Math.Max(counted ?? 0, noted ?? 0), before);
    }

    private void Forget(IReadOnlyList<SystemdUnit> units)
    {
        var present = units.Select(u => u.Id).ToHashSet(StringComparer.Ordinal);
        _restarts.Keep(present);
        foreach (var gone in _terminations.Keys.Where(id => !present.Contains(id)).ToList())
        {
            _terminations.Remove(gone);
        }
    }

    /// <summary>CPU needs two looks: the one of an earlier collection, or a second one soon after the first.</summary>
    private async Task<IReadOnlyList<ResourceEvidence>> SampleAsync(IReadOnlyList<SystemdUnit> units, long start, CancellationToken cancellationToken)
    {
        var alive = units.Where(u => u.MainPid > 0 || u.MemoryBytes is not null).ToList();
        var rates = new Dictionary<string, double?>(StringComparer.Ordinal);
        var unknown = alive.Where(u => u.CpuSeconds is not null && !_rates.Knows(u.Id)).Select(u => u.Id).ToList();
        Take(alive);
        var wait = _budget * 0.25;
        if (unknown.Count > 0 && Remaining(start) > wait * 2)
        {
            await Task.Delay(wait, _time, cancellationToken).ConfigureAwait(false);
            var (again, _) = await _programs.ShowAsync("Id,CPUUsageNSec", unknown, Remaining(start), cancellationToken).ConfigureAwait(false);
            Take(again);
        }

        _rates.Keep(alive.Select(u => u.Id).ToHashSet(StringComparer.Ordinal));
        var processors = HostProcessors.Count(SmallFile.Read(Path.Combine(_root, "proc/stat")));
        return [.. alive.Select(Resource)];

        void Take(IReadOnlyList<SystemdUnit> seen)
        {
            foreach (var unit in seen)
            {
                if (unit.CpuSeconds is { } seconds && _rates.Observe(unit.Id, seconds) is { } rate)
                {
                    rates[unit.Id] = rate;
                }
            }
        }

        ResourceEvidence Resource(SystemdUnit unit) => new()
        {
            Instance = unit.Name,
            CpuPercent = rates.GetValueOrDefault(unit.Id) is { } rate ? Math.Round(rate / Math.Min(unit.CpuQuota ?? processors, processors) * 100, 1) : null,
            MemoryBytes = unit.MemoryBytes is { } bytes ? Math.Max(0, bytes - ControlGroups.ReclaimableBytes(_root, unit.ControlGroup)) : null,
            MemoryLimitBytes = unit.MemoryLimitBytes,
        };
    }

    private async Task<IReadOnlyList<Journal>> ReadJournalsAsync(IReadOnlyList<string> units, long start, CancellationToken cancellationToken)
    {
        var journals = new ConcurrentDictionary<string, Journal>(StringComparer.Ordinal);
        var chosen = units.Take(_tail.Workers).ToList();
        await Parallel.ForEachAsync(chosen, new ParallelOptions { MaxDegreeOfParallelism = JournalsAtOnce, CancellationToken = cancellationToken }, async (unit, token) =>
        {
            var (tail, partial, failure) = await _programs.TailAsync(unit, _tail.Lines, _tail.Bytes, Remaining(start), token).ConfigureAwait(false);
            journals[unit] = new Journal(unit, tail, partial, failure);
        }).ConfigureAwait(false);
        return [.. chosen.Select(unit => journals[unit])];
    }

    private Section<IReadOnlyList<LogEvidence>> Logs(IReadOnlyList<Journal> journals, SectionFailure? otherwise = null)
    {
        if (journals.All(j => j.Tail is null))
        {
            return Section.UnavailableList<LogEvidence>(journals.Select(j => j.Failure).FirstOrDefault(f => f is not null) ?? otherwise ?? NothingLoaded);
        }

        return Section.List<LogEvidence>([.. journals.Select(Log)]);
    }

    private LogEvidence Log(Journal journal)
    {
        var source = LogSourceName.Of("systemd", journal.Unit);
        if (journal.Tail is not { } tail)
        {
            return new LogEvidence { Source = LogSourceName.Unread(source, journal.Failure?.Message ?? "no answer") };
        }

        var scanner = new LogScanner(_matcher);
        tail.Feed(scanner);
        return scanner.Complete(journal.Partial is null ? source : LogSourceName.Partial(source, journal.Partial), _time.GetUtcNow());
    }
}
