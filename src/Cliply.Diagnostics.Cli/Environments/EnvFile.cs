using System.Text;

namespace Cliply.Diagnostics.Cli.Environments;

/// <summary>
/// A <c>.env</c> file as Node's dotenv and Docker Compose read it: <c>NAME=value</c>, <c>export</c> before it, quotes around the
/// value, which may then span lines, comments. Lines that none of them reads are kept by number, since there lies the error.
/// </summary>
internal sealed class EnvFile
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly List<int> _unreadable = [];
    private readonly List<(string Name, int Line)> _repeated = [];

    /// <summary>Numbers of the lines that are neither blank, a comment nor <c>NAME=value</c>.</summary>
    public IReadOnlyList<int> UnreadableLines => _unreadable;

    /// <summary>Names that are set again, and where; the last one holds.</summary>
    public IReadOnlyList<(string Name, int Line)> Repeated => _repeated;

    public string? this[string name] => _values.GetValueOrDefault(name);

    public static EnvFile Read(string text)
    {
        var file = new EnvFile();
        var lines = text.TrimStart('\uFEFF').ReplaceLineEndings("\n").Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var line = lines[i].Trim();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            var start = i;
            var assignment = line.StartsWith("export ", StringComparison.Ordinal) ? line["export ".Length..].TrimStart() : line;
            var equals = assignment.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? "" : assignment[..equals].TrimEnd();
            if (!IsName(name) || Value(assignment[(equals + 1)..].TrimStart(), lines, ref i) is not { } value)
            {
                file._unreadable.Add(start + 1);
                i = start;
                continue;
            }

            if (!file._values.TryAdd(name, value))
            {
                file._values[name] = value;
                file._repeated.Add((name, start + 1));
            }
        }

        return file;
    }

    private static bool IsName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');

    /// <summary>Null where a quote is opened and never closed.</summary>
    private static string? Value(string rest, string[] lines, ref int line)
    {
        if (rest.Length == 0 || rest[0] is not ('"' or '\'' or '`'))
        {
            var comment = rest.IndexOf(" #", StringComparison.Ordinal);
            return (comment < 0 ? rest : rest[..comment]).TrimEnd();
        }

        var quote = rest[0];
        var value = new StringBuilder();
        for (var text = rest[1..]; ; text = lines[line])
        {
            for (var i = 0; i < text.Length; i++)
            {
                if (quote == '"' && text[i] == '\\' && i + 1 < text.Length)
                {
                    i++;
                    value.Append(text[i] switch { 'n' => "\n", 'r' => "\r", '"' => "\"", '\\' => "\\", var other => $"\\{other}" });
                }
                else if (text[i] == quote)
                {
                    var after = text[(i + 1)..].TrimStart();
                    return after.Length == 0 || after[0] == '#' ? value.ToString() : null;
                }
                else
                {
                    value.Append(text[i]);
                }
            }

            value.Append('\n');
            line++;
            if (line >= lines.Length)
            {
                return null;
            }
        }
    }
}
