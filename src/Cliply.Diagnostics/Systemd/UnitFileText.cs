using System.Text;
using Cliply.Diagnostics.Escalations;

namespace Cliply.Diagnostics.Systemd;

/// <summary>Takes the values of environment variables and credentials out of unit files.</summary>
internal static class UnitFileText
{
    private static readonly string[] Assignments = ["Environment", "UnsetEnvironment"];
    private static readonly string[] Credentials = ["SetCredential", "SetCredentialEncrypted"];

    /// <summary>Leaves names in their place; <c>EnvironmentFile=</c> and <c>PassEnvironment=</c> hold no values and stay.</summary>
    /// <param name="text">What <c>systemctl cat</c> prints.</param>
    public static string WithoutValues(string text)
    {
        var result = new StringBuilder(text.Length);
        var lines = text.ReplaceLineEndings("\n").Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            // Somebody may have kept an old value as a comment.
            var comment = IsComment(lines[i]) ? "# " : "";
            var line = Bare(lines[i]);
            var equals = line.IndexOf('=', StringComparison.Ordinal);
            var key = equals < 0 ? "" : line[..equals].Trim();
            var isAssignment = Assignments.Contains(key, StringComparer.OrdinalIgnoreCase);
            if (!isAssignment && !Credentials.Contains(key, StringComparer.OrdinalIgnoreCase))
            {
                result.Append(lines[i]).Append('\n');
                continue;
            }

            // Comments between the lines of a value are passed over; a comment itself goes on only in comments.
            var value = line[(equals + 1)..];
            for (; value.EndsWith('\\') && i + 1 < lines.Length && (comment.Length == 0 || IsComment(lines[i + 1])); i++)
            {
                var isBetween = comment.Length == 0 && IsComment(lines[i + 1]);
                value = isBetween ? value : $"{value[..^1]} {Bare(lines[i + 1])}";
            }

            result.Append(comment).Append(key).Append('=').Append(isAssignment ? string.Join(' ', ShellWords.Split(value).Select(RemovedValues.Of)) : Credential(value)).Append('\n');
        }

        result.Length--;
        return result.ToString();
    }

    private static bool IsComment(string line) => line.AsSpan().TrimStart() is ['#' or ';', ..];

    private static string Bare(string line) => IsComment(line) ? line.TrimStart()[1..] : line;

    private static string Credential(string value) =>
        value.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon && RemovedValues.IsName(value[..colon].Trim()) ? $"{value[..colon].Trim()}:{RemovedValues.Mark}"
        : string.IsNullOrWhiteSpace(value) ? "" : RemovedValues.Mark;
}
