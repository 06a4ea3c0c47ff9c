namespace Cliply.Diagnostics.Notifications;

/// <summary>Holds the notifications of one diagnosis back for a time; all three properties are required.</summary>
public sealed class WebhookSilence
{
    /// <summary>The diagnosis, such as <c>queue-backlog</c>. What is only its symptom is told with it, and so is silent with it.</summary>
    public string? Code { get; set; }

    /// <summary>
    /// When the silence ends. What is true then is told then. Give the offset, as in <c>2026-12-01T06:00:00Z</c>: without
    /// one it is the host's local time.
    /// </summary>
    public DateTimeOffset? Until { get; set; }

    /// <summary>Why, for whoever reads the configuration later.</summary>
    public string? Reason { get; set; }
}
