using System.Buffers;

namespace Cliply.Diagnostics.Redaction;

/// <summary>
/// Values of keys that are named like secrets: in JSON, YAML, .env and ini files, query strings, connection strings, headers,
/// labels, command lines, XML and logs. Finds the separator, looks back for the key, and then where the value ends.
/// </summary>
internal static class NamedValues
{
    /// <summary>How far the end of a value with spaces is looked for where it need not have one, in characters.</summary>
    private const int Near = 256;

    /// <summary>The longest first word that is looked up, in characters, and a little more.</summary>
    private const int LongestWord = 32;

    /// <summary>How much of a value is read that may turn out to be none, in characters.</summary>
    private const int LongestDoubtful = 1_024;

    /// <summary>How far a list of values goes, in characters.</summary>
    private const int LongestList = 16 * 1024;

    private static readonly SearchValues<char> Separators = SearchValues.Create("=:>");
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.$");
    private static readonly SearchValues<char> Blanks = SearchValues.Create(" \t\r\n");
    private static readonly SearchValues<char> ParameterEnds = SearchValues.Create(" \t\"'<>&#");
    private static readonly SearchValues<char> VersionCharacters = SearchValues.Create("0123456789.:");
    private static readonly SearchValues<char> HexCharacters = SearchValues.Create("0123456789abcdefABCDEF");
    private static readonly SearchValues<char> LineEnds = SearchValues.Create("\r\n");

    private static readonly string[] Schemes = ["Bearer", "Basic", "Bot", "Token", "ApiKey", "Digest", "Negotiate", "NTLM", "SharedKey", "SharedAccessSignature", "AWS4-HMAC-SHA256"];

    /// <summary>Schemes that one word follows.</summary>
    private const int OfOneWord = 5;

    /// <summary>First words of what a person wrote behind a colon, which is no secret.</summary>
    private static readonly HashSet<string> Prose = new(StringComparer.OrdinalIgnoreCase)
    {
        "a", "an", "the", "is", "are", "was", "were", "be", "been", "being", "not", "no", "must", "should", "can", "cannot", "could", "may", "might", "will",
        "would", "has", "have", "had", "and", "or", "of", "for", "to", "in", "on", "at", "by", "from", "with", "without", "when", "while", "if",
        "expired", "expires", "invalid", "missing", "required", "wrong", "incorrect", "unknown", "unset", "set", "blank", "malformed", "error", "failed",
        "failure", "denied", "rejected", "revoked", "refused", "found", "accepted", "valid", "ok", "unauthorized", "forbidden", "unsupported", "unexpected",
        "expected", "bad", "too", "already", "exceeds", "can't", "doesn't", "didn't", "isn't", "only", "this", "that", "it", "its", "you", "your",
        "please", "check", "see", "use", "uses", "default", "neither", "either", "holds", "starts", "ends", "include", "same-origin", "omit", "authentication", "does",
    };

    public static void Find(TextView view, FoundSecrets found)
    {
        FindSeparated(view, found);
        FindFlags(view, found);
        FindSqlPasswords(view, found);
        FindCurlUsers(view, found);
    }

    private static void FindSeparated(TextView view, FoundSecrets found)
    {
        var text = view.Text;
        var name = default(Name);
        var pendingUntil = -1;
        var lineEnd = -1;
        var escapedMark = -1;
        var from = 0;
        while (from < text.Length && text[from..].IndexOfAny(Separators) is var at and >= 0)
        {
            var separator = from + at;
            from = separator + 1;
            if (view.TokenEndAt(separator) is { } tokenEnd)
            {
                from = tokenEnd;
                continue;
            }

            if (ReadSeparator(text, separator) is not { } valueFrom || ReadName(text, separator, out name) is false)
            {
                continue;
            }

            var kind = SecretNames.KindOf(text[name.Start..name.End]);
            if (kind == SecretName.None)
            {
                // "name: DB_PASSWORD", "value: …", as in manifests.
                if (text[name.Start..name.End].Equals("name", StringComparison.OrdinalIgnoreCase))
                {
                    pendingUntil = IsSecretName(text, valueFrom) ? separator + Near : -1;
                    continue;
                }

                if (separator > pendingUntil || !text[name.Start..name.End].Equals("value", StringComparison.OrdinalIgnoreCase))
                {
                    continue;
                }

                kind = SecretName.Certain;
            }

            pendingUntil = -1;
            if (FindListed(view, valueFrom, found) is { } listEnd)
            {
                from = Math.Max(from, listEnd);
                continue;
            }

            // Looked for once a line: one line can hold any number of names.
            if (lineEnd < valueFrom)
            {
                lineEnd = text[valueFrom..].IndexOfAny(LineEnds) is var line and >= 0 ? valueFrom + line : text.Length;
            }

            if (escapedMark < valueFrom)
            {
                escapedMark = EscapedMarks.Next(text, valueFrom);
            }

            var place = new Place(name, separator, valueFrom, kind, Math.Min(lineEnd, escapedMark));
            var value = ReadValue(view, place);
            if (value.End <= value.Start)
            {
                continue;
            }

            if (IsSecret(view, value, place) && found.Add(view, value.Start, value.End, SecretKind.NamedValue))
            {
                from = Math.Max(from, value.End);
            }
        }
    }

