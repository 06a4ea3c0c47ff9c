using Cliply.Diagnostics.Collection;

namespace Cliply.Diagnostics.JobStores;

/// <summary>The collector that reads the job store. There is one: PostgreSQL's, unless the host chooses another store.</summary>
internal interface IJobStoreCollector : IEvidenceCollector;
