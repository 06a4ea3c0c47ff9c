using System.Text.Json.Nodes;
using k8s;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace Cliply.Diagnostics.Kubernetes.Tests;

/// <summary>A YAML file of <c>deploy/kubernetes</c>.</summary>
internal sealed class Manifest
{
    public Manifest(string file)
    {
        using var text = File.OpenText(Path.Combine(AppContext.BaseDirectory, file));
        var parser = new MergingParser(new Parser(text));

        // With the types that YAML gives to plain values: the client's models refuse "1" where a number belongs.
        var reader = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build();
        var writer = new SerializerBuilder().JsonCompatible().Build();
        var documents = new List<JsonObject>();
        parser.Consume<StreamStart>();
        while (parser.Accept<DocumentStart>(out _))
        {
            documents.Add(JsonNode.Parse(writer.Serialize(reader.Deserialize<object>(parser)!))!.AsObject());
        }

        Documents = documents;
    }

    /// <summary>The file's documents.</summary>
    public IReadOnlyList<JsonObject> Documents { get; }

    /// <summary>The one document of that kind.</summary>
    public JsonObject Of(string kind) => Documents.Single(d => d["kind"]!.GetValue<string>() == kind);

    /// <summary>The one object of that kind, without a field that its model does not have.</summary>
    public T Read<T>()
    {
        var document = Of(typeof(T).Name["V1".Length..]);
        var model = KubernetesJson.Deserialize<T>(document.ToJsonString());
        Unknown(document, JsonNode.Parse(KubernetesJson.Serialize(model)), "$").Should().BeEmpty();
        return model;
    }

    private static IEnumerable<string> Unknown(JsonNode? given, JsonNode? known, string path) => (given, known) switch
    {
        (null, _) => [],
        (_, null) => [path],
        (JsonObject parts, JsonObject others) => parts.SelectMany(p => Unknown(p.Value, others[p.Key], $"{path}.{p.Key}")),
        (JsonArray items, JsonArray others) => items.SelectMany((item, i) => Unknown(item, i < others.Count ? others[i] : null, $"{path}[{i}]")),
        _ => given.ToJsonString() == known.ToJsonString() ? [] : [path],
    };
}
