namespace Cliply.Diagnostics.Notifications;

/// <summary>One diagnosis: what is true, and what the receiver was told.</summary>
internal sealed class DiagnosisTrack(string code)
{
    public string Code => code;

    /// <summary>What is true; null: it is not there.</summary>
    public Finding? Now { get; set; }

    /// <summary>What it was when it was there last.</summary>
    public Finding? Last { get; set; }

    /// <summary>What the receiver knows once all messages have arrived; null: that it is not there.</summary>
    public Finding? Told { get; set; }

    /// <summary>What the last message that arrived told; null: that it is not there.</summary>
    public Finding? Known { get; set; }

    /// <summary>The last message while it is on its way, to find out whether one that was not delivered was followed by another.</summary>
    public Notification? LastMessage { get; set; }

    /// <summary>When the last message was made, by the clock that only runs forward.</summary>
    public long? LastMessageAt { get; set; }

    /// <summary>Whether the receiver could not be reached, and so is left alone for a while.</summary>
    public bool IsUndelivered { get; set; }

    public DateTimeOffset Since { get; set; }

    /// <summary>When it was first seen to have gone.</summary>
    public DateTimeOffset GoneAt { get; set; }

    /// <summary>Why it is not told any more, in a sentence.</summary>
    public string GoneBecause { get; set; } = "";

    /// <summary>What was unknown when the severity, and when the leading cause, was seen.</summary>
    public UnknownSet SeverityUnknowns { get; set; } = UnknownSet.None;

    public UnknownSet LeadUnknowns { get; set; } = UnknownSet.None;
}
