using System.Text;
using System.Text.Json;
using Cliply.Diagnostics.Logs;

namespace Cliply.Diagnostics.PostgreSql.Lookups;

/// <summary>A document of a job, such as its payload: how large it is and what it is made of, never its values.</summary>
/// <param name="Bytes">Its size as text.</param>
/// <param name="Keys">The keys of the object that it is; null where it is something else.</param>
/// <param name="HasMoreKeys">Whether there may be more keys than these.</param>
internal sealed record JobDocument(long Bytes, IReadOnlyList<string>? Keys, bool HasMoreKeys)
{
    /// <summary>How much of a document is read, in characters.</summary>
    public const int ReadLength = 16_384;

    private const int MaxKeys = 30;

    /// <param name="start">The first <see cref="ReadLength"/> characters of the document.</param>
    /// <param name="bytes">Its size as text.</param>
    /// <param name="patterns">Takes secrets out of keys.</param>
    public static JobDocument Read(string start, long bytes, LogPatternMatcher patterns)
    {
        var keys = new List<string>();
        var (isObject, isWhole) = Walk(start, (string key, ref Utf8JsonReader _) =>
        {
            keys.Add(patterns.Sample(key, isCut: false, maxLength: 100)!);
            return keys.Count <= MaxKeys;
        });
        return isObject ? new JobDocument(bytes, [.. keys.Take(MaxKeys)], !isWhole) : new JobDocument(bytes, null, HasMoreKeys: false);
    }

    /// <summary>The texts of the top level by their keys.</summary>
    /// <param name="start">The first <see cref="ReadLength"/> characters of the document.</param>
    public static IReadOnlyDictionary<string, string> ReadTexts(string start)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        Walk(start, (string key, ref Utf8JsonReader reader) =>
        {
            if (reader.Read() && reader.TokenType == JsonTokenType.String)
            {
                texts[key] = Text(ref reader);
            }

            return texts.Count < MaxKeys;
        });
        return texts;
    }

    private delegate bool KeyVisitor(string key, ref Utf8JsonReader reader);

    /// <summary>Visits the keys of the top level, until the visitor has enough or the text ends.</summary>
    /// <returns>Whether it is an object, as far as it was read, and whether it was read to its end.</returns>
    private static (bool IsObject, bool IsWhole) Walk(string start, KeyVisitor visit)
    {
        // Cut text is no whole document; a reader that knows so stops at the cut instead of failing.
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(start), isFinalBlock: start.Length < ReadLength, new JsonReaderState(new JsonReaderOptions { MaxDepth = ReadLength }));
        try
        {
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return (false, false);
            }

            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && !visit(Text(ref reader), ref reader))
                {
                    return (true, false);
                }
            }

            return (true, reader.CurrentDepth == 0);
        }
        catch (JsonException)
        {
            // A text column may hold anything.
            return (false, false);
        }
    }

    /// <summary>A text as it is; one with half of a surrogate pair, which no string can hold, as it is written.</summary>
    private static string Text(ref Utf8JsonReader reader)
    {
        var written = Encoding.UTF8.GetString(reader.ValueSpan);
        return written.Contains("\\ud", StringComparison.OrdinalIgnoreCase) ? written : reader.GetString()!;
    }
}
