using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Notifications;

/// <summary>One message to the receiver, the same on each attempt.</summary>
internal sealed record Notification
{
    /// <summary>Unlike that of any other message.</summary>
    public required string Id { get; init; }

    public required NotificationEvent Event { get; init; }

    public required string Source { get; init; }

    /// <summary>The same for the same diagnosis of the same source, whatever host tells it.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>As it is; where it has cleared, as it was last seen.</summary>
    public required Finding Finding { get; init; }

    /// <summary>What has changed, or how it ended, in sentences.</summary>
    public required IReadOnlyList<string> Changes { get; init; }

    public required FleetStatus Status { get; init; }

    /// <summary>Since when it is there.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>When it was seen so.</summary>
    public required DateTimeOffset At { get; init; }

    public string Code => Finding.Diagnosis.Code;
}
