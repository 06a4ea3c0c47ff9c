using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios;

namespace Cliply.Diagnostics.Classification;

/// <summary>What was not measured, and what it would have decided.</summary>
internal static class UnknownSections
{
    /// <summary>In the order of <see cref="SnapshotSection"/>.</summary>
    private static readonly (string Section, string[] WouldDecide)[] Sections =
    [
        ("workers", WouldDecide(SnapshotSection.Workers)),
        ("queue", WouldDecide(SnapshotSection.Queue)),
        ("binaries", WouldDecide(SnapshotSection.Binaries, CauseCodes.MissingBinary)),
        ("database", WouldDecide(SnapshotSection.Database, CauseCodes.DatabaseConnection)),
        ("environment", WouldDecide(SnapshotSection.Environment, CauseCodes.MissingEnvironment)),
        ("deployments", WouldDecide(SnapshotSection.Deployments, CauseCodes.ScaledToZero, CauseCodes.NotDeployed, CauseCodes.StartupFailure, CauseCodes.AllCrashed)),
        ("resources", WouldDecide(SnapshotSection.Resources, CauseCodes.ResourceExhaustion, CauseCodes.InfiniteLoop)),
        ("logs", WouldDecide(SnapshotSection.Logs, CauseCodes.StartupFailure, CauseCodes.UncaughtException, CauseCodes.InfiniteLoop, CauseCodes.HungProcess, CauseCodes.NetworkPartition, CauseCodes.ClaimQueryEmpty)),
        ("history", WouldDecide(SnapshotSection.History)),
    ];

    private static readonly UnknownEvidence[] NotCollected = [.. Sections.Select(s => new UnknownEvidence(s.Section, "not collected", s.WouldDecide))];

    private static readonly UnknownEvidence InvisibleWorkers = new(
        "workers",
        "idle or absent: workers show only while they hold a job, and no deployment was looked at",
        [DiagnosisCodes.NoWorkersRunning]);

    private static readonly UnknownEvidence BlindDeployments = new(
        "deployments",
        "nothing runs where we looked, yet workers beat: they run elsewhere",
        WouldDecide(SnapshotSection.Deployments));

    public static IReadOnlyList<UnknownEvidence> Of(FleetFacts facts, List<UnknownEvidence>? failedScenarios)
    {
        var count = 0;
        for (var i = 0; i < Sections.Length; i++)
        {
            count += Find(i, facts) is null ? 0 : 1;
        }

        if (count == 0 && failedScenarios is null)
        {
            return [];
        }

        var unknowns = new UnknownEvidence[count + (failedScenarios?.Count ?? 0)];
        var next = 0;
        for (var i = 0; i < Sections.Length; i++)
        {
            if (Find(i, facts) is { } section)
            {
                unknowns[next++] = section;
            }
        }

        failedScenarios?.CopyTo(unknowns, next);
        return unknowns;
    }

    /// <summary>The diagnoses that a section decides, and some causes.</summary>
    private static string[] WouldDecide(SnapshotSection section, params string[] causes) =>
        [.. BuiltInScenarios.Registrations.Where(s => s.DecidedBy.Contains(section)).Select(s => s.Scenario.Code), .. causes];

    private static UnknownEvidence? Find(int index, FleetFacts facts)
    {
        var snapshot = facts.Snapshot;
        return (SnapshotSection)index switch
        {
            SnapshotSection.Workers => Unless(index, snapshot.Workers) ?? (AreInvisible(facts) ? InvisibleWorkers : null),
            SnapshotSection.Queue => Unless(index, snapshot.Queue),
            SnapshotSection.Binaries => Unless(index, snapshot.Binaries),
            SnapshotSection.Database => Unless(index, snapshot.Database),
            SnapshotSection.Environment => Unless(index, snapshot.Environment),
            SnapshotSection.Deployments => Unless(index, snapshot.Deployments) ?? (facts.DeployedRunning == 0 && facts.HasFreshWorkers ? BlindDeployments : null),
            SnapshotSection.Resources => Unless(index, snapshot.Resources),
            SnapshotSection.Logs => Unless(index, snapshot.Logs),
            _ => Unless(index, snapshot.History),
        };
    }

    /// <summary>An idle fleet that shows only through locks looks like no fleet.</summary>
    private static bool AreInvisible(FleetFacts facts) =>
        facts.Workers is { LivenessSource: LivenessSource.JobLocks, Active: 0 }
        && !facts.Snapshot.Deployments.IsKnown
        && !NoWorkersRunningScenario.NobodyTakesJobs(facts);

    private static UnknownEvidence? Unless<T>(int index, Section<T> section)
        where T : class
    {
        if (section.IsKnown)
        {
            return null;
        }

        if (section.Unavailable is not { } failure)
        {
            return NotCollected[index];
        }

        var reason = (failure.Code, failure.Message) switch
        {
            (null, null) => "unavailable",
            (null, { } message) => message,
            ({ } code, null) => code,
            ({ } code, { } message) => $"{code}: {message}",
        };
        return new UnknownEvidence(Sections[index].Section, reason, Sections[index].WouldDecide);
    }
}
