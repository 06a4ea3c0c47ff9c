namespace Cliply.Diagnostics.Reports;

/// <summary>What a snapshot means.</summary>
public sealed record DiagnosticReport
{
    /// <summary>The version of the contract.</summary>
    public required int SchemaVersion { get; init; }

    /// <summary>When the evidence was captured.</summary>
    public required DateTimeOffset CapturedAt { get; init; }

    /// <summary>The verdict: the worst severity, or inconclusive.</summary>
    public required FleetStatus Status { get; init; }

    /// <summary>Root problems first, most severe first; then their symptoms.</summary>
    public required IReadOnlyList<Diagnosis> Diagnoses { get; init; }

    /// <summary>What was not measured, and what it would have decided.</summary>
    public required IReadOnlyList<UnknownEvidence> Unknowns { get; init; }

    /// <summary>Whether to call engineering, and what to hand over.</summary>
    public required Escalation Escalation { get; init; }
}
