namespace Cliply.Diagnostics.Evidence;

/// <summary>The sections of a <see cref="DiagnosticSnapshot"/>.</summary>
public enum SnapshotSection
{
    /// <summary><see cref="DiagnosticSnapshot.Workers"/>.</summary>
    Workers,

    /// <summary><see cref="DiagnosticSnapshot.Queue"/>.</summary>
    Queue,

    /// <summary><see cref="DiagnosticSnapshot.Binaries"/>.</summary>
    Binaries,

    /// <summary><see cref="DiagnosticSnapshot.Database"/>.</summary>
    Database,

    /// <summary><see cref="DiagnosticSnapshot.Environment"/>.</summary>
    Environment,

    /// <summary><see cref="DiagnosticSnapshot.Deployments"/>.</summary>
    Deployments,

    /// <summary><see cref="DiagnosticSnapshot.Resources"/>.</summary>
    Resources,

    /// <summary><see cref="DiagnosticSnapshot.Logs"/>.</summary>
    Logs,

    /// <summary><see cref="DiagnosticSnapshot.History"/>.</summary>
    History,
}
