using System.Text.Json;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.JobStores;

/// <summary>What is collected of a job store that can't be read.</summary>
/// <param name="Status">What is wrong.</param>
/// <param name="Message">For people; safe to publish.</param>
/// <param name="SqlState">The database's own code, where it gave one.</param>
internal sealed record JobStoreFailure(DatabaseStatus Status, string Message, string? SqlState = null)
{
    /// <summary>The database section says what is wrong; workers and queue are unknown for the same reason.</summary>
    public CollectedEvidence ToEvidence()
    {
        var failure = new SectionFailure(JsonNamingPolicy.CamelCase.ConvertName(Status.ToString()), Message);
        return new CollectedEvidence
        {
            Database = new DatabaseEvidence { Status = Status, SqlState = SqlState },
            Workers = failure,
            Queue = failure,
        };
    }

    /// <summary>Nothing says where the job store is.</summary>
    public static CollectedEvidence NotConfigured(string message)
    {
        var failure = new SectionFailure(SectionFailure.NotConfigured, message);
        return new CollectedEvidence { Database = failure, Workers = failure, Queue = failure };
    }
}