    /// <summary>Where the value begins behind <c>=</c>, <c>:</c>, <c>=></c>, <c>:=</c> or the end of a tag; null: it separates nothing.</summary>
    private static int? ReadSeparator(ReadOnlySpan<char> text, int at)
    {
        var before = at > 0 ? text[at - 1] : '\0';
        var after = at + 1 < text.Length ? text[at + 1] : '\0';
        switch (text[at])
        {
            case '=' when before is '=' or '!' or '<' or '>' or '~' || (after == '=' && at + 2 < text.Length && text[at + 2] is ' ' or '='):
            case ':' when before == ':' || after == ':' || text[at..].StartsWith("://", StringComparison.Ordinal):
                return null;
            case '=' when after is '>' or '~':
            case ':' when after == '=':
                return at + 2;
            case '>':
                return before is '=' or '-' ? null : at + 1;
            default:
                return at + 1;
        }
    }

    /// <summary>The key before a separator, in quotes or not.</summary>
    private static bool ReadName(ReadOnlySpan<char> text, int separator, out Name name)
    {
        var end = separator;
        while (end > 0 && separator - end < 3 && text[end - 1] is ' ' or '\t')
        {
            end--;
        }

        var isSpaced = end < separator;
        var isQuoted = false;
        for (var i = 0; i < 6 && end > 0 && text[end - 1] is '"' or '\'' or '\\' or '`' or ')' or ']'; i++)
        {
            isQuoted = true;
            end--;
        }

        var least = Math.Max(0, end - SecretNames.Longest);
        var start = text[least..end].LastIndexOfAnyExcept(NameCharacters) + 1 + least;

        start = AfterColour(text, start, end);
        if (start > 0 && text[start - 1] == '\\')
        {
            start += EscapeLength(text[start..end]);
        }

        // Dashes of a flag, and of a list's item, are none of the name.
        while (start < end && text[start] is '-' or '.')
        {
            start++;
        }

        name = new Name(start, end, isQuoted);
        return end > start && (text[separator] != '>' || (start > 0 && text[start - 1] == '<' && !isSpaced)) && !(text[separator] == ':' && isSpaced && !isQuoted);
    }

    /// <summary>"[1;35mPASSWORD", behind an escape character, is the name in magenta.</summary>
    private static int AfterColour(ReadOnlySpan<char> text, int start, int end)
    {
        var i = start;
        while (start - i < 12 && i > 0 && text[i - 1] is ';' or (>= '0' and <= '9'))
        {
            i--;
        }

        if (i < 2 || text[i - 1] != '[' || text[i - 2] is not ('\u001b' or 'b' or 'B'))
        {
            return start;
        }

        var letter = text[start..end].IndexOfAnyExceptInRange('0', '9');
        return letter < 0 ? start : start + letter + 1;
    }

    /// <summary>The length of an escape's letters, behind its backslash.</summary>
    private static int EscapeLength(ReadOnlySpan<char> text) => text switch
    {
        ['u', _, _, _, _, ..] when text[1..5].IndexOfAnyExcept(HexCharacters) < 0 => 5,
        ['n' or 'r' or 't' or 'b' or 'f', ..] => 1,
        _ => 0,
    };

