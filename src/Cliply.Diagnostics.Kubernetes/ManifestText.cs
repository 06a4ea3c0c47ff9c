using System.Text.Json;
using Cliply.Diagnostics.Escalations;

namespace Cliply.Diagnostics.Kubernetes;

/// <summary>
/// Writes an object as a manifest: without what the cluster notes for itself, and without the values of environment
/// variables. What refers to a Secret or ConfigMap stays, and is not followed.
/// </summary>
internal static class ManifestText
{
    private const int MaxAnnotation = 256;

    private static readonly string[] OwnNotes = ["uid", "resourceVersion", "generation", "selfLink", "managedFields"];

    /// <summary>Reads a list with the object.</summary>
    /// <param name="body">The list.</param>
    /// <param name="resource">Of what.</param>
    /// <param name="kind">The object's kind, which lists leave out.</param>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="JsonException">It is no such list, or the object is not in it.</exception>
    public static async Task<string> ReadAsync(Stream body, ApiResource resource, string kind, string name, CancellationToken cancellationToken)
    {
        using var page = await JsonDocument.ParseAsync(body, default, cancellationToken).ConfigureAwait(false);
        try
        {
            var item = page.RootElement.GetProperty("items").EnumerateArray().First(i => i.GetProperty("metadata").GetProperty("name").GetString() == name);
            return IndentedJson.Write(json => Write(json, item, resource.ApiVersion, kind));
        }
        catch (Exception exception) when (exception is InvalidOperationException or KeyNotFoundException)
        {
            throw new JsonException("no such object", exception);
        }
    }

    private static void Write(Utf8JsonWriter json, JsonElement item, string apiVersion, string kind)
    {
        json.WriteStartObject();
        json.WriteString("apiVersion", apiVersion);
        json.WriteString("kind", kind);
        foreach (var property in item.EnumerateObject())
        {
            if (property.Name is not ("apiVersion" or "kind" or "status"))
            {
                Write(json, property, isMetadata: false);
            }
        }

        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, JsonProperty property, bool isMetadata)
    {
        if (property.Value.ValueKind == JsonValueKind.Null || (isMetadata && OwnNotes.Contains(property.Name, StringComparer.Ordinal)))
        {
            return;
        }

        json.WritePropertyName(property.Name);
        switch (property.Name)
        {
            // A label may be called that too, and is text.
            case "env" when property.Value.ValueKind is JsonValueKind.Array or JsonValueKind.Object:
                WriteEnvironment(json, property.Value);
                break;
            case "annotations" when isMetadata && property.Value.ValueKind == JsonValueKind.Object:
                WriteAnnotations(json, property.Value);
                break;
            default:
                Write(json, property.Value, property.Name == "metadata");
                break;
        }
    }

    private static void Write(Utf8JsonWriter json, JsonElement value, bool isMetadata)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var property in value.EnumerateObject())
                {
                    Write(json, property, isMetadata);
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                {
                    Write(json, item, isMetadata: false);
                }

                json.WriteEndArray();
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }

    private static void WriteEnvironment(Utf8JsonWriter json, JsonElement variables)
    {
        if (variables.ValueKind == JsonValueKind.Object)
        {
            json.WriteStringValue(RemovedValues.Mark);
            return;
        }

        json.WriteStartArray();
        foreach (var variable in variables.EnumerateArray().Where(v => v.ValueKind == JsonValueKind.Object))
        {
            json.WriteStartObject();
            foreach (var property in variable.EnumerateObject())
            {
                if (property.Name is "name" or "valueFrom")
                {
                    Write(json, property, isMetadata: false);
                }
                else
                {
                    json.WriteString(property.Name, RemovedValues.Mark);
                }
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    /// <summary>Tools keep the whole manifest that was applied in annotations, values and all, some of them packed.</summary>
    private static void WriteAnnotations(Utf8JsonWriter json, JsonElement annotations)
    {
        json.WriteStartObject();
        foreach (var annotation in annotations.EnumerateObject())
        {
            var value = annotation.Value.ValueKind == JsonValueKind.String ? annotation.Value.GetString()! : RemovedValues.Mark;
            json.WriteString(annotation.Name, value.Length > MaxAnnotation || value.AsSpan().ContainsAny('{', '\n') ? RemovedValues.Mark : value);
        }

        json.WriteEndObject();
    }
}
