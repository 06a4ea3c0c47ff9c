using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Text;

namespace Cliply.Diagnostics.Logs;

/// <summary>
/// Finds any of some phrases in bytes, upper and lower case of ASCII letters being the same. Of each phrase, four bytes that
/// are rare in logs are sought, its window, at sixteen places at once, as in the algorithm Teddy: the two nibbles of a byte
/// select the groups of phrases that may have it there. Only what is found that way is compared byte by byte.
/// </summary>
internal sealed class PhraseSearch
{
    /// <summary>How much memory a search needs to work with, in places.</summary>
    public const int Places = 512;

    private const int WindowLength = 4;
    private const int Groups = 8;
    private const int HashBits = 12;

    /// <summary>The bytes of logs, the most frequent first; those that are not named are rare.</summary>
    private const string FrequentBytes = " 0e1-t2:an3iosr.45/678c9ldpu=m\"gfh,bTZvkw_y";

    /// <summary>What workers write all the time; no good window.</summary>
    private const string FrequentWords = "ffmpeg heartbeat completed worker error";

    private static readonly double[] Frequencies =
        [.. Enumerable.Range(0, 256).Select(b => FrequentBytes.IndexOf((char)b, StringComparison.Ordinal) is >= 0 and var rank ? 0.3 / (rank + 3) : b is >= 32 and < 127 ? 0.003 : 0.0005)];

    private readonly Phrase[][] _lists;
    private readonly byte[] _listOfWindow = new byte[1 << HashBits];
    private readonly byte[] _listOfShort = new byte[256];
    private readonly Vector128<byte>[] _low = new Vector128<byte>[WindowLength];
    private readonly Vector128<byte>[] _high = new Vector128<byte>[WindowLength];

    /// <summary>Prepares a search.</summary>
    /// <param name="phrases">The phrases, none of them empty.</param>
    public PhraseSearch(IEnumerable<byte[]> phrases)
    {
        var all = phrases.Select((bytes, index) => new Phrase(bytes, index)).ToArray();
        _lists = Lists(all);

        var low = new byte[16];
        var high = new byte[16];
        var groups = Grouped(all);
        for (var place = 0; place < WindowLength; place++)
        {
            Array.Clear(low);
            Array.Clear(high);
            for (var group = 0; group < Groups; group++)
            {
                foreach (var value in groups[group].SelectMany(p => p.BytesAt(place)))
                {
                    low[value & 0xF] |= (byte)(1 << group);
                    high[value >> 4] |= (byte)(1 << group);
                }
            }

            _low[place] = Vector128.Create(low);
            _high[place] = Vector128.Create(high);
        }
    }

    /// <summary>Finds all phrases in a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="places">Memory to work with, <see cref="Places"/> long.</param>
    public Matches In(ReadOnlySpan<byte> text, Span<int> places) => new(this, text, places);

    /// <summary>Which phrases are compared where a window may be: list 0 is none, the last one all.</summary>
    private Phrase[][] Lists(Phrase[] all)
    {
        var lists = new List<Phrase[]> { Array.Empty<Phrase>() };
        var shorter = all.Where(p => p.Window.Length < WindowLength).ToArray();
        foreach (var start in shorter.SelectMany(p => p.BytesAt(0)).Distinct())
        {
            _listOfShort[start] = 1;
        }

        if (shorter.Length > 0)
        {
            lists.Add(shorter);
        }

        foreach (var same in all.Except(shorter).GroupBy(p => HashOf(MemoryMarshal.Read<uint>(Encoding.Latin1.GetBytes(p.Window)))))
        {
            if (lists.Count == byte.MaxValue)
            {
                lists[^1] = all;
            }
            else
            {
                lists.Add([.. same, .. shorter]);
            }

            _listOfWindow[same.Key] = (byte)(lists.Count - 1);
        }

        return [.. lists, all];
    }

    /// <summary>Puts together what together selects few other texts. Short phrases, whose windows end in anything, stay by themselves.</summary>
    private static List<Phrase>[] Grouped(Phrase[] all)
    {
        var groups = Enumerable.Range(0, Groups).Select(_ => new List<Phrase>()).ToArray();
        groups[0].AddRange(all.Where(p => p.Window.Length < WindowLength));
        foreach (var phrase in all.Where(p => p.Window.Length == WindowLength).OrderByDescending(p => Frequency([p])))
        {
            groups[1..].MinBy(g => Frequency([.. g, phrase]) - Frequency(g))!.Add(phrase);
        }

        return groups;
    }

