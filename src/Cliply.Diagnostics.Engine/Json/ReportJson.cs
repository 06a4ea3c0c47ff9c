using System.Buffers;
using System.Text.Json;
using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Json;

/// <summary>Reads and writes a <see cref="DiagnosticReport"/> as the contract's JSON.</summary>
public static class ReportJson
{
    /// <summary>Reads one report.</summary>
    /// <param name="utf8">The JSON in UTF-8.</param>
    /// <exception cref="JsonException">The text is no report.</exception>
    public static DiagnosticReport Read(ReadOnlySpan<byte> utf8) =>
        JsonSerializer.Deserialize(utf8, DiagnosticsJsonContext.Default.DiagnosticReport) ?? throw new JsonException("The report is null.");

    /// <summary>Writes one report.</summary>
    /// <param name="report">The report.</param>
    /// <param name="indented">Whether to break lines. Default: one line.</param>
    /// <returns>The JSON in UTF-8.</returns>
    public static byte[] Write(DiagnosticReport report, bool indented = false)
    {
        ArgumentNullException.ThrowIfNull(report);
        return JsonWriting.ToUtf8(report, DiagnosticsJsonContext.Default.DiagnosticReport, indented);
    }

    /// <summary>Writes one report on one line.</summary>
    /// <param name="output">Where to; in UTF-8.</param>
    /// <param name="report">The report.</param>
    public static void Write(IBufferWriter<byte> output, DiagnosticReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        JsonWriting.Write(output, report, DiagnosticsJsonContext.Default.DiagnosticReport, indented: false);
    }
}
