namespace Cliply.Diagnostics.AspNetCore.Probes;

/// <summary>What is known of one thing that readiness needs.</summary>
internal enum CheckState
{
    /// <summary>It works.</summary>
    Ok,

    /// <summary>It does not.</summary>
    Failed,

    /// <summary>It was not measured.</summary>
    Unknown,
}
