using System.Text;

namespace Cliply.Diagnostics.Redaction;

/// <summary>Looks for a secret in bytes of any length, part by part.</summary>
internal sealed class ByteSearch(TextAnalysis analysis, int longestSecret)
{
    private readonly int _ahead = ScanWindow.AheadFor(longestSecret);

    public SecretFinding? Find(ReadOnlySpan<byte> utf8)
    {
        var characters = new char[2 * _ahead];
        long position = 0;
        while (true)
        {
            var part = utf8[..Math.Min(utf8.Length, characters.Length)];
            var length = Encoding.UTF8.GetChars(part, characters);
            if (analysis.Find(characters.AsSpan(0, length)) is [var first, ..])
            {
                return new SecretFinding(first.Kind, position + Encoding.UTF8.GetByteCount(characters.AsSpan(0, first.Start)));
            }

            if (part.Length == utf8.Length)
            {
                return null;
            }

            // Where a character begins.
            var next = part.Length - _ahead;
            while (next > 1 && (utf8[next] & 0xC0) == 0x80)
            {
                next--;
            }

            position += next;
            utf8 = utf8[next..];
        }
    }
}
