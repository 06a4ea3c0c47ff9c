using Cliply.Diagnostics.Collection;

namespace Cliply.Diagnostics.JobStores;

/// <summary>The collector that reads the job store. There is one: PostgreSQL's, unless the host chooses another store.</summary>
internal interface IJobStoreCollector : IEvidenceCollector
{
    /// <summary>Tells this store from others, without secrets; not for publishing.</summary>
    string Identity { get; }

    /// <summary>Asks for a sign of life with one round trip; null where there is none, and then a collection tells why.</summary>
    Task<JobStoreReply?> ReachAsync(CancellationToken cancellationToken);
}