    private static bool IsSecretName(ReadOnlySpan<char> text, int from)
    {
        var rest = text[from..Math.Min(text.Length, from + SecretNames.Longest + 8)].TrimStart(" \\\"'");
        var length = rest.IndexOfAnyExcept(NameCharacters);
        return SecretNames.KindOf(length < 0 ? rest : rest[..length]) is not (SecretName.None or SecretName.WorkingFolder);
    }

    private static Range ReadValue(TextView view, Place place)
    {
        var text = view.Text;
        var start = place.ValueFrom;
        while (start < text.Length && start - place.ValueFrom < 8 && text[start] is ' ' or '\t')
        {
            start++;
        }

        if (start >= text.Length || text[start] is '\r' or '\n' || (start >= place.LineEnd && text[start] != '\\'))
        {
            return default;
        }

        var value = ReadQuoted(text, start) ?? ReadBracketed(text, start) ?? ReadPlain(view, start, place);
        return place.Kind == SecretName.Authorization ? WithoutScheme(text, value) : value;
    }

    /// <summary>In quotes, which may be escaped themselves: to the same quote, escaped the same way.</summary>
    private static Range? ReadQuoted(ReadOnlySpan<char> text, int start)
    {
        var open = start;
        while (open < text.Length && text[open] == '\\')
        {
            open++;
        }

        if (open >= text.Length || text[open] is not ('"' or '\'' or '`'))
        {
            return null;
        }

        var quote = text[open];
        var escapes = open - start;
        var i = open + 1;
        while (i < text.Length)
        {
            var next = text[i..].IndexOfAny(quote, '\n');
            if (next < 0)
            {
                break;
            }

            i += next;
            if (text[i] == '\n')
            {
                // What is cut before its closing quote ends with its line.
                return new Range(open + 1, i);
            }

            var before = 0;
            while (i - before - 1 > open && text[i - before - 1] == '\\')
            {
                before++;
            }

            // "a""b", as in connection strings; but "" is empty, and "a"", the end of what is quoted itself.
            var quotes = text[i..].IndexOfAnyExcept(quote) is var others and >= 0 ? others : text.Length - i;
            if (escapes == 0 && before % 2 == 0 && quotes > 1 && i > open + 1)
            {
                if (quotes % 2 == 1)
                {
                    return new Range(open + 1, i + quotes - 1);
                }

                if (i + quotes < text.Length && text[i + quotes] is not (' ' or ',' or ';' or ':' or '}' or ']' or ')' or '>' or '<' or '\r' or '\n' or '\\'))
                {
                    i += quotes;
                    continue;
                }
            }

            if (escapes == 0 ? before % 2 == 0 : before <= escapes)
            {
                return new Range(open + 1, i - Math.Min(before, escapes));
            }

            i++;
        }

        return new Range(open + 1, text.Length);
    }

    /// <summary>The strings of a list, each on its own, so that JSON stays JSON.</summary>
    /// <returns>Where the list ends; null: there is none.</returns>
    private static int? FindListed(TextView view, int from, FoundSecrets found)
    {
        var text = view.Text;
        var most = text.Slice(from, Math.Min(text.Length - from, LongestList));
        var open = most.IndexOfAnyExcept(Blanks);
        if (open < 0 || most[open] != '[')
        {
            return null;
        }

        var i = open + 1;
        while (i < most.Length && most[i..].IndexOfAny("\"'\\]") is var at and >= 0)
        {
            i += at;
            if (most[i] == ']' || ReadQuoted(most, i) is not { } value)
            {
                break;
            }

            if (!IsWithoutContent(most[value.Start..value.End]))
            {
                found.Add(view, from + value.Start, from + value.End, SecretKind.NamedValue);
            }

            i = Math.Min(most.Length, value.End + 1);
            while (i < most.Length && most[i] is '"' or '\'')
            {
                i++;
            }
        }

        return i > open + 1 ? from + i : null;
    }

