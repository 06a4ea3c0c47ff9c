using Cliply.Diagnostics.Collection;

namespace Cliply.Diagnostics.Sharing;

/// <summary>What a host need not collect itself.</summary>
internal sealed record SharedSnapshot
{
    /// <summary>Whether this host is to publish what it collects.</summary>
    public bool Leads { get; init; }

    /// <summary>By collector; one that is not there is run by this host.</summary>
    public IReadOnlyDictionary<string, CollectedEvidence> Evidence { get; init; } = new Dictionary<string, CollectedEvidence>();

    /// <summary>When it was collected, as a timestamp of this host.</summary>
    public long Since { get; init; }

    /// <summary>How the sharing went; null where nothing was taken and nothing went wrong.</summary>
    public CollectorRun? Run { get; init; }
}
