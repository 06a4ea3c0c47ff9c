using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Cliply.Diagnostics.Logs;

/// <summary>
/// Counts how often each line is repeated after what changes from line to line is masked: every word that holds a digit,
/// such as a number, an id or a time, where a word is made of letters, digits and any of <c>:-.+_</c>. Keeps a bounded number of shapes: when there are more, the rarest go, as in the
/// algorithm of Misra and Gries, and a shape that fills more than 1/512 of the log is always among those
/// that stay. Its count is exact unless it had to go meanwhile, and never too high.
/// </summary>
internal sealed class LineShapes
{
    private const int MaxShapes = 1_024;
    private const int ExampleLength = 512;
    private const int BlockLength = 64;

    private readonly Dictionary<ulong, Shape> _shapes = new(MaxShapes + 1);
    private Shape? _latest;
    private long _lines;
    private long _removed;

    /// <summary>The most repeated line: how many of the lines it is, from 0 to 1, and its first example; null without a line.</summary>
    public (double Share, byte[] Example)? Dominant
    {
        get
        {
            var dominant = _shapes.Values.MaxBy(s => (s.Count + _removed - s.RemovedBefore, -s.FirstLine));
            return dominant is null ? null : ((double)(dominant.Count + _removed - dominant.RemovedBefore) / _lines, dominant.Example);
        }
    }

    /// <summary>Takes one line in; blank ones count for nothing.</summary>
    public void Add(ReadOnlySpan<byte> line)
    {
        line = line.TrimEnd(" \t\r"u8);
        if (line.IsEmpty)
        {
            return;
        }

        _lines++;
        var hash = Hash(line);
        if (_latest is not { } shape || shape.Hash != hash)
        {
            if (!_shapes.TryGetValue(hash, out shape))
            {
                shape = Insert(hash, line);
            }

            _latest = shape;
        }

        shape.Count++;
    }

    private Shape Insert(ulong hash, ReadOnlySpan<byte> line)
    {
        if (_shapes.Count >= MaxShapes)
        {
            RemoveRarest();
        }

        var shape = new Shape(hash, line[..Math.Min(line.Length, ExampleLength)].ToArray(), _lines, _removed);
        _shapes.Add(hash, shape);
        return shape;
    }

    /// <summary>Takes the middle count from all, which removes at least half of them.</summary>
    private void RemoveRarest()
    {
        var counts = _shapes.Values.Select(s => s.Count).ToArray();
        Array.Sort(counts);
        var middle = counts[counts.Length / 2];
        _removed += middle;
        foreach (var shape in _shapes.Values)
        {
            shape.Count -= middle;
            if (shape.Count <= 0)
            {
                _shapes.Remove(shape.Hash);
            }
        }
    }

    /// <summary>
    /// The hash of what stays of a line. Looks at 64 bytes at once: one bit each says whether it is a digit, and whether it is
    /// part of a word.
    /// </summary>
    private static ulong Hash(ReadOnlySpan<byte> line)
    {
        ulong hash = 0;
        var kept = 0;
        var wordStart = -1;
        var isMasked = false;
        Span<byte> end = stackalloc byte[BlockLength];
        for (var at = 0; at < line.Length; at += BlockLength)
        {
            scoped var block = line[at..];
            if (block.Length < BlockLength)
            {
                end.Clear();
                block.CopyTo(end);
                block = end;
            }

            var (digits, words) = Classify(block);
            if (isMasked)
            {
                var length = BitOperations.TrailingZeroCount(~words);
                if (length == BlockLength)
                {
                    continue;
                }

                isMasked = false;
                kept = at + length;
                digits &= ~0UL << length;
            }

            while (digits != 0)
            {
                var digit = BitOperations.TrailingZeroCount(digits);
                var before = ~words & ((1UL << digit) - 1);
                var start = before != 0 ? at + BlockLength - BitOperations.LeadingZeroCount(before) : wordStart >= 0 ? wordStart : at;
                hash = Add(hash, line[kept..start]);
                var behind = ~words & (~0UL << digit);
                if (behind == 0)
                {
                    isMasked = true;
                    break;
                }

                var length = BitOperations.TrailingZeroCount(behind);
                kept = at + length;
                digits &= ~0UL << length;
            }

            wordStart = (long)words >= 0 ? -1 : ~words != 0 ? at + BlockLength - BitOperations.LeadingZeroCount(~words) : wordStart >= 0 ? wordStart : at;
        }

        return isMasked ? Add(hash, []) : Add(hash, line[Math.Min(kept, line.Length)..]);
    }

    private static (ulong Digits, ulong Words) Classify(ReadOnlySpan<byte> block)
    {
        var (digits, words) = Half(Vector256.Create(block));
        var (moreDigits, moreWords) = Half(Vector256.Create(block[Vector256<byte>.Count..]));
        return (digits | ((ulong)moreDigits << Vector256<byte>.Count), words | ((ulong)moreWords << Vector256<byte>.Count));

        static (uint Digits, uint Words) Half(Vector256<byte> bytes)
        {
            var digits = Vector256.LessThan(bytes - Vector256.Create((byte)'0'), Vector256.Create((byte)10));
            var words = digits
                | Vector256.LessThan((bytes | Vector256.Create((byte)0x20)) - Vector256.Create((byte)'a'), Vector256.Create((byte)26))
                | Vector256.Equals(bytes, Vector256.Create((byte)':')) | Vector256.Equals(bytes, Vector256.Create((byte)'-')) | Vector256.Equals(bytes, Vector256.Create((byte)'.'))
                | Vector256.Equals(bytes, Vector256.Create((byte)'+')) | Vector256.Equals(bytes, Vector256.Create((byte)'_'));
            return (digits.ExtractMostSignificantBits(), words.ExtractMostSignificantBits());
        }
    }

    private static ulong Add(ulong hash, ReadOnlySpan<byte> text)
    {
        hash = Mix(hash, (ulong)text.Length);
        while (text.Length >= sizeof(ulong))
        {
            hash = Mix(hash, MemoryMarshal.Read<ulong>(text));
            text = text[sizeof(ulong)..];
        }

        ulong rest = 0;
        foreach (var b in text)
        {
            rest = (rest << 8) | b;
        }

        return Mix(hash, rest);
    }

    private static ulong Mix(ulong hash, ulong value)
    {
        hash = (hash ^ value) * 0x9E3779B97F4A7C15;
        return hash ^ (hash >> 32);
    }

    private sealed class Shape(ulong hash, byte[] example, long firstLine, long removedBefore)
    {
        public ulong Hash => hash;

        public byte[] Example => example;

        public long FirstLine => firstLine;

        public long RemovedBefore => removedBefore;

        public long Count { get; set; }
    }
}