    /// <summary>A list, or a value in brackets as in <c>Key (token)=(…)</c>.</summary>
    private static Range? ReadBracketed(ReadOnlySpan<char> text, int start)
    {
        var close = text[start] switch
        {
            '[' => ']',
            '(' => ')',
            '{' => '\0',
            _ => ' ',
        };
        if (close == ' ')
        {
            return null;
        }

        // What an object holds has names of its own.
        if (close == '\0')
        {
            return text[start..].StartsWith("{{", StringComparison.Ordinal) ? null : default(Range);
        }

        var most = text.Slice(start, Math.Min(text.Length - start, LongestList));
        var end = most.IndexOf(close);
        if (end < 0)
        {
            end = most.IndexOfAny(LineEnds) is var line and >= 0 ? line : most.Length;
        }

        return new Range(start + 1, start + end);
    }

    private static Range ReadPlain(TextView view, int start, Place place)
    {
        var text = view.Text;
        var name = place.Name;
        var rest = text[start..];
        var isColon = text[place.Separator] == ':';
        if ((isColon && IsProse(rest)) || (isColon && place.Kind == SecretName.Signature))
        {
            return default;
        }

        if (text[start] is '\\' or '&' && EscapedMarks.IsAt(text, start))
        {
            return default;
        }

        // What may turn out to be no secret is read in part: names may follow in it, and each would be read to the end.
        var most = place.Kind is SecretName.Key or SecretName.Dsn or SecretName.WorkingFolder or SecretName.Signature ? LongestDoubtful : int.MaxValue;
        var line = Math.Min(Math.Max(0, place.LineEnd - start), most);
        var before = name.Start > 0 ? text[name.Start - 1] : '\n';
        int end;
        if (text[place.Separator] == '>')
        {
            end = rest[..line].IndexOf('<') is var tag and >= 0 ? tag : line;
        }
        else if (!name.IsQuoted && before is '"' or '\'' or '`' && rest[..line].IndexOf(before) is var quote and >= 0 && (IsVariable(text, place) || !HasPair(rest[..quote])))
        {
            // "password=a b": the quotes are around both.
            end = quote > 0 && rest[quote - 1] == '\\' ? quote - 1 : quote;
        }
        else if (!name.IsQuoted && before is '?' or '&')
        {
            end = rest[..line].IndexOfAny(ParameterEnds) is var query and >= 0 ? query : line;
        }
        else if ((place.Kind is SecretName.Cookie or SecretName.Authorization && text[place.Separator] == ':') || (place.Kind == SecretName.Authorization && SchemeAt(rest) >= 0))
        {
            end = rest[..line].IndexOf('"') is var inQuotes and >= 0 ? inQuotes : line;
        }
        else if (!name.IsQuoted && IsOfALineOfItsOwn(text, place))
        {
            end = text[place.Separator] == ':' && rest[..line].IndexOf(" #", StringComparison.Ordinal) is var comment and >= 0 ? comment : line;
        }
        else if (IsOfAConnectionString(text, name.Start) && rest[..Math.Min(line, Near)].IndexOf(';') is var semicolon and >= 0 && rest[..semicolon].IndexOfAny('"', '\'', '&') < 0)
        {
            end = semicolon;
        }
        else
        {
            end = PlainEnd(view, start, start + line) - start;
        }

        return Trimmed(text, start, start + end);
    }

    /// <summary><c>KEY=value</c> of a .env file, a Dockerfile or a unit, <c>key: value</c> of YAML.</summary>
    private static bool IsOfALineOfItsOwn(ReadOnlySpan<char> text, Place place)
    {
        var least = Math.Max(0, place.Name.Start - 48);
        var lead = text[least..place.Name.Start];
        var lineStart = lead.LastIndexOfAny(LineEnds);
        if (lineStart < 0 && least > 0)
        {
            return false;
        }

        lead = lead[(lineStart + 1)..].Trim(" \t-");
        return text[place.Separator] == ':'
            ? lead.IsEmpty && (place.Separator + 1 == text.Length || text[place.Separator + 1] is ' ' or '\t')
            : lead is "" or "export" or "ENV" or "ARG" or "set" or "Environment=" && IsVariable(text, place);
    }

    private static bool IsOfAConnectionString(ReadOnlySpan<char> text, int nameStart)
    {
        var lead = text[Math.Max(0, nameStart - 16)..nameStart].TrimEnd(' ');
        return lead.EndsWith(";", StringComparison.Ordinal) || lead.IsEmpty || lead[^1] is '"' or '\'' or '=' or ':' or '\n';
    }

