namespace Cliply.Diagnostics.Scenarios;

/// <summary>The codes of the built-in diagnoses.</summary>
public static class DiagnosisCodes
{
    /// <summary>The database does not answer, or the job store can't be read.</summary>
    public const string DatabaseUnavailable = "database-unavailable";

    /// <summary>Environment variables are missing or can't work.</summary>
    public const string EnvironmentIncomplete = "environment-incomplete";

    /// <summary>Functions that the workers call are not in the database.</summary>
    public const string JobStoreDrift = "job-store-drift";

    /// <summary>Scenario 5: ffmpeg can't be used.</summary>
    public const string FfmpegUnavailable = "ffmpeg-unavailable";

    /// <summary>Scenario 4: workers start, crash and start again.</summary>
    public const string WorkersCrashLooping = "workers-crash-looping";

    /// <summary>Scenario 1: nobody works.</summary>
    public const string NoWorkersRunning = "no-workers-running";

    /// <summary>Scenario 3: workers are there and show no sign of life.</summary>
    public const string WorkersStuck = "workers-stuck";

    /// <summary>Scenario 2: free workers leave due jobs where they are.</summary>
    public const string WorkersNotClaiming = "workers-not-claiming";

    /// <summary>A large share of the jobs that end fails.</summary>
    public const string JobsFailing = "jobs-failing";

    /// <summary>An instance is at a limit of CPU, memory or disk.</summary>
    public const string ResourcesExhausted = "resources-exhausted";

    /// <summary>Many jobs have run out of retries.</summary>
    public const string DeadLetterSpike = "dead-letter-spike";

    /// <summary>More jobs wait, or longer, than they should.</summary>
    public const string QueueBacklog = "queue-backlog";

    /// <summary>Fewer instances run than are wanted.</summary>
    public const string WorkersBelowDesired = "workers-below-desired";

    /// <summary>The newest heartbeat is late, but not stale.</summary>
    public const string HeartbeatLate = "heartbeat-late";

    /// <summary>A heartbeat lies in the future.</summary>
    public const string ClockSkew = "clock-skew";

    /// <summary>yt-dlp can't be used.</summary>
    public const string YtDlpUnavailable = "yt-dlp-unavailable";

    /// <summary>Reading the queue costs a scan.</summary>
    public const string JobStoreUnindexed = "job-store-unindexed";
}
