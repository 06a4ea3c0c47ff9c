using System.Text.Json;

namespace Cliply.Diagnostics.PostgreSql.Lookups;

/// <summary>Reads a plan that was made with scans of whole tables forbidden.</summary>
internal static class IndexPlans
{
    /// <summary>Whether an index leads to the rows: no node reads a whole table, and some index is entered by a condition or holds nothing else.</summary>
    /// <param name="plan">What <c>explain (format json)</c> gave.</param>
    /// <param name="filtered">What a filter says that looks at rows which the index did not lead to, such as the state that is asked for.</param>
    public static bool Serves(string plan, string filtered)
    {
        using var document = JsonDocument.Parse(plan);
        var (usesIndex, scans) = (false, false);
        Visit(document.RootElement);
        return usesIndex && !scans;

        void Visit(JsonElement element)
        {
            switch (element.ValueKind)
            {
                case JsonValueKind.Array:
                    foreach (var item in element.EnumerateArray())
                    {
                        Visit(item);
                    }

                    break;
                case JsonValueKind.Object:
                    VisitNode(element);
                    foreach (var property in element.EnumerateObject())
                    {
                        Visit(property.Value);
                    }

                    break;
            }
        }

        void VisitNode(JsonElement node)
        {
            if (Text(node, "Node Type") is not { } type)
            {
                return;
            }

            usesIndex |= type.Contains("Index", StringComparison.Ordinal);
            scans |= type is "Seq Scan" or "Foreign Scan"
                || (Text(node, "Index Cond") is null && Text(node, "Filter") is { } filter && filter.Contains(filtered, StringComparison.Ordinal));
        }
    }

    private static string? Text(JsonElement node, string name) =>
        node.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
