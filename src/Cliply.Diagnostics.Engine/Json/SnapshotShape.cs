using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Json;

/// <summary>
/// Finds what is wrong with a snapshot that could not be read: walks the JSON beside the types' metadata, since the
/// serializer's own messages name types instead of what to change.
/// </summary>
internal static class SnapshotShape
{
    public static SnapshotFormatException Explain(ReadOnlySpan<byte> utf8, JsonException? cause)
    {
        if (IsBlank(utf8))
        {
            return new SnapshotFormatException(null, utf8.Count((byte)'\n') + 1, "the snapshot is empty. Expected a JSON object.", cause);
        }

        if (JsonText.FindDefect(utf8, cause) is { } defect)
        {
            return defect;
        }

        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { AllowMultipleValues = true });
        using var document = JsonDocument.ParseValue(ref reader);
        var isFollowed = !IsBlank(utf8[(int)reader.BytesConsumed..]);
        var problem = Find(document.RootElement, DiagnosticsJsonContext.Default.DiagnosticSnapshot, "$")
            ?? FindVersion(document.RootElement)
            ?? (isFollowed ? new Problem("$", "more text follows the snapshot. Expected one JSON object alone; many of them, one a line, are for replay.") : null)
            ?? new Problem(cause?.Path ?? "$", "can't be read. Expected a snapshot as the contract describes it.");
        return new SnapshotFormatException(problem.Path, JsonPathLines.Find(utf8, problem.Path) ?? cause?.LineNumber + 1, problem.Text, cause);
    }

    /// <summary>Whether a list holds null where an object or a text is due; the serializer lets that pass.</summary>
    public static bool HasNullItems(DiagnosticSnapshot snapshot) =>
        Has(snapshot.Workers.Value?.Items)
        || Has(snapshot.Queue.Value?.LowerBounds) || Has(snapshot.Queue.Value?.Kinds)
        || Has(snapshot.Queue.Value?.Errors) || snapshot.Queue.Value?.Errors?.Any(e => Has(e.Kinds)) == true
        || Has(snapshot.Binaries.Value)
        || Has(snapshot.Database.Value?.MissingFunctions) || Has(snapshot.Database.Value?.MissingIndexes)
        || Has(snapshot.Environment.Value?.MissingRequired) || Has(snapshot.Environment.Value?.MissingRecommended) || Has(snapshot.Environment.Value?.Invalid)
        || Has(snapshot.Deployments.Value) || snapshot.Deployments.Value?.Any(d => Has(d.Instances)) == true
        || Has(snapshot.Resources.Value)
        || Has(snapshot.Logs.Value) || snapshot.Logs.Value?.Any(l => Has(l.Findings)) == true
        || Has(snapshot.History.Value);

    private sealed record Problem(string Path, string Text);

    private static bool Has<T>(IReadOnlyList<T>? items)
        where T : class
    {
        for (var i = 0; i < items?.Count; i++)
        {
            if (items[i] is null)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsBlank(ReadOnlySpan<byte> utf8) => utf8.TrimStart(" \t\r\n"u8).IsEmpty;

    private static Problem? FindVersion(JsonElement root) =>
        root.TryGetProperty("schemaVersion", out var version) && version.TryGetInt32(out var number) && number != DiagnosticSnapshot.CurrentSchemaVersion
            ? new Problem("$.schemaVersion", $"version {number} is not known. This version reads schemaVersion {DiagnosticSnapshot.CurrentSchemaVersion}; use a newer one for newer snapshots.")
            : null;

    private static Problem? Find(JsonElement element, JsonTypeInfo type, string path)
    {
        var target = Nullable.GetUnderlyingType(type.Type) ?? type.Type;
        if (target.IsGenericType && target.GetGenericTypeDefinition() == typeof(Section<>))
        {
            return FindInSection(element, target.GenericTypeArguments[0], path);
        }

        return type.Kind switch
        {
            JsonTypeInfoKind.Object => FindInObject(element, type, path),
            JsonTypeInfoKind.Enumerable => FindInList(element, type.ElementType!, path),
            _ => FindInValue(element, target, path),
        };
    }

    private static Problem? FindInSection(JsonElement element, Type section, string path)
    {
        if (element.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        var isUnavailable = element.ValueKind == JsonValueKind.Object
            && element.TryGetProperty("unavailable", out var unavailable)
            && unavailable.ValueKind != JsonValueKind.Null;
        return Find(element, TypeInfo(isUnavailable ? typeof(UnavailableSection) : section), path);
    }

    private static Problem? FindInObject(JsonElement element, JsonTypeInfo type, string path)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            return Wrong(path, "an object", element);
        }

        foreach (var property in type.Properties)
        {
            var place = $"{path}.{property.Name}";
            var isThere = false;

            // The serializer reads every one of a property that is there twice, so that each can be the bad one.
            foreach (var value in element.EnumerateObject().Where(p => p.NameEquals(property.Name)).Select(p => p.Value))
            {
                isThere = true;
                var problem = value.ValueKind != JsonValueKind.Null ? Find(value, TypeInfo(property.PropertyType), place)
                    : property.IsRequired && !IsSection(property.PropertyType) ? new Problem(place, "must not be null.")
                    : null;
                if (problem is not null)
                {
                    return problem;
                }
            }

            if (!isThere && property.IsRequired)
            {
                return new Problem(place, "is missing, and is required.");
            }
        }

        return null;
    }

    private static Problem? FindInList(JsonElement element, Type item, string path)
    {
        if (element.ValueKind != JsonValueKind.Array)
        {
            return Wrong(path, "a list", element);
        }

        var index = 0;
        foreach (var value in element.EnumerateArray())
        {
            var place = $"{path}[{index++}]";
            if (value.ValueKind == JsonValueKind.Null)
            {
                return new Problem(place, "must not be null.");
            }

            if (Find(value, TypeInfo(item), place) is { } problem)
            {
                return problem;
            }
        }

        return null;
    }

    private static Problem? FindInValue(JsonElement element, Type target, string path)
    {
        if (target == typeof(string))
        {
            return element.ValueKind == JsonValueKind.String ? null : Wrong(path, "a text", element);
        }

        if (target == typeof(long))
        {
            return Reads<long>(element) ? null : Wrong(path, "a whole number of 0 or more", element, "a negative, fractional or too large number");
        }

        if (target == typeof(int))
        {
            return Reads<int>(element) ? null : Wrong(path, "a whole number", element, "a fractional or too large number");
        }

        if (target == typeof(double))
        {
            return Reads<double>(element) ? null : Wrong(path, "a number", element, "a too large number");
        }

        if (target == typeof(DateTimeOffset))
        {
            return Reads<DateTimeOffset>(element) ? null : Wrong(path, "a time in ISO 8601 such as 2026-11-23T12:00:00Z", element, "another text");
        }

        if (target.IsEnum)
        {
            var names = Enum.GetNames(target).Select(JsonNamingPolicy.CamelCase.ConvertName).ToList();
            return element.ValueKind == JsonValueKind.String && names.Contains(element.GetString()!)
                ? null
                : Wrong(path, $"one of {string.Join(", ", names)}", element, "another text");
        }

        return null;
    }

    private static bool Reads<T>(JsonElement element)
    {
        try
        {
            element.Deserialize((JsonTypeInfo<T>)TypeInfo(typeof(T)));
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool IsSection(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Section<>);

    private static JsonTypeInfo TypeInfo(Type type) => DiagnosticsJsonContext.Default.Options.GetTypeInfo(type);

    /// <summary>
    /// Says what kind of value was found, never the value: it might be a secret that slipped in. A value of the right kind
    /// that is wrong all the same is called as <c>sameKind</c> says.
    /// </summary>
    private static Problem Wrong(string path, string expected, JsonElement found, string? sameKind = null) => new(path, $"expected {expected}, found {found.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => sameKind == "another text" ? sameKind : "a text",
        JsonValueKind.Number => sameKind is null or "another text" ? "a number" : sameKind,
        JsonValueKind.True or JsonValueKind.False => "true or false",
        _ => "null",
    }}.");
}
