using System.Buffers;

namespace Cliply.Diagnostics.Redaction;

/// <summary>
/// PEM blocks over several lines, also with something before each line as a log has it, and what is left where the beginning
/// or the end was cut off.
/// </summary>
internal static class PemBlocks
{
    private const string Dashes = "-----";
    private const string Begin = "-----BEGIN ";
    private const string End = "-----END ";

    /// <summary>How far a block goes, in characters.</summary>
    public const int Longest = 32 * 1024;

    /// <summary>A shorter word may be one of a sentence.</summary>
    private const int ShortestLine = 40;

    private const int LongestLabel = 64;

    /// <summary>What stands around lines that are strings in a list, or continued.</summary>
    private const string Around = " \t\r\\\"',";

    private static readonly SearchValues<char> WordStarts = SearchValues.Create(" \t\"'|");
    private static readonly SearchValues<char> Base64Characters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");

    public static void Find(TextView view, FoundSecrets found)
    {
        var text = view.Text;
        var from = 0;
        while (from < text.Length && text[from..].IndexOf(Dashes, StringComparison.Ordinal) is var at and >= 0)
        {
            var mark = from + at;
            from = mark + 1;
            if (text[mark..].StartsWith(Begin, StringComparison.OrdinalIgnoreCase) && LabelEnd(text, mark + Begin.Length) is { } body)
            {
                var end = EndMark(text, body) ?? BodyEnd(text, body);
                if (end > body)
                {
                    found.Add(view, mark, end, SecretKind.PemBlock);
                    from = end;
                }
                else
                {
                    from = body;
                }
            }
            else if (text[mark..].StartsWith(End, StringComparison.OrdinalIgnoreCase) && LabelEnd(text, mark + End.Length) is { } after)
            {
                var start = BodyStart(text, mark);
                if (start < mark)
                {
                    found.Add(view, start, after, SecretKind.PemBlock);
                }

                from = after;
            }
        }
    }

    /// <summary>Behind "PRIVATE KEY-----"; a label that was cut has no end.</summary>
    private static int? LabelEnd(ReadOnlySpan<char> text, int label)
    {
        var rest = text.Slice(label, Math.Min(LongestLabel, text.Length - label));
        var dashes = rest.IndexOf(Dashes, StringComparison.Ordinal);
        return dashes < 0 || rest[..dashes].ContainsAny('\n', '\r') ? null : label + dashes + Dashes.Length;
    }

    /// <summary>Behind the mark that ends a block with something in it; null: it has none.</summary>
    private static int? EndMark(ReadOnlySpan<char> text, int body)
    {
        var rest = text.Slice(body, Math.Min(Longest, text.Length - body));
        var mark = rest.IndexOf(Dashes, StringComparison.Ordinal);
        return mark >= 0 && rest[mark..].StartsWith(End, StringComparison.OrdinalIgnoreCase) && HasContent(rest[..mark])
            ? LabelEnd(text, body + mark + End.Length) ?? body + mark
            : null;
    }

