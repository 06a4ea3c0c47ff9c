namespace Cliply.Diagnostics.AspNetCore.Probes;

/// <summary>One thing that readiness needs.</summary>
/// <param name="Name">A short name, or a diagnosis' code.</param>
/// <param name="State">What is known of it.</param>
internal sealed record ReadinessCheck(string Name, CheckState State);
