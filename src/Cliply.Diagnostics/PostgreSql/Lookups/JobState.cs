namespace Cliply.Diagnostics.PostgreSql.Lookups;

/// <summary>What a job's state means.</summary>
internal enum JobState
{
    /// <summary>A word that the runbook does not know; counts take it for done.</summary>
    Unknown,
    Waiting,
    Running,
    Failed,
    DeadLetter,
    Done,
    Cancelled,
}