    private static bool HasContent(ReadOnlySpan<char> body)
    {
        foreach (var word in body.SplitAny(" \t\r\n\\"))
        {
            if (LengthOf(body[word]) >= 16)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Where the lines of a block without its end stop; its beginning: there are none.</summary>
    private static int BodyEnd(ReadOnlySpan<char> text, int body)
    {
        var most = text[..Math.Min(text.Length, body + Longest)];
        var end = body;
        var from = body;
        var prefix = -1;
        for (var isFirst = true; from < most.Length; isFirst = false)
        {
            var line = most[from..];
            line = line[..(line.IndexOf('\n') is var length and >= 0 ? length : line.Length)];
            var next = from + line.Length + 1;
            line = line.TrimEnd(Around.AsSpan());
            if (line.IsEmpty || IsHeader(line))
            {
                // Nothing behind the mark, a blank line, "Proc-Type: 4,ENCRYPTED".
                from = next;
                continue;
            }

            // Behind what a log writes before each line.
            var before = prefix >= 0 ? Math.Min(prefix, line.Length) : LengthOf(line) >= 16 ? 0 : line.LastIndexOfAny(WordStarts) + 1;
            var run = LengthOf(line[before..]);
            var behind = line[(before + run)..];
            if (run >= ShortestLine)
            {
                prefix = before;
                end = from + before + run;
                if (!behind.IsEmpty)
                {
                    return end;
                }
            }
            else if (prefix < 0 && isFirst)
            {
                return OneLineEnd(most, from, from + line.Length);
            }
            else
            {
                var isRandom = run >= 2 && line.Slice(before, run).IndexOfAnyExceptInRange('a', 'z') >= 0 && (prefix >= 0 || before == 0 || run >= 16);
                var isWhole = behind.IsEmpty || line[before + run - 1] == '=' || behind[0] is '<' or '&' or '"' or '\'' or ')' or '}' or ']' or ';' or '\\' or '\u001b';
                return isRandom && isWhole ? from + before + run : end;
            }

            from = next;
        }

        return end;
    }

    /// <summary>A block whose line breaks became spaces.</summary>
    private static int OneLineEnd(ReadOnlySpan<char> text, int from, int lineEnd)
    {
        var end = from;
        foreach (var word in text[from..lineEnd].Split(' '))
        {
            var (start, stop) = word.GetOffsetAndLength(lineEnd - from);
            if (stop == 0)
            {
                continue;
            }

            var length = LengthOf(text.Slice(from + start, stop));
            if (length < (end == from ? 16 : 1) || (length != stop && length < ShortestLine))
            {
                break;
            }

            end = from + start + length;
            if (length < ShortestLine)
            {
                break;
            }
        }

        return end;
    }

    /// <summary>Where the lines begin that the end of a block belongs to.</summary>
    private static int BodyStart(ReadOnlySpan<char> text, int mark)
    {
        var least = Math.Max(0, mark - Longest);
        var start = mark;
        var lineEnd = mark;
        var hasLong = false;
        var hasShort = false;
        for (var isLast = true; lineEnd > least; isLast = false)
        {
            var from = text[least..lineEnd].LastIndexOf('\n') is var line and >= 0 ? least + line + 1 : least;
            var content = text[from..lineEnd].TrimEnd(Around.AsSpan());
            var wordEnd = from + content.Length;
            var word = from + content.LastIndexOfAnyExcept(Base64Characters) + 1;
            lineEnd = from - 1;
            var isWord = word == from || WordStarts.Contains(text[word - 1]);
            if (isLast)
            {
                // Before the mark on its own line: nothing, a log's time, or the whole block where its line breaks became spaces.
                var first = word < wordEnd && isWord ? OneLineStart(text, from, word) : word;
                if (first < word || wordEnd - word >= ShortestLine)
                {
                    return first;
                }

                continue;
            }

            if (wordEnd - word >= ShortestLine)
            {
                hasLong = true;
                start = word;
                continue;
            }

            var isRandom = wordEnd - word >= 2 && isWord && text[word..wordEnd].IndexOfAnyExceptInRange('a', 'z') >= 0;
            if (hasLong)
            {
                // A line that lost its beginning, and with it all that was before.
                return isRandom && word == from ? word : start;
            }

            if (hasShort || !isRandom)
            {
                return start;
            }

            // The last line of a block is mostly short.
            hasShort = true;
            start = word == from || wordEnd - word >= 16 ? word : start;
        }

        return start;
    }

    private static int OneLineStart(ReadOnlySpan<char> text, int from, int start)
    {
        while (start > from)
        {
            var end = start - 1;
            var word = text[from..end].LastIndexOf(' ') is var space and >= 0 ? from + space + 1 : from;
            if (end - word < ShortestLine || !IsBase64(text[word..end]))
            {
                return start;
            }

            start = word;
        }

        return start;
    }

    private static bool IsHeader(ReadOnlySpan<char> line) =>
        line.Contains("Proc-Type:", StringComparison.OrdinalIgnoreCase) || line.Contains("DEK-Info:", StringComparison.OrdinalIgnoreCase)
        || line.StartsWith("Version:", StringComparison.OrdinalIgnoreCase) || line.StartsWith("Comment:", StringComparison.OrdinalIgnoreCase);

    private static bool IsBase64(ReadOnlySpan<char> word) => LengthOf(word) == word.Length;

    private static int LengthOf(ReadOnlySpan<char> text) => text.IndexOfAnyExcept(Base64Characters) is var length and >= 0 ? length : text.Length;
}
