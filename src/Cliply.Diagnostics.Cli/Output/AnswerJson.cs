using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Json;

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

    /// <summary>A list of texts.</summary>
    public static JsonArray List(IEnumerable<string> items) => new([.. items.Select(i => JsonValue.Create(i))]);
}
