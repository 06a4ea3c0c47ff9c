namespace Cliply.Diagnostics.Notifications;

/// <summary>How one attempt to send went.</summary>
/// <param name="Status">The receiver's answer; null: there was none.</param>
/// <param name="Reason">Why it failed, without the URL.</param>
/// <param name="IsTransient">Whether another attempt may go better.</param>
/// <param name="RetryAfter">How long the receiver wants to be left alone; null: not said.</param>
internal sealed record WebhookAttempt(int? Status, string Reason, bool IsTransient, TimeSpan? RetryAfter = null)
{
    public bool IsDelivered => Status is >= 200 and < 300;
}
