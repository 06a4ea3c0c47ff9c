using Microsoft.Extensions.Logging;

namespace Cliply.Diagnostics.Logging;

/// <summary>What this library logs. No message holds a host, user, path or secret.</summary>
internal static partial class DiagnosticsLog
{
    [LoggerMessage(1, LogLevel.Warning, "The fleet is {Status}: {Codes}")]
    public static partial void FleetWorse(ILogger logger, string status, string codes);

    [LoggerMessage(2, LogLevel.Information, "The fleet is {Status}: {Codes}")]
    public static partial void FleetBetter(ILogger logger, string status, string codes);

    [LoggerMessage(3, LogLevel.Warning, "Diagnosis {Code} ({Severity}): {Summary}")]
    public static partial void DiagnosisAppeared(ILogger logger, string code, string severity, string summary);

    [LoggerMessage(7, LogLevel.Information, "Diagnosis {Code} (info): {Summary}")]
    public static partial void DiagnosisNoted(ILogger logger, string code, string summary);

    [LoggerMessage(4, LogLevel.Information, "Diagnosis {Code} cleared")]
    public static partial void DiagnosisCleared(ILogger logger, string code);

    [LoggerMessage(5, LogLevel.Debug, "The collector {Collector} gave no evidence ({Failure}) after {Milliseconds} ms")]
    public static partial void CollectorFailed(ILogger logger, string collector, string failure, double milliseconds);

    [LoggerMessage(6, LogLevel.Warning, "The collector {Collector} threw; its sections are unavailable: {Exception}")]
    public static partial void CollectorThrew(ILogger logger, string collector, string exception);

    [LoggerMessage(8, LogLevel.Warning, "No reading could be taken in the background; the history has a gap until one can: {Exception}")]
    public static partial void BackgroundReadingFailed(ILogger logger, string exception);

    [LoggerMessage(20, LogLevel.Warning, "The worker's heartbeat is not written: {Reason}. The worker goes on, and the next beat tries again")]
    public static partial void HeartbeatMissed(ILogger logger, string reason);

    [LoggerMessage(21, LogLevel.Warning, "The worker's heartbeat can't be written: {Reason}. The worker goes on, and tries again every {Pause}")]
    public static partial void HeartbeatNeedsHelp(ILogger logger, string reason, TimeSpan pause);

    [LoggerMessage(22, LogLevel.Information, "The worker's heartbeat is written again, after {Missed} missed beats")]
    public static partial void HeartbeatRecovered(ILogger logger, int missed);

    [LoggerMessage(23, LogLevel.Warning, "The worker's row could not be removed: {Reason}. It will show as a stale worker until it expires")]
    public static partial void WorkerNotRemoved(ILogger logger, string reason);

    [LoggerMessage(24, LogLevel.Debug, "The workers' table is left aside, and workers are counted by their job locks: {Reason}")]
    public static partial void WorkersTableNotUsed(ILogger logger, string reason);

    [LoggerMessage(60, LogLevel.Warning, "The fleet's snapshot is not shared: {Reason}. This host collects for itself, and tries again with the next reading")]
    public static partial void SharingMissed(ILogger logger, string reason);

    [LoggerMessage(61, LogLevel.Warning, "The fleet's snapshot can't be shared: {Reason}. This host collects for itself, and tries again every {Pause}")]
    public static partial void SharingNeedsHelp(ILogger logger, string reason, TimeSpan pause);

    [LoggerMessage(62, LogLevel.Information, "The fleet's snapshot is shared again, after {Missed} readings without")]
    public static partial void SharingRecovered(ILogger logger, int missed);

    [LoggerMessage(9, LogLevel.Information, "{Count} compressed log files in the folder {Folder} are not read")]
    public static partial void CompressedLogsSkipped(ILogger logger, int count, string folder);

    [LoggerMessage(30, LogLevel.Warning, "The notification that {Code} {Event} was not delivered after {Attempts} attempts: {Reason}. The receiver is told again later what is true by then")]
    public static partial void NotificationFailed(ILogger logger, string code, string @event, int attempts, string reason);

    [LoggerMessage(31, LogLevel.Error, "The webhook refuses the notification that {Code} {Event} with status {Status}, and it is not sent again")]
    public static partial void NotificationRefused(ILogger logger, string code, string @event, int status);

    [LoggerMessage(32, LogLevel.Warning, "The notification that {Code} {Event} is left out, as too many wait for the webhook")]
    public static partial void NotificationLeftOut(ILogger logger, string code, string @event);

    [LoggerMessage(33, LogLevel.Warning, "Notifications that are dropped, as the host stops: {Count}")]
    public static partial void NotificationsDropped(ILogger logger, int count);

    [LoggerMessage(34, LogLevel.Information, "The silence of {Code} ended at {Until:u} and is ignored; it can be removed from the configuration")]
    public static partial void SilenceEnded(ILogger logger, string code, DateTimeOffset until);

    [LoggerMessage(35, LogLevel.Error, "A notification that {Code} {Event} could not be written and is not sent: {Exception}")]
    public static partial void NotificationBroken(ILogger logger, string code, string @event, string exception);

    [LoggerMessage(36, LogLevel.Error, "No notifications are sent until the host restarts, as what sends them can't be created: {Failure}")]
    public static partial void NotificationsOff(ILogger logger, string failure);
}
