using System.Globalization;

namespace Cliply.Diagnostics.Reports;

/// <summary>The report's enums and times in words for people.</summary>
public static class ReportWords
{
    /// <summary>"healthy", "degraded", "unhealthy", "inconclusive".</summary>
    /// <param name="status">The status.</param>
    public static string Of(FleetStatus status) => status switch
    {
        FleetStatus.Healthy => "healthy",
        FleetStatus.Degraded => "degraded",
        FleetStatus.Unhealthy => "unhealthy",
        _ => "inconclusive",
    };

    /// <summary>"critical", "warning", "info".</summary>
    /// <param name="severity">The severity.</param>
    public static string Of(Severity severity) => severity switch
    {
        Severity.Critical => "critical",
        Severity.Warning => "warning",
        _ => "info",
    };

    /// <summary>"confirmed", "likely", "possible".</summary>
    /// <param name="confidence">The confidence.</param>
    public static string Of(Confidence confidence) => confidence switch
    {
        Confidence.Confirmed => "confirmed",
        Confidence.Likely => "likely",
        _ => "possible",
    };

    /// <summary>"quick (under 5 min)", "medium (5 to 30 min)", "long (over 30 min)".</summary>
    /// <param name="horizon">The horizon.</param>
    public static string Of(RemediationHorizon horizon) => horizon switch
    {
        RemediationHorizon.Quick => "quick (under 5 min)",
        RemediationHorizon.Medium => "medium (5 to 30 min)",
        _ => "long (over 30 min)",
    };

    /// <summary>"Docker", "Kubernetes", "systemd", "shell".</summary>
    /// <param name="platform">The platform.</param>
    public static string Of(CommandPlatform platform) => platform switch
    {
        CommandPlatform.Docker => "Docker",
        CommandPlatform.Kubernetes => "Kubernetes",
        CommandPlatform.Systemd => "systemd",
        _ => "shell",
    };

    /// <summary>The time in UTC, as in 2026-11-23 12:00:00 UTC.</summary>
    /// <param name="time">The time.</param>
    public static string Of(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
