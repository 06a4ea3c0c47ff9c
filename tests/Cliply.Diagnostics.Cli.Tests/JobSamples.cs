using Cliply.Diagnostics.JobStores;
using Cliply.Diagnostics.PostgreSql;
using Cliply.Diagnostics.PostgreSql.Lookups;

namespace Cliply.Diagnostics.Cli.Tests;

/// <summary>A job of the current table, to be changed.</summary>
internal static class JobSamples
{
    public static readonly DateTimeOffset Now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    public static JobDetails Job(JobState meaning, string kind = "TRANSCRIBE") => new()
    {
        Now = Now,
        Table = new JobTable { Schema = "public", Table = "jobs", Columns = new JobColumns { State = "state", Kind = "kind", LockedBy = "locked_by" }, States = JobStates.Unfinished.ToHashSet() },
        Shape = new JobRowShape { Columns = new Dictionary<string, string> { ["id"] = "uuid" }, Unreadable = [], EventColumns = new Dictionary<string, string>(), HasRecovery = true },
        Id = "2a000000-0000-4000-8000-000000000001",
        Kind = kind,
        State = "state",
        Meaning = meaning,
        Attempts = 5,
        MaxAttempts = 5,
        Events = new JobEvents.NotKept(),
    };
}
