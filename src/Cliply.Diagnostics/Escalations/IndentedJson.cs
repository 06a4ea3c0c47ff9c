using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Cliply.Diagnostics.Escalations;

/// <summary>Writes JSON for people and for a redactor: indented, and with no more characters escaped than must be.</summary>
internal static class IndentedJson
{
    private static readonly JsonWriterOptions Options = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes it, with a break at its end.</summary>
    /// <param name="write">Writes the value.</param>
    public static string Write(Action<Utf8JsonWriter> write)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text, Options))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(text.WrittenSpan) + "\n";
    }
}
