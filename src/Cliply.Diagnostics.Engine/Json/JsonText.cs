using System.Text;
using System.Text.Json;
using Cliply.Diagnostics.Logs;

namespace Cliply.Diagnostics.Json;

/// <summary>Finds where a text stops being JSON that can be read.</summary>
internal static class JsonText
{
    /// <summary>The serializer's own limit.</summary>
    private const int MaxDepth = 64;

    /// <summary>The first place with an error of syntax, with text that is not Unicode or too deep inside; null where there is none.</summary>
    public static SnapshotFormatException? FindDefect(ReadOnlySpan<byte> utf8, Exception? cause)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = MaxDepth + 1 });
        var place = new StringBuilder("$");
        var containers = new Stack<(int PlaceLength, int NextIndex)>();
        var isAnyRead = false;
        try
        {
            do
            {
                if (!reader.Read())
                {
                    break;
                }

                isAnyRead = true;
                if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
                {
                    place.Length = containers.Pop().PlaceLength;
                }
                else
                {
                    Enter(ref reader, place, containers);
                    if (reader.CurrentDepth == MaxDepth)
                    {
                        return new SnapshotFormatException(place.ToString(), Line(utf8, reader), $"nested deeper than {MaxDepth} levels, which no snapshot is.", cause);
                    }
                }
            }
            while (containers.Count > 0);
        }
        catch (JsonException syntax)
        {
            return new SnapshotFormatException(isAnyRead ? place.ToString() : null, syntax.LineNumber + 1, "not valid JSON, or cut off. Expected one JSON object.", syntax);
        }
        catch (InvalidOperationException)
        {
            return new SnapshotFormatException(place.ToString(), Line(utf8, reader), "holds text that is not valid Unicode.", cause);
        }

        return null;
    }

    private static void Enter(ref Utf8JsonReader reader, StringBuilder place, Stack<(int PlaceLength, int NextIndex)> containers)
    {
        if (reader.TokenType == JsonTokenType.PropertyName)
        {
            place.Length = containers.Peek().PlaceLength;
            var name = reader.GetString()!;
            place.Append('.').Append(TextSanitizer.WithoutControlCharacters(name, 80));
            return;
        }

        if (containers.TryPeek(out var container) && container.NextIndex >= 0)
        {
            containers.Pop();
            containers.Push(container with { NextIndex = container.NextIndex + 1 });
            place.Length = container.PlaceLength;
            place.Append('[').Append(container.NextIndex).Append(']');
        }

        if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            containers.Push((place.Length, reader.TokenType == JsonTokenType.StartArray ? 0 : -1));
        }
        else if (reader.TokenType == JsonTokenType.String)
        {
            reader.GetString();
        }
    }

    private static long Line(ReadOnlySpan<byte> utf8, Utf8JsonReader reader) => utf8[..(int)reader.TokenStartIndex].Count((byte)'\n') + 1;
}
