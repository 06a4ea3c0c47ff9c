using System.Buffers;
using System.Globalization;
using System.Text;

namespace Cliply.Diagnostics.Redaction;

/// <summary>
/// Resolves the escapes of URLs, JSON, HTML and terminals in one pass, and remembers where each character came from. What is
/// no valid escape stays as it is. Keeps its memory for the next text. Not safe for concurrent use.
/// </summary>
internal sealed class EscapedText
{
    /// <summary>How often text is escaped within escaped text.</summary>
    public const int MostLevels = 3;

    private const string Invisible = "\u00ad\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff";

    private static readonly SearchValues<char> Special = SearchValues.Create("%\\&" + Invisible + string.Concat(
        Enumerable.Range(0, 32).Concat(Enumerable.Range(0x7F, 33)).Select(c => (char)c).Where(c => c is not ('\t' or '\n' or '\r'))));

    private static readonly (string Name, char Character)[] Entities =
        [("amp;", '&'), ("lt;", '<'), ("gt;", '>'), ("quot;", '"'), ("apos;", '\''), ("nbsp;", ' '), ("lsaquo;", '‹'), ("rsaquo;", '›')];

    private char[] _text = [];
    private int[] _starts = [];
    private int[] _ends = [];
    private int _length;

    /// <summary>The text with one more level resolved.</summary>
    public TextView View => new(_text.AsSpan(0, _length), _starts.AsSpan(0, _length), _ends.AsSpan(0, _length));

    public ReadOnlySpan<char> Text => _text.AsSpan(0, _length);

    /// <summary>Resolves one level.</summary>
    /// <returns>False where there is nothing to resolve.</returns>
    public bool Resolve(TextView from)
    {
        var text = from.Text;
        var next = text.IndexOfAny(Special);
        if (next < 0)
        {
            return false;
        }

        if (_text.Length < text.Length)
        {
            _text = new char[text.Length];
            _starts = new int[text.Length];
            _ends = new int[text.Length];
        }

        _length = 0;
        var changed = false;
        var i = 0;
        Span<char> resolved = stackalloc char[2];
        while (i < text.Length)
        {
            for (; i < next; i++)
            {
                Put(text[i], from, i, i);
            }

            if (i == text.Length)
            {
                break;
            }

            var (length, characters) = ReadAt(text[i..], resolved);
            if (length == 0)
            {
                Put(text[i], from, i, i);
                i++;
            }
            else
            {
                changed = true;
                foreach (var character in resolved[..characters])
                {
                    Put(character, from, i, i + length - 1);
                }

                i += length;
            }

            next = i < text.Length && text[i..].IndexOfAny(Special) is var more and >= 0 ? i + more : text.Length;
        }

        return changed;
    }

    private void Put(char character, TextView from, int first, int last)
    {
        _text[_length] = character;
        _starts[_length] = from.StartOf(first);
        _ends[_length++] = from.EndOf(last);
    }

    /// <summary>Reads one escape: its length, 0 where there is none, and how many characters it stands for.</summary>
    private static (int Length, int Characters) ReadAt(ReadOnlySpan<char> text, Span<char> resolved) => text[0] switch
    {
        '%' => ReadPercent(text, resolved),
        '\\' => ReadBackslash(text, resolved),
        '&' => ReadEntity(text, resolved),
        '\u001b' => (TerminalSequence(text), 0),
        _ => (1, 0),
    };

    private static (int Length, int Characters) ReadPercent(ReadOnlySpan<char> text, Span<char> resolved)
    {
        Span<byte> utf8 = stackalloc byte[4];
        var count = 0;
        while (count < 4 && text.Length >= (3 * count) + 3 && text[3 * count] == '%' && byte.TryParse(text.Slice((3 * count) + 1, 2), NumberStyles.AllowHexSpecifier, null, out var value))
        {
            utf8[count++] = value;
            if (Rune.DecodeFromUtf8(utf8[..count], out var rune, out _) == OperationStatus.Done)
            {
                return (3 * count, rune.EncodeToUtf16(resolved));
            }
        }

        return (0, 0);
    }

    private static (int Length, int Characters) ReadBackslash(ReadOnlySpan<char> text, Span<char> resolved)
    {
        if (text.Length < 2)
        {
            return (0, 0);
        }

        var digits = text[1] switch
        {
            'u' => 4,
            'x' => 2,
            _ => 0,
        };
        if (digits > 0)
        {
            if (text.Length < 2 + digits || !ushort.TryParse(text.Slice(2, digits), NumberStyles.AllowHexSpecifier, null, out var code))
            {
                return (0, 0);
            }

            resolved[0] = (char)code;
            return (2 + digits, 1);
        }

        resolved[0] = text[1] switch
        {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'b' => '\b',
            'f' => '\f',
            '"' or '\'' or '\\' or '/' or '`' => text[1],
            _ => '\0',
        };
        return resolved[0] == '\0' ? (0, 0) : (2, 1);
    }

    private static (int Length, int Characters) ReadEntity(ReadOnlySpan<char> text, Span<char> resolved)
    {
        var body = text[1..];
        if (body is ['#', .. var number])
        {
            var isHex = number is ['x' or 'X', ..];
            number = isHex ? number[1..] : number;
            var end = number[..Math.Min(8, number.Length)].IndexOf(';');
            return end > 0
                && int.TryParse(number[..end], isHex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var code)
                && Rune.TryCreate(code, out var rune)
                    ? (2 + (isHex ? 1 : 0) + end + 1, rune.EncodeToUtf16(resolved))
                    : (0, 0);
        }

        foreach (var (name, character) in Entities)
        {
            if (body.StartsWith(name, StringComparison.OrdinalIgnoreCase))
            {
                resolved[0] = character;
                return (1 + name.Length, 1);
            }
        }

        return (0, 0);
    }

    /// <summary>The length of a colour or a cursor's movement, a title, or of the escape character alone.</summary>
    private static int TerminalSequence(ReadOnlySpan<char> text)
    {
        if (text is [_, '[', .. var rest])
        {
            var end = rest.IndexOfAnyExceptInRange(' ', '?');
            return end >= 0 && rest[end] is >= '@' and <= '~' ? end + 3 : 2;
        }

        if (text is [_, ']', .. var title])
        {
            var end = title[..Math.Min(title.Length, 1_000)].IndexOfAny('\a', '\u001b');
            return end < 0 ? 2 : end + (title[end] == '\u001b' && end + 1 < title.Length && title[end + 1] == '\\' ? 4 : 3);
        }

        return 1;
    }
}
