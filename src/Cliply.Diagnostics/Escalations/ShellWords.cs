using System.Text;

namespace Cliply.Diagnostics.Escalations;

/// <summary>Takes a line of words with quotes apart.</summary>
internal static class ShellWords
{
    /// <summary>As shells, systemd and Docker take them apart: spaces end a word outside quotes, and a backslash takes the next character as it is.</summary>
    public static IReadOnlyList<string> Split(string value)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var quote = '\0';
        var isWord = false;
        for (var i = 0; i < value.Length; i++)
        {
            var character = value[i];
            if (character == '\\' && i + 1 < value.Length)
            {
                word.Append(value[++i]);
                isWord = true;
            }
            else if (quote == '\0' && character is '"' or '\'')
            {
                quote = character;
                isWord = true;
            }
            else if (character == quote)
            {
                quote = '\0';
            }
            else if (quote == '\0' && char.IsWhiteSpace(character))
            {
                End();
            }
            else
            {
                word.Append(character);
                isWord = true;
            }
        }

        End();
        return words;

        void End()
        {
            if (isWord)
            {
                words.Add(word.ToString());
            }

            word.Clear();
            isWord = false;
        }
    }
}
