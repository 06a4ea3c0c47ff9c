using System.Security.Cryptography;
using System.Text;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Sharing;

/// <summary>What hosts must have in common to share: the job table, and all that shapes what is read from it.</summary>
internal sealed class SharingScope
{
    public SharingScope(IOptions<CliplyDiagnosticsOptions> diagnostics, IOptions<SnapshotSharingOptions> sharing, IEnumerable<IEvidenceCollector> collectors)
    {
        var options = diagnostics.Value;
        var store = options.JobStore;
        var columns = store.Columns;
        string?[] parts =
        [
            $"{SharedDocument.Format}", $"{DiagnosticSnapshot.CurrentSchemaVersion}", typeof(SharingScope).Assembly.GetName().Version?.ToString(), sharing.Value.Group,
            .. collectors.Where(c => c.SeesWholeFleet).Select(c => c.Name).Order(StringComparer.Ordinal), "",
            store.Schema, store.Table, store.EventsTable, store.WorkersTable, $"{store.WorkersRetainedFor.Ticks}", $"{store.CountingCap}",
            columns.State, columns.Kind, columns.RunAt, columns.LockedBy, columns.LockedAt, columns.HeartbeatAt, columns.CreatedAt, columns.UpdatedAt, columns.LastError,
            $"{options.Thresholds.HeartbeatStale.Ticks}", $"{options.SnapshotMaxAge.Ticks}", $"{options.RedactEmails} {options.RedactIpAddresses}",
            $"{options.Logs.Lines} {options.Logs.Bytes} {options.Logs.Workers}", .. options.Environment.Recommended,
        ];
        Text = $"{store.Schema}.{store.Table} {Convert.ToHexStringLower(Hash(string.Join('\n', parts)).AsSpan(0, 8))}";
    }

    /// <summary>The job table's name for people, and a hash of the rest.</summary>
    public string Text { get; }

    public static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
