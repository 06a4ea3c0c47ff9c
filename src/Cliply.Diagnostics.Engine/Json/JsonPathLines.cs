using System.Text;
using System.Text.Json;

namespace Cliply.Diagnostics.Json;

/// <summary>Finds the line that a JSON path leads to.</summary>
internal static class JsonPathLines
{
    /// <summary>The line of the value at that path, or of the innermost object that exists on the way to it; counted from 1.</summary>
    public static long? Find(ReadOnlySpan<byte> utf8, string path)
    {
        var reader = new Utf8JsonReader(utf8);
        long? best = null;
        var bestLength = -1;
        try
        {
            var place = new StringBuilder("$");
            Walk(ref reader, utf8, place, path, ref best, ref bestLength);
        }
        catch (JsonException)
        {
            // What was found up to there is the best answer.
            return best;
        }

        return best;
    }

    private static void Walk(ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8, StringBuilder place, string path, ref long? best, ref int bestLength)
    {
        if (reader.TokenType == JsonTokenType.None)
        {
            reader.Read();
        }

        var here = place.ToString();
        if (!IsOnTheWay(here, path))
        {
            reader.Skip();
            return;
        }

        if (here.Length > bestLength)
        {
            bestLength = here.Length;
            best = utf8[..(int)reader.TokenStartIndex].Count((byte)'\n') + 1;
        }

        if (reader.TokenType == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                place.Append('.').Append(reader.GetString());
                reader.Read();
                Walk(ref reader, utf8, place, path, ref best, ref bestLength);
                place.Length = here.Length;
            }
        }
        else if (reader.TokenType == JsonTokenType.StartArray)
        {
            for (var index = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; index++)
            {
                place.Append('[').Append(index).Append(']');
                Walk(ref reader, utf8, place, path, ref best, ref bestLength);
                place.Length = here.Length;
            }
        }
    }

    private static bool IsOnTheWay(string here, string path) =>
        path.StartsWith(here, StringComparison.Ordinal) && (path.Length == here.Length || path[here.Length] is '.' or '[');
}