    /// <summary>To a space, or to a mark that ends the value and not only a part of it.</summary>
    private static int PlainEnd(TextView view, int start, int end)
    {
        var text = view.Text;
        for (var i = start; i < end; i++)
        {
            var after = i + 1 < end ? text[i + 1] : '\n';
            switch (text[i])
            {
                case ' ' or '\t' or ';':
                case '<' when after == '/':
                case ',' or '&' when after is ' ' or '\n' or '"' or '\'' or '\\' or '{' or '[' || IsPair(text[(i + 1)..end]):
                case '"' or '\'' or '`' when after is ' ' or '\n' or ',' or ';' or '}' or ')' or ']' or '\\' or '\r' or '<' or '>' or ':':
                    return i;
                case '\\' or '&' when EscapedMarks.IsAt(text, i):
                    return i;
                case < ' ' or '\u007f':
                    return i;
                case '&' when EntityLength(text[i..end]) is var entity and > 0:
                    if (text.Slice(i, entity) is "&amp;" && IsPair(text[(i + entity)..end]))
                    {
                        return i;
                    }

                    i += entity - 1;
                    break;
                default:
                    i = view.TokenEndAt(i) is { } tokenEnd ? tokenEnd - 1 : i;
                    break;
            }
        }

        return end;
    }

    private static int EntityLength(ReadOnlySpan<char> text)
    {
        var end = text[..Math.Min(text.Length, 10)].IndexOf(';');
        return end > 1 && (text[1] == '#' || char.IsAsciiLetter(text[1])) && !text[1..end].Contains('&') && !text[1..end].ContainsAny(" =") ? end + 1 : 0;
    }

