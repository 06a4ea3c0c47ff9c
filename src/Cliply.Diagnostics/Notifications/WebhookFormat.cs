namespace Cliply.Diagnostics.Notifications;

/// <summary>What the receiver of the notifications understands.</summary>
public enum WebhookFormat
{
    /// <summary>A JSON object with all that is known of the diagnosis.</summary>
    Json,

    /// <summary>A message for a Slack incoming webhook, or for what takes the same.</summary>
    Slack,

    /// <summary>A CloudEvents 1.0 event in structured mode, with the JSON object as its data.</summary>
    CloudEvents,
}