    /// <summary>How often the nibbles of a group's windows select a place.</summary>
    private static double Frequency(List<Phrase> group)
    {
        var frequency = group.Count == 0 ? 0.0 : 1.0;
        for (var place = 0; place < WindowLength; place++)
        {
            uint low = 0, high = 0;
            foreach (var value in group.SelectMany(p => p.BytesAt(place)))
            {
                low |= 1u << (value & 0xF);
                high |= 1u << (value >> 4);
            }

            frequency *= Enumerable.Range(0, 256).Where(b => ((low >> (b & 0xF)) & (high >> (b >> 4)) & 1) != 0).Sum(b => Frequencies[b]);
        }

        return frequency;
    }

    /// <summary>Upper and lower case have one hash; some other bytes share it too, which costs a comparison.</summary>
    private static int HashOf(uint window) => (int)(((window | 0x20202020) * 0x9E3779B1) >> (32 - HashBits));

    private Phrase[] ListAt(ReadOnlySpan<byte> text, int place)
    {
        if (text.Length - place < WindowLength)
        {
            return _lists[^1];
        }

        var list = _listOfWindow[HashOf(MemoryMarshal.Read<uint>(text[place..]))];
        return _lists[list != 0 ? list : _listOfShort[text[place]]];
    }

    /// <summary>Places whose next four bytes may be a window, as many as there is room for.</summary>
    private int FindPlaces(ReadOnlySpan<byte> text, ref int next, Span<int> places)
    {
        ref var start = ref MemoryMarshal.GetReference(text);
        var count = 0;
        int end;
        if (Avx2.IsSupported)
        {
            Vector256<byte> low0 = Twice(_low[0]), low1 = Twice(_low[1]), low2 = Twice(_low[2]), low3 = Twice(_low[3]);
            Vector256<byte> high0 = Twice(_high[0]), high1 = Twice(_high[1]), high2 = Twice(_high[2]), high3 = Twice(_high[3]);
            end = text.Length - Vector256<byte>.Count - WindowLength + 1;
            var full = places.Length - Vector256<byte>.Count;
            for (; next <= end && count <= full; next += Vector256<byte>.Count)
            {
                var found = Select256(Vector256.LoadUnsafe(ref start, (nuint)next), low0, high0)
                    & Select256(Vector256.LoadUnsafe(ref start, (nuint)next + 1), low1, high1)
                    & Select256(Vector256.LoadUnsafe(ref start, (nuint)next + 2), low2, high2)
                    & Select256(Vector256.LoadUnsafe(ref start, (nuint)next + 3), low3, high3);
                if (found != Vector256<byte>.Zero)
                {
                    for (var bits = (~Vector256.Equals(found, Vector256<byte>.Zero)).ExtractMostSignificantBits(); bits != 0; bits &= bits - 1)
                    {
                        places[count++] = next + BitOperations.TrailingZeroCount(bits);
                    }
                }
            }
        }
        else
        {
            Vector128<byte> low0 = _low[0], low1 = _low[1], low2 = _low[2], low3 = _low[3], high0 = _high[0], high1 = _high[1], high2 = _high[2], high3 = _high[3];
            end = text.Length - Vector128<byte>.Count - WindowLength + 1;
            var full = places.Length - Vector128<byte>.Count;
            for (; next <= end && count <= full; next += Vector128<byte>.Count)
            {
                var found = Select128(Vector128.LoadUnsafe(ref start, (nuint)next), low0, high0)
                    & Select128(Vector128.LoadUnsafe(ref start, (nuint)next + 1), low1, high1)
                    & Select128(Vector128.LoadUnsafe(ref start, (nuint)next + 2), low2, high2)
                    & Select128(Vector128.LoadUnsafe(ref start, (nuint)next + 3), low3, high3);
                if (found != Vector128<byte>.Zero)
                {
                    for (var bits = (~Vector128.Equals(found, Vector128<byte>.Zero)).ExtractMostSignificantBits(); bits != 0; bits &= bits - 1)
                    {
                        places[count++] = next + BitOperations.TrailingZeroCount(bits);
                    }
                }
            }
        }

        // What is left is shorter than one look.
        for (; next > end && next < text.Length && count < places.Length; next++)
        {
            places[count++] = next;
        }

        return count;

        static Vector128<byte> Select128(Vector128<byte> bytes, Vector128<byte> low, Vector128<byte> high) =>
            Vector128.ShuffleNative(low, bytes & Vector128.Create((byte)0xF)) & Vector128.ShuffleNative(high, (bytes.AsUInt16() >> 4).AsByte() & Vector128.Create((byte)0xF));

        static Vector256<byte> Select256(Vector256<byte> bytes, Vector256<byte> low, Vector256<byte> high) =>
            Avx2.Shuffle(low, bytes & Vector256.Create((byte)0xF)) & Avx2.Shuffle(high, (bytes.AsUInt16() >> 4).AsByte() & Vector256.Create((byte)0xF));

        static Vector256<byte> Twice(Vector128<byte> half) => Vector256.Create(half, half);
    }

