namespace Cliply.Diagnostics.Notifications;

/// <summary>What has happened to a diagnosis.</summary>
internal enum NotificationEvent
{
    /// <summary>It is there, and was not told.</summary>
    Appeared,

    /// <summary>Its severity, its leading cause or its symptoms differ from what was told.</summary>
    Changed,

    /// <summary>It was told, and is not there any more.</summary>
    Cleared,
}
