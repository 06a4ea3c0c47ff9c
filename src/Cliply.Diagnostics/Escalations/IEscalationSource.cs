namespace Cliply.Diagnostics.Escalations;

/// <summary>
/// Hands over what the next engineer needs of one platform: the workers' logs, how they are deployed, which versions run
/// and what was rolled out lately (runbook, "When to Escalate"). Registered as a service beside the platform's collector.
/// </summary>
internal interface IEscalationSource
{
    /// <summary>A short name, that of the platform's collector: <c>docker</c>, <c>kubernetes</c>, <c>systemd</c>, <c>processes</c>, <c>logs</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Collects. What can't be had is in <see cref="EscalationDetails.Missing"/>, and never costs what can. Texts are not
    /// redacted, but no value of an environment variable is ever among the files.
    /// </summary>
    /// <param name="request">How much.</param>
    /// <param name="cancellationToken">Ends the time: what is there by then is returned, and the rest is missing as a timeout.</param>
    Task<EscalationDetails> CollectAsync(EscalationRequest request, CancellationToken cancellationToken);
}
