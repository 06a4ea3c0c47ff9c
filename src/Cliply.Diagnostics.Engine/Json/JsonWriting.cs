using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

namespace Cliply.Diagnostics.Json;

/// <summary>Writes JSON with letters of all scripts as they are, and everything escaped that HTML gives a meaning, or that changes the direction of text.</summary>
internal static class JsonWriting
{
    private static readonly JavaScriptEncoder Encoder = CreateEncoder();

    private static readonly JsonWriterOptions OneLine = new() { Encoder = Encoder, SkipValidation = true };

    public static readonly JsonWriterOptions Indented = new() { Encoder = Encoder, Indented = true, NewLine = "\n" };

    public static byte[] ToUtf8<T>(T value, JsonTypeInfo<T> typeInfo, bool indented)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        Write(buffer, value, typeInfo, indented);
        return buffer.WrittenSpan.ToArray();
    }

    public static void Write<T>(IBufferWriter<byte> output, T value, JsonTypeInfo<T> typeInfo, bool indented)
    {
        using var writer = new Utf8JsonWriter(output, indented ? Indented : OneLine);
        JsonSerializer.Serialize(writer, value, typeInfo);
    }

    private static JavaScriptEncoder CreateEncoder()
    {
        var settings = new TextEncoderSettings(UnicodeRanges.All);
        settings.ForbidCharacters('\u061c', '\u200e', '\u200f');
        settings.ForbidRange(UnicodeRange.Create('\u202a', '\u202e'));
        settings.ForbidRange(UnicodeRange.Create('\u2066', '\u2069'));
        return JavaScriptEncoder.Create(settings);
    }
}
