using System.ComponentModel.DataAnnotations;

namespace Cliply.Diagnostics.Classification;

/// <summary>The limits that scenarios compare with. Comparisons are exact: 300.0 s is not older than 5 minutes.</summary>
public sealed class DiagnosisThresholds
{
    /// <summary>A heartbeat up to this age is fresh. Default 5 minutes (runbook: step 1).</summary>
    [DurationRange("00:00:00.001", "1.00:00:00")]
    public TimeSpan HeartbeatFresh { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>A heartbeat older than this is stale. Default 10 minutes (runbook: step 1, scenario 3).</summary>
    [DurationRange("00:00:00.001", "7.00:00:00")]
    public TimeSpan HeartbeatStale { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a due job may wait before free workers should have claimed it. Default 5 minutes (scenario 2).</summary>
    [DurationRange("00:00:00.001", "1.00:00:00")]
    public TimeSpan ClaimGrace { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long an instance that is being created counts as starting. Default 5 minutes.</summary>
    [DurationRange("00:00:00.001", "1.00:00:00")]
    public TimeSpan StartGrace { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>More runnable jobs than this are a backlog. Default 100 (runbook: step 2).</summary>
    [Range(1, int.MaxValue)]
    public int BacklogJobs { get; set; } = 100;

    /// <summary>An oldest runnable job older than this is a backlog. Default 1 hour.</summary>
    [DurationRange("00:00:00.001", "30.00:00:00")]
    public TimeSpan BacklogAge { get; set; } = TimeSpan.FromHours(1);

    /// <summary>More restarts than this within 5 minutes are a crash loop. Default 3 (runbook: Monitoring).</summary>
    [Range(1, int.MaxValue)]
    public int Restarts { get; set; } = 3;

    /// <summary>How far back a fluctuating number of workers is looked for. Default 30 minutes (scenario 4).</summary>
    [DurationRange("00:00:00.001", "1.00:00:00")]
    public TimeSpan FluctuationWindow { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>More dead letters than this are a spike. Default 20.</summary>
    [Range(1, int.MaxValue)]
    public int DeadLetters { get; set; } = 20;

    /// <summary>More new dead letters than this within an hour are a spike. Default 10.</summary>
    [Range(1, int.MaxValue)]
    public int DeadLettersLastHour { get; set; } = 10;

    /// <summary>More dead letters than this are critical while new ones come. Default 100.</summary>
    [Range(1, int.MaxValue)]
    public int DeadLettersCritical { get; set; } = 100;

    /// <summary>Fewer failures than this within 5 minutes are never a diagnosis. Default 5.</summary>
    [Range(1, int.MaxValue)]
    public int FailingJobs { get; set; } = 5;

    /// <summary>The share of failures, in percent, from which on jobs are failing. Default 10.</summary>
    [Range(0.1, 100.0)]
    public double FailingJobsPercent { get; set; } = 10;

    /// <summary>The share of failures, in percent, from which on that is critical. Default 50.</summary>
    [Range(0.1, 100.0)]
    public double FailingJobsCriticalPercent { get; set; } = 50;

    /// <summary>Memory in percent of its limit from which on it is exhausted. Default 90 (scenario 3.1).</summary>
    [Range(1.0, 100.0)]
    public double MemoryPercent { get; set; } = 90;

    /// <summary>CPU in percent from which on it is exhausted. Default 95 (scenario 3.1).</summary>
    [Range(1.0, 100.0)]
    public double CpuPercent { get; set; } = 95;

    /// <summary>I/O wait in percent from which on disks are too slow. Default 20 (scenario 3.1).</summary>
    [Range(1.0, 100.0)]
    public double IoWaitPercent { get; set; } = 20;

    /// <summary>How far in the future a heartbeat may lie before clocks disagree. Default 60 seconds.</summary>
    [DurationRange("00:00:00", "1.00:00:00")]
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Log findings, job errors and terminations older than this count for nothing. Default 15 minutes.</summary>
    [DurationRange("00:00:00.001", "1.00:00:00")]
    public TimeSpan EvidenceWindow { get; set; } = TimeSpan.FromMinutes(15);
}
