namespace Cliply.Diagnostics.Sharing;

/// <summary>Where hosts leave what they have collected for each other. Each call may throw; <see cref="FailureOf"/> says what it means.</summary>
internal interface ISnapshotExchange
{
    /// <summary>Looks for what another host has left, or else for the right to collect for all, which lasts for <see cref="CliplyDiagnosticsOptions.CollectionDeadline"/>.</summary>
    Task<SnapshotOffer> LookAsync(CancellationToken cancellationToken);

    /// <summary>Leaves what was collected, unless the right to do so is over.</summary>
    Task PublishAsync(byte[] document, CancellationToken cancellationToken);

    /// <summary>Gives the right to collect up, so that nobody waits for it.</summary>
    Task GiveUpAsync(CancellationToken cancellationToken);

    SharingFailure FailureOf(Exception exception);
}
