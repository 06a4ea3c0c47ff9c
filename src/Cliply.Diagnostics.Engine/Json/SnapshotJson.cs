using System.Buffers;
using System.Text.Json;
using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Json;

/// <summary>Reads and writes a <see cref="DiagnosticSnapshot"/> as the contract's JSON. Unknown properties are ignored.</summary>
public static class SnapshotJson
{
    /// <summary>Reads one snapshot.</summary>
    /// <param name="utf8">The JSON in UTF-8; a byte order mark is skipped.</param>
    /// <exception cref="SnapshotFormatException">The text is no JSON, or a required property is missing, of the wrong type or negative.</exception>
    public static DiagnosticSnapshot Read(ReadOnlySpan<byte> utf8)
    {
        if (utf8.StartsWith("\uFEFF"u8))
        {
            utf8 = utf8[3..];
        }

        DiagnosticSnapshot? snapshot;
        try
        {
            snapshot = JsonSerializer.Deserialize(utf8, DiagnosticsJsonContext.Default.DiagnosticSnapshot);
        }
        catch (JsonException exception)
        {
            throw SnapshotShape.Explain(utf8, exception);
        }

        if (snapshot is null || SnapshotShape.HasNullItems(snapshot) || snapshot.SchemaVersion != DiagnosticSnapshot.CurrentSchemaVersion)
        {
            throw SnapshotShape.Explain(utf8, null);
        }

        return snapshot;
    }

    /// <summary>Writes one snapshot.</summary>
    /// <param name="snapshot">The snapshot.</param>
    /// <param name="indented">Whether to break lines. Default: one line.</param>
    /// <returns>The JSON in UTF-8.</returns>
    public static byte[] Write(DiagnosticSnapshot snapshot, bool indented = false)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return JsonWriting.ToUtf8(snapshot, DiagnosticsJsonContext.Default.DiagnosticSnapshot, indented);
    }

    /// <summary>Writes one snapshot on one line.</summary>
    /// <param name="output">Where to; in UTF-8.</param>
    /// <param name="snapshot">The snapshot.</param>
    public static void Write(IBufferWriter<byte> output, DiagnosticSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        JsonWriting.Write(output, snapshot, DiagnosticsJsonContext.Default.DiagnosticSnapshot, indented: false);
    }
}
