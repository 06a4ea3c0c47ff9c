using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Logs;

namespace Cliply.Diagnostics.Docker;

/// <summary>
/// Takes the pieces of a container's two outputs, makes lines of them, and keeps the newest, bounded in lines and bytes
/// whatever comes.
/// </summary>
internal sealed class LogTail(int mostLines, int mostBytes)
{
    private const int TimestampLength = 64;

    private readonly Output[] _outputs = [new(), new()];
    private readonly Queue<byte[]> _lines = new();
    private long _bytes;
    private bool _isDropped;

    /// <summary>Whether lines, or parts of them, were left out because of their bytes.</summary>
    public bool IsCut => _isDropped || _outputs.Any(o => o.IsCut);

    /// <summary>Takes a piece.</summary>
    /// <param name="output">0 for the standard output, 1 for that of errors.</param>
    /// <param name="piece">Bytes of any number.</param>
    public void Append(int output, ReadOnlySpan<byte> piece)
    {
        var pending = _outputs[output];

        // A line that is longer than the engine's buffer comes in parts, each with a time of its own.
        if (pending.Length > 0)
        {
            piece = piece[TimestampAt(piece)..];
        }

        while (!piece.IsEmpty)
        {
            var end = piece.IndexOf((byte)'\n');
            pending.Add(end < 0 ? piece : piece[..end]);
            if (end < 0)
            {
                return;
            }

            Keep(pending);
            piece = piece[(end + 1)..];
        }
    }

    /// <summary>Ends what was begun, and gives the lines, each with its break.</summary>
    public IReadOnlyCollection<byte[]> Complete()
    {
        foreach (var output in _outputs)
        {
            if (output.Length > 0)
            {
                Keep(output);
            }
        }

        return _lines;
    }

    /// <summary>Scans what was kept.</summary>
    /// <param name="scanner">A new scanner.</param>
    /// <param name="source">Where it was read.</param>
    /// <param name="now">The time of the reading.</param>
    public LogEvidence Scan(LogScanner scanner, string source, DateTimeOffset now)
    {
        var block = new byte[2 * LogScanner.MaxLineLength];
        var length = 0;
        foreach (var line in Complete())
        {
            if (length + line.Length > block.Length)
            {
                scanner.Append(block.AsSpan(0, length));
                length = 0;
            }

            line.CopyTo(block, length);
            length += line.Length;
        }

        scanner.Append(block.AsSpan(0, length));
        return scanner.Complete(source, now);
    }

    private void Keep(Output output)
    {
        var line = output.Take();
        if (line.AsSpan(TimestampAt(line)).IndexOfAnyExcept(" \t\n"u8) < 0)
        {
            // The engine's time would make a blank line one that repeats itself.
            return;
        }

        _lines.Enqueue(line);
        _bytes += line.Length;
        while (_lines.Count > mostLines || (_bytes > mostBytes && _lines.Count > 1))
        {
            _isDropped |= _lines.Count <= mostLines;
            _bytes -= _lines.Dequeue().Length;
        }
    }

    /// <summary>The length of "2026-11-24T05:20:00.123456789Z " at the start; 0 where there is none.</summary>
    private static int TimestampAt(ReadOnlySpan<byte> piece)
    {
        var space = piece[..Math.Min(piece.Length, TimestampLength)].IndexOf((byte)' ');
        return space >= 20 && piece[4] == '-' && piece[7] == '-' && piece[10] == 'T' && piece[13] == ':' && piece[16] == ':' ? space + 1 : 0;
    }

    /// <summary>The line that one output has begun. What the scanner would pass over is dropped here.</summary>
    private sealed class Output
    {
        private byte[] _line = [];

        public int Length { get; private set; }

        public bool IsCut { get; private set; }

        public void Add(ReadOnlySpan<byte> piece)
        {
            var taken = piece[..Math.Min(piece.Length, LogScanner.MaxLineLength - 1 - Length)];
            IsCut |= taken.Length < piece.Length;
            if (Length + taken.Length > _line.Length)
            {
                Array.Resize(ref _line, Math.Min(LogScanner.MaxLineLength, Math.Max(256, 2 * (Length + taken.Length))));
            }

            taken.CopyTo(_line.AsSpan(Length));
            Length += taken.Length;
        }

        /// <summary>The line with its break. A terminal's carriage return before it is none of the worker's.</summary>
        public byte[] Take()
        {
            var line = _line.AsSpan(0, Length).TrimEnd((byte)'\r');
            var whole = new byte[line.Length + 1];
            line.CopyTo(whole);
            whole[^1] = (byte)'\n';
            Length = 0;
            return whole;
        }
    }
}
