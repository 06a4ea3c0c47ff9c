using Cliply.Diagnostics.PostgreSql;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics;

/// <summary>What must hold between options; each failure names both keys.</summary>
internal sealed class CliplyDiagnosticsOptionsRules : IValidateOptions<CliplyDiagnosticsOptions>
{
    private const int MaxReadings = 10_000;

    public ValidateOptionsResult Validate(string? name, CliplyDiagnosticsOptions options)
    {
        var failures = new List<string>();
        var thresholds = options.Thresholds;
        if (thresholds is not null)
        {
            NotOver("Thresholds:HeartbeatFresh", thresholds.HeartbeatFresh, "Thresholds:HeartbeatStale", thresholds.HeartbeatStale);
            NotOver("Thresholds:ClockSkew", thresholds.ClockSkew, "Thresholds:HeartbeatFresh", thresholds.HeartbeatFresh);
            NotOver("Thresholds:DeadLetters", thresholds.DeadLetters, "Thresholds:DeadLettersCritical", thresholds.DeadLettersCritical);
            NotOver("Thresholds:FailingJobsPercent", thresholds.FailingJobsPercent, "Thresholds:FailingJobsCriticalPercent", thresholds.FailingJobsCriticalPercent);
        }

        if (thresholds is not null && options.JobStore is { } jobStore)
        {
            // A count that stops at the cap must still be able to pass the threshold that it is compared with.
            Below("Thresholds:BacklogJobs", thresholds.BacklogJobs, "JobStore:CountingCap", jobStore.CountingCap);
            Below("Thresholds:DeadLettersCritical", thresholds.DeadLettersCritical, "JobStore:CountingCap", jobStore.CountingCap);

            // A silent worker must be seen as stale before it is forgotten.
            Below("Thresholds:HeartbeatStale", thresholds.HeartbeatStale, "JobStore:WorkersRetainedFor", jobStore.WorkersRetainedFor);
        }

        if (thresholds is not null && options.History is { } history)
        {
            // A window that reaches beyond what is kept, or lies between two readings, could never show a fluctuation.
            NotOver("Thresholds:FluctuationWindow", thresholds.FluctuationWindow, "History:Length", history.Length);
            NotOver("History:Interval", history.Interval, "Thresholds:FluctuationWindow", thresholds.FluctuationWindow);
            if (history.Interval > TimeSpan.Zero && history.Length / history.Interval > MaxReadings)
            {
                failures.Add(FormattableString.Invariant($"{Key("History:Length")} ({history.Length}) holds more than {MaxReadings} times {Key("History:Interval")} ({history.Interval}). Lower the first or raise the second."));
            }
        }

        if (!string.IsNullOrWhiteSpace(options.ConnectionString) && !PostgresConnectionString.TryParse(options.ConnectionString, out _, out var problem))
        {
            failures.Add($"{Key(nameof(options.ConnectionString))} can't be used: {problem}");
        }

        Below("CollectorDeadline", options.CollectorDeadline, "CollectionDeadline", options.CollectionDeadline);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Below<T>(string lowKey, T low, string highKey, T high)
            where T : IComparable<T>
        {
            if (low.CompareTo(high) >= 0)
            {
                failures.Add(FormattableString.Invariant($"{Key(lowKey)} ({low}) must be less than {Key(highKey)} ({high}). Lower the first or raise the second."));
            }
        }

        void NotOver<T>(string lowKey, T low, string highKey, T high)
            where T : IComparable<T>
        {
            if (low.CompareTo(high) > 0)
            {
                failures.Add(FormattableString.Invariant($"{Key(lowKey)} ({low}) must not be greater than {Key(highKey)} ({high}). Lower the first or raise the second."));
            }
        }
    }

    private static string Key(string key) => $"{CliplyDiagnosticsOptions.SectionName}:{key}";
}
