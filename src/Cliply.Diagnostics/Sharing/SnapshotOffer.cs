using Cliply.Diagnostics.JobStores;

namespace Cliply.Diagnostics.Sharing;

/// <summary>What a look at the exchange gave; nothing at all while another host collects.</summary>
internal sealed record SnapshotOffer
{
    /// <summary>Another host is collecting.</summary>
    public static SnapshotOffer None { get; } = new();

    /// <summary>Whether this host is to collect for all.</summary>
    public bool Leads { get; init; }

    /// <summary>What another host has left; not older than what may still be served.</summary>
    public byte[]? Document { get; init; }

    /// <summary>How old it is; null: by the clock of whoever wrote it.</summary>
    public TimeSpan? Age { get; init; }

    /// <summary>The job store's sign of life to this host; null: none, and then nothing that another has read from it may be taken.</summary>
    public JobStoreReply? Reply { get; init; }
}
