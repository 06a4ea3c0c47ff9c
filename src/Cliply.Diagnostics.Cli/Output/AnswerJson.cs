using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Json;
using Cliply.Diagnostics.Redaction;

namespace Cliply.Diagnostics.Cli.Output;

/// <summary>JSON that verbs put together themselves.</summary>
internal static class AnswerJson
{
    /// <summary>The value as UTF-8, indented.</summary>
    public static ReadOnlyMemory<byte> ToUtf8(JsonNode node)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer, JsonWriting.Indented))
        {
            node.WriteTo(writer);
        }

        return buffer.WrittenMemory;
    }

    /// <summary>The named sections of a snapshot, as the contract writes them.</summary>
    public static JsonObject Sections(DiagnosticSnapshot snapshot, params string[] names)
    {
        var all = JsonNode.Parse(SnapshotJson.Write(snapshot))!.AsObject();
        var picked = new JsonObject();
        foreach (var name in names)
        {
            picked[name] = all[name]?.DeepClone();
        }

        return picked;
    }

    /// <summary>The value without secrets, text by text, so that it stays JSON.</summary>
    public static JsonNode? Redact(JsonNode? json, SecretRedactor redactor) => json switch
    {
        JsonObject parts => new JsonObject(parts.Select(part => KeyValuePair.Create(part.Key, Redact(part.Value, redactor)))),
        JsonArray items => new JsonArray([.. items.Select(item => Redact(item, redactor))]),
        JsonValue value when value.GetValueKind() == JsonValueKind.String => JsonValue.Create(redactor.Redact(value.GetValue<string>())),
        _ => json?.DeepClone(),
    };

    /// <summary>A list of texts.</summary>
    public static JsonArray List(IEnumerable<string> items) => new([.. items.Select(i => JsonValue.Create(i))]);
}