    /// <summary>Steps from phrase to phrase, in the order of their windows.</summary>
    public ref struct Matches(PhraseSearch search, ReadOnlySpan<byte> text, Span<int> places)
    {
        private readonly ReadOnlySpan<byte> _text = text;
        private readonly Span<int> _places = places;
        private Phrase[] _phrases = [];
        private int _phrase;
        private int _place;
        private int _count;
        private int _next;

        /// <summary>Where the phrase starts.</summary>
        public int Start { get; private set; }

        /// <summary>The phrase's index among those that the search was made for.</summary>
        public int Index { get; private set; }

        /// <summary>Goes to the next phrase; false where there is none.</summary>
        public bool MoveNext()
        {
            while (true)
            {
                while (_phrase < _phrases.Length)
                {
                    var phrase = _phrases[_phrase++];
                    var start = _places[_place - 1] - phrase.WindowOffset;
                    if (phrase.IsAt(_text, start))
                    {
                        Start = start;
                        Index = phrase.Index;
                        return true;
                    }
                }

                _phrases = [];
                while (_phrases.Length == 0)
                {
                    if (_place < _count)
                    {
                        _phrases = search.ListAt(_text, _places[_place++]);
                    }
                    else if (_next < _text.Length)
                    {
                        _count = search.FindPlaces(_text, ref _next, _places);
                        _place = 0;
                    }
                    else
                    {
                        return false;
                    }
                }

                _phrase = 0;
            }
        }
    }

    /// <summary>One phrase in lower case, and where its window is.</summary>
    private sealed class Phrase
    {
        private readonly byte[] _bytes;
        private readonly ulong _start;
        private readonly ulong _startMask;
        private readonly ulong _startLetters;

        public Phrase(byte[] bytes, int index)
        {
            Index = index;
            _bytes = [.. bytes.Select(Lower)];
            WindowOffset = Enumerable.Range(0, Math.Max(1, bytes.Length - WindowLength + 1)).MinBy(FrequencyAt);
            Window = WindowAt(WindowOffset);
            for (var i = 0; i < Math.Min(bytes.Length, sizeof(ulong)); i++)
            {
                _start |= (ulong)_bytes[i] << (8 * i);
                _startMask |= 0xFFUL << (8 * i);
                _startLetters |= (char.IsAsciiLetter((char)bytes[i]) ? 0x20UL : 0) << (8 * i);
            }
        }

        public int Index { get; }

        public int WindowOffset { get; }

        /// <summary>Shorter than a window only where the phrase is.</summary>
        public string Window { get; }

        /// <summary>The bytes that may stand at a place of the window; behind a short phrase's end, any.</summary>
        public IEnumerable<byte> BytesAt(int place)
        {
            if (place >= Window.Length)
            {
                return Enumerable.Range(0, 256).Select(b => (byte)b);
            }

            var value = Window[place];
            return char.IsAsciiLetter(value) ? [(byte)value, (byte)char.ToUpperInvariant(value)] : [(byte)value];
        }

        public bool IsAt(ReadOnlySpan<byte> text, int start)
        {
            if (start < 0 || start + _bytes.Length > text.Length)
            {
                return false;
            }

            text = text[start..];
            if (text.Length < sizeof(ulong))
            {
                return IsRestAt(text, 0);
            }

            return ((BinaryPrimitives.ReadUInt64LittleEndian(text) | _startLetters) & _startMask) == _start && IsRestAt(text, sizeof(ulong));
        }

        private bool IsRestAt(ReadOnlySpan<byte> text, int from)
        {
            for (var i = from; i < _bytes.Length; i++)
            {
                if (Lower(text[i]) != _bytes[i])
                {
                    return false;
                }
            }

            return true;
        }

        private double FrequencyAt(int offset)
        {
            var window = WindowAt(offset);
            var frequency = FrequentWords.Contains(window, StringComparison.Ordinal) ? 1_000.0 : 1.0;
            return window.Aggregate(frequency, (product, c) => product * Frequencies[c]);
        }

        private string WindowAt(int offset) => Encoding.Latin1.GetString(_bytes, offset, Math.Min(WindowLength, _bytes.Length - offset));

        private static byte Lower(byte b) => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;
    }
}