    /// <summary>Whether another name and value follow, so that quotes are around more than one.</summary>
    private static bool HasPair(ReadOnlySpan<char> text)
    {
        var near = text[..Math.Min(text.Length, Near)];
        var from = 0;
        while (from < near.Length && near[from..].IndexOf(' ') is var space and >= 0)
        {
            from += space + 1;
            if (IsPair(near[from..]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Of the environment: in capitals, with an equals sign.</summary>
    private static bool IsVariable(ReadOnlySpan<char> text, Place place) => text[place.Separator] == '=' && text[place.Name.Start..place.Name.End].IndexOfAnyInRange('a', 'z') < 0;

    private static bool IsPair(ReadOnlySpan<char> text)
    {
        var length = text[..Math.Min(text.Length, 40)].IndexOfAnyExcept(NameCharacters);
        return length > 0 && text[length] is '=' or ':';
    }

    /// <summary>Without the brackets and the full stop of what stands around it.</summary>
    private static Range Trimmed(ReadOnlySpan<char> text, int start, int end)
    {
        while (end > start)
        {
            var last = text[end - 1];
            var open = last switch
            {
                ')' => '(',
                ']' => '[',
                '}' => '{',
                '.' or ',' or ' ' or '\t' => '\0',
                _ => ' ',
            };
            if (open == ' ' || (open != '\0' && text[start..Math.Min(end, start + Placeholders.Longest)].Contains(open)) || (last == '.' && end - start > 1 && text[end - 2] == '.'))
            {
                break;
            }

            end--;
        }

        return new Range(start, end);
    }

    /// <summary>"Bearer" may stay, what follows may not.</summary>
    private static Range WithoutScheme(ReadOnlySpan<char> text, Range value)
    {
        var rest = text[value.Start..value.End];
        var scheme = SchemeAt(rest);
        if (scheme < 0)
        {
            return value;
        }

        var token = rest[Schemes[scheme].Length..].TrimStart(' ');
        var start = value.End - token.Length;
        var length = scheme < OfOneWord && token.IndexOf(' ') is var end and >= 0 ? end : token.Length;
        return Trimmed(text, start, start + length);
    }

    private static int SchemeAt(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < Schemes.Length; i++)
        {
            if (text.Length > Schemes[i].Length && text[Schemes[i].Length] == ' ' && text.StartsWith(Schemes[i], StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        return -1;
    }

    private static bool IsSecret(TextView view, Range range, Place place)
    {
        var text = view.Text;
        var value = text[range.Start..range.End];
        if (IsWithoutContent(value))
        {
            return false;
        }

        // Redacted before: what follows the token ended the value then, and may only be written in another way since.
        if (view.TokenEndAt(range.Start) is not null)
        {
            return false;
        }

        var isColon = text[place.Separator] == ':';
        var isWord = isColon && range.Start == place.Separator + 1;
        if (isWord && value.Contains(':') && value.IndexOfAnyExcept(VersionCharacters) < 0)
        {
            // A worker's id: host, process, time.
            return false;
        }

        return place.Kind switch
        {
            // An image's name and tag.
            SecretName.Likely => !IsNumberOrVersion(value) && !(isWord && place.Name.Start > 0 && text[place.Name.Start - 1] == '/'),
            SecretName.Credentials => !SettingSecrets.IsPath(value.TrimStart('\\')),
            SecretName.Signature => !isColon && value.Length >= 8,
            SecretName.Key => IsRandom(value),
            SecretName.Dsn => !value.Contains("://", StringComparison.Ordinal) && value.IndexOf(':') is var colon and >= 0 && value[colon..].Contains('@'),
            SecretName.WorkingFolder => value[0] is not ('/' or '~' or '\\') && !(value.Length > 1 && value[1] == ':'),
            _ => true,
        };
    }

    /// <summary>A placeholder, escaped or not, or a few marks such as brackets.</summary>
    private static bool IsWithoutContent(ReadOnlySpan<char> value)
    {
        if (Placeholders.IsPlaceholder(value))
        {
            return true;
        }

        if (value.Length > Placeholders.Longest)
        {
            return false;
        }

        if (value.Length < 6)
        {
            foreach (var c in value)
            {
                if (char.IsLetterOrDigit(c))
                {
                    return false;
                }
            }

            return true;
        }

        // Redacted and then escaped, or a placeholder that was.
        var resolved = new EscapedText();
        if (resolved.Resolve(new TextView(value)) && Placeholders.IsPlaceholder(resolved.Text.Trim("\"'")))
        {
            return true;
        }

        var tokens = new List<(int Start, int End)>();
        SecretToken.FindAll(value, tokens);
        return tokens.Count > 0 && new TextView(value) { Tokens = tokens }.IsOnlyTokens(0, value.Length);
    }

    private static bool IsProse(ReadOnlySpan<char> value)
    {
        value = value[..Math.Min(value.Length, LongestWord)];
        var length = value.IndexOfAny(Blanks) is var end and >= 0 ? end : value.Length;
        return Prose.GetAlternateLookup<ReadOnlySpan<char>>().Contains(value[..length].TrimEnd(".,;:!?)"));
    }

    private static bool IsNumberOrVersion(ReadOnlySpan<char> value)
    {
        var number = value is ['v' or 'V', .. var version] ? version : value;
        return number.IndexOfAnyExcept(VersionCharacters) < 0 && (number.Length < 6 || number.ContainsAny('.', ':'));
    }

    /// <summary>Long, of letters and digits, and neither an id nor a digest nor a path.</summary>
    public static bool IsRandom(ReadOnlySpan<char> value) =>
        value.Length >= 16
        && value.IndexOfAnyInRange('0', '9') >= 0
        && (value.IndexOfAnyInRange('a', 'z') >= 0 || value.IndexOfAnyInRange('A', 'Z') >= 0)
        && !value.ContainsAny(" /\\")
        && !Guid.TryParse(value, out _)
        && value.IndexOfAnyExcept(HexCharacters) >= 0;

    /// <summary><c>--password value</c>, also as two items of a list.</summary>
    private static void FindFlags(TextView view, FoundSecrets found)
    {
        var text = view.Text;
        var from = 0;
        while (from < text.Length && text[from..].IndexOf("--", StringComparison.Ordinal) is var at and >= 0)
        {
            var nameStart = from + at + 2;
            var rest = text[nameStart..];
            var length = rest[..Math.Min(rest.Length, SecretNames.Longest)].IndexOfAnyExcept(NameCharacters);
            from = nameStart + Math.Max(0, length);
            if (length <= 0)
            {
                from = length < 0 ? Math.Min(text.Length, nameStart + SecretNames.Longest) : nameStart;
                continue;
            }

            var isUser = rest[..length] is "user" or "proxy-user";
            if (!isUser && SecretNames.KindOf(rest[..length]) is SecretName.None or SecretName.Signature or SecretName.WorkingFolder)
            {
                continue;
            }

            var value = FlagValue(text, nameStart + length);
            var secret = text[value.Start..value.End];
            if (!IsWithoutContent(secret) && (secret.IsEmpty || view.TokenEndAt(value.Start) is null) && (!isUser || (secret.Contains(':') && secret.IndexOfAnyExcept(VersionCharacters) >= 0)))
            {
                found.Add(view, value.Start, value.End, SecretKind.NamedValue);
            }
        }
    }

    private static Range FlagValue(ReadOnlySpan<char> text, int from)
    {
        var most = text[..Math.Min(text.Length, from + 32)];
        var start = from;
        while (start < most.Length && most[start] is ' ' or '\t' or '\r' or '\n' or ',' or '"' or '\'' or '\\')
        {
            start++;

            // The next item of a YAML list.
            if (start + 1 < most.Length && most[start] == '-' && most[start + 1] == ' ')
            {
                start += 2;
            }
        }

        if (start == from || start >= text.Length || text[start] == '-' || text[from..start].IndexOfAny(" \t\n,") < 0)
        {
            return default;
        }

        var before = text[start - 1];
        var near = text[start..Math.Min(text.Length, start + LongestList)];
        var line = start + (near.IndexOfAny(LineEnds) is var lineEnd and >= 0 ? lineEnd : near.Length);
        if (before is '"' or '\'')
        {
            return ReadQuoted(text[..line], start - 1) ?? default;
        }

        var length = text[start..line].IndexOfAny(" \t\"',") is var end and >= 0 ? end : line - start;
        return Trimmed(text, start, start + length);
    }

    /// <summary><c>PASSWORD '…'</c> and <c>IDENTIFIED BY '…'</c>.</summary>
    private static void FindSqlPasswords(TextView view, FoundSecrets found)
    {
        var text = view.Text;
        foreach (var word in (ReadOnlySpan<string>)["password", "identified by"])
        {
            var from = 0;
            while (from < text.Length && text[from..].IndexOf(word, StringComparison.OrdinalIgnoreCase) is var at and >= 0)
            {
                from += at + word.Length;
                var rest = text[from..Math.Min(text.Length, from + 16)];
                var quote = rest.Length - rest.TrimStart(" \t").Length;
                if (quote > 0 && quote < rest.Length && rest[quote] == '\'' && ReadQuoted(text, from + quote) is { } value && !IsWithoutContent(text[value.Start..value.End]))
                {
                    found.Add(view, value.Start, value.End, SecretKind.NamedValue);
                    from = value.End;
                }
            }
        }
    }

    /// <summary><c>curl -u user:password</c>.</summary>
    private static void FindCurlUsers(TextView view, FoundSecrets found)
    {
        var text = view.Text;
        var from = 0;
        while (from < text.Length && text[from..].IndexOf("curl ", StringComparison.Ordinal) is var at and >= 0)
        {
            from += at + 5;
            var rest = text[from..Math.Min(text.Length, from + LongestDoubtful)];
            rest = rest.IndexOfAny(LineEnds) is var line and >= 0 ? rest[..line] : rest;
            var flag = rest.StartsWith("-u ", StringComparison.Ordinal) ? 0 : rest.IndexOf(" -u ", StringComparison.Ordinal) + 1;
            if (flag == 0 && !rest.StartsWith("-u ", StringComparison.Ordinal))
            {
                continue;
            }

            var value = FlagValue(text, from + flag + 2);
            var secret = text[value.Start..value.End];
            if (secret.Contains(':') && !IsWithoutContent(secret))
            {
                found.Add(view, value.Start, value.End, SecretKind.NamedValue);
            }
        }
    }

    private readonly record struct Name(int Start, int End, bool IsQuoted);

    private readonly record struct Range(int Start, int End);

    private readonly record struct Place(Name Name, int Separator, int ValueFrom, SecretName Kind, int LineEnd);
}
