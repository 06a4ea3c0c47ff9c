using System.Text;
using Cliply.Diagnostics.Escalations;

namespace Cliply.Diagnostics.Docker;

/// <summary>Takes the values of environment variables out of a Dockerfile.</summary>
internal static class DockerfileText
{
    /// <summary>Leaves the names behind <c>ENV</c>.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Null where it is no Dockerfile, which has an instruction <c>FROM</c>.</returns>
    public static string? WithoutValues(string text)
    {
        var result = new StringBuilder(text.Length);
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        var isDockerfile = false;
        for (var i = 0; i < lines.Length; i++)
        {
            var isComment = IsComment(lines[i]);
            var words = Bare(lines[i]).Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries);
            var prefix = isComment ? "# " : "";
            if (words is [var on, var triggered] && Is(on, "ONBUILD"))
            {
                prefix += "ONBUILD ";
                words = triggered.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries);
            }

            isDockerfile |= !isComment && words.Length == 2 && Is(words[0], "FROM");
            if (words.Length == 0 || !Is(words[0], "ENV"))
            {
                result.Append(lines[i]).Append('\n');
                continue;
            }

            var value = words.Length == 2 ? words[1] : "";
            for (; value.TrimEnd() is [.., '\\' or '`'] && i + 1 < lines.Length && (!isComment || IsComment(lines[i + 1])); i++)
            {
                var isBetween = (!isComment && IsComment(lines[i + 1])) || string.IsNullOrWhiteSpace(lines[i + 1]);
                value = isBetween ? value : $"{value.TrimEnd()[..^1]} {Bare(lines[i + 1])}";
            }

            result.Append(prefix).Append("ENV ").Append(Names(value)).Append('\n');
        }

        result.Length--;
        return isDockerfile ? result.ToString() : null;
    }

    private static bool Is(string word, string instruction) => word.Equals(instruction, StringComparison.OrdinalIgnoreCase);

    private static bool IsComment(string line) => line.AsSpan().TrimStart() is ['#', ..];

    private static string Bare(string line) => IsComment(line) ? line.TrimStart().TrimStart('#') : line;

    /// <summary>"A=1 B='2 3'", or the old form "A all the rest".</summary>
    private static string Names(string value)
    {
        var words = ShellWords.Split(value);
        return words.Count == 0 ? ""
            : words[0].Contains('=', StringComparison.Ordinal) ? string.Join(' ', words.Select(RemovedValues.Of))
            : RemovedValues.IsName(words[0]) ? $"{words[0]} {RemovedValues.Mark}"
            : RemovedValues.Mark;
    }
}
