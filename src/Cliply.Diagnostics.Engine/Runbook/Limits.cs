using System.Globalization;
using Cliply.Diagnostics.Classification;

namespace Cliply.Diagnostics.Runbook;

/// <summary>Limits in words, exactly as they are: a report rounds the age of a job, but a rule is not rounded.</summary>
internal static class Limits
{
    private static readonly DiagnosisThresholds Defaults = new();

    /// <summary>"10 min", "1 min 35 s", "500 ms".</summary>
    public static string Of(TimeSpan limit)
    {
        var parts = new List<string>(2);
        Add(limit.Days, "d");
        Add(limit.Hours, "h");
        Add(limit.Minutes, "min");
        Add(limit.Seconds, "s");
        var milliseconds = limit.Ticks % TimeSpan.TicksPerSecond / (decimal)TimeSpan.TicksPerMillisecond;
        if (milliseconds > 0)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{milliseconds:0.####} ms"));
        }

        return parts.Count == 0 ? "0 s" : string.Join(' ', parts);

        void Add(int count, string unit)
        {
            if (count > 0)
            {
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"{count} {unit}"));
            }
        }
    }

    public static string Percent(double limit) => string.Create(CultureInfo.InvariantCulture, $"{limit} %");

    public static ThresholdInForce InForce(string name, DiagnosisThresholds thresholds) => new(name, Text(name, thresholds), Text(name, Defaults));

    private static string Text(string name, DiagnosisThresholds t) => name switch
    {
        nameof(t.HeartbeatFresh) => Text(t.HeartbeatFresh),
        nameof(t.HeartbeatStale) => Text(t.HeartbeatStale),
        nameof(t.ClaimGrace) => Text(t.ClaimGrace),
        nameof(t.StartGrace) => Text(t.StartGrace),
        nameof(t.BacklogJobs) => Text(t.BacklogJobs),
        nameof(t.BacklogAge) => Text(t.BacklogAge),
        nameof(t.Restarts) => Text(t.Restarts),
        nameof(t.FluctuationWindow) => Text(t.FluctuationWindow),
        nameof(t.DeadLetters) => Text(t.DeadLetters),
        nameof(t.DeadLettersLastHour) => Text(t.DeadLettersLastHour),
        nameof(t.DeadLettersCritical) => Text(t.DeadLettersCritical),
        nameof(t.FailingJobs) => Text(t.FailingJobs),
        nameof(t.FailingJobsPercent) => Text(t.FailingJobsPercent),
        nameof(t.FailingJobsCriticalPercent) => Text(t.FailingJobsCriticalPercent),
        nameof(t.MemoryPercent) => Text(t.MemoryPercent),
        nameof(t.CpuPercent) => Text(t.CpuPercent),
        nameof(t.IoWaitPercent) => Text(t.IoWaitPercent),
        nameof(t.ClockSkew) => Text(t.ClockSkew),
        nameof(t.EvidenceWindow) => Text(t.EvidenceWindow),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such limit."),
    };

    private static string Text(TimeSpan limit) => limit.ToString("c", CultureInfo.InvariantCulture);

    private static string Text(int limit) => limit.ToString(CultureInfo.InvariantCulture);

    private static string Text(double limit) => limit.ToString(CultureInfo.InvariantCulture);
}
