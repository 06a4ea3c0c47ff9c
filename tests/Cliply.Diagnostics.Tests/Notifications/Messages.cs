using Cliply.Diagnostics.Notifications;
using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Tests.Notifications;

/// <summary>A notification with all its parts.</summary>
internal static class Messages
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    public static Notification Create(NotificationEvent @event = NotificationEvent.Appeared, string summary = "2 restarts in 5 minutes.", string code = "workers-crash-looping")
    {
        var lead = new Cause("out-of-memory", "Out of memory", Confidence.Confirmed, []);
        var diagnosis = new Diagnosis
        {
            Code = code,
            Title = "Workers crashing frequently",
            Severity = Severity.Critical,
            Confidence = Confidence.Confirmed,
            Summary = summary,
            Causes = [lead, new Cause("native-crash", "Crash in a native library", Confidence.Possible, [])],
            Remediation = [new RemediationStep(RemediationHorizon.Quick, "Go back to the version before.", [new RunbookCommand(CommandPlatform.Kubernetes, "kubectl rollout undo deployment worker", CommandEffect.Changing)])],
            Runbook = "worker-debugging.md#scenario-4",
        };
        var symptom = new Diagnosis { Code = "queue-backlog", Title = "Queue backlog", Severity = Severity.Warning, Summary = "120 jobs wait." };
        return new Notification
        {
            Id = "0192f1c0-0000-7000-8000-000000000001",
            Event = @event,
            Source = "cliply",
            Fingerprint = DiagnosisTracker.FingerprintOf("cliply", code),
            Finding = new Finding(diagnosis, Severity.Critical, lead, [symptom]),
            Changes = @event == NotificationEvent.Cleared ? ["It is not there any more."] : [],
            Status = FleetStatus.Unhealthy,
            Since = Start,
            At = Start.AddMinutes(3),
        };
    }
}
