using System.Text;
using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Logs;

/// <summary>
/// Reads a log as bytes, in pieces of any size: which patterns it shows, how often and when, when it was last written, and
/// whether it says the same again and again. Takes time linear in the log and constant memory on every input. How the
/// bytes are cut never changes the result. Not safe for concurrent use.
/// </summary>
public sealed class LogScanner
{
    /// <summary>How much of a line is read, in bytes; the rest of a longer one is passed over.</summary>
    public const int MaxLineLength = 32 * 1024;

    /// <summary>How much of a line is kept to show a part of it, in bytes: a secret in it must not be cut before it is recognised.</summary>
    private const int SampleLength = 4 * 1024;

    private readonly LogPatternMatcher _matcher;
    private readonly LineShapes? _shapes;
    private readonly Finding?[] _findings;
    private readonly bool[] _shown;
    private readonly List<int> _inLine = [];
    private readonly int[] _places = new int[PhraseSearch.Places];
    private readonly byte[] _pending = new byte[MaxLineLength];
    private readonly List<(int LineEnd, Finding Finding, bool IsFirst)> _timesWanted = [];
    private int _pendingLength;
    private bool _isSkipping;
    private long _lines;
    private LogLineTime _lastTime;

    /// <summary>Starts with nothing read.</summary>
    /// <param name="matcher">The patterns to look for.</param>
    /// <param name="detail">What else to find out.</param>
    public LogScanner(LogPatternMatcher matcher, LogScanDetail detail = LogScanDetail.Full)
    {
        ArgumentNullException.ThrowIfNull(matcher);
        _matcher = matcher;
        _shapes = detail == LogScanDetail.Full ? new LineShapes() : null;
        _findings = new Finding?[matcher.Patterns.Count];
        _shown = new bool[matcher.Patterns.Count];
    }

    /// <summary>Reads on.</summary>
    /// <param name="utf8">The next bytes; UTF-8, or anything else.</param>
    public void Append(ReadOnlySpan<byte> utf8)
    {
        while (!utf8.IsEmpty)
        {
            if (_isSkipping || _pendingLength > 0)
            {
                utf8 = FinishLine(utf8);
                continue;
            }

            var block = utf8[..Math.Min(utf8.Length, MaxLineLength)];
            var end = block.LastIndexOf((byte)'\n') + 1;
            if (end > 0)
            {
                ReadLines(block[..end]);
                utf8 = utf8[end..];
            }
            else
            {
                utf8 = FinishLine(utf8);
            }
        }
    }

    /// <summary>Ends the log and says what it shows.</summary>
    /// <param name="source">Where it was read, such as <c>docker:worker-1</c>.</param>
    /// <param name="now">Tells the year of times that are written without one.</param>
    public LogEvidence Complete(string source, DateTimeOffset now)
    {
        if (_pendingLength > 0)
        {
            ReadLines(_pending.AsSpan(0, _pendingLength));
            _lines++;
            _pendingLength = 0;
        }

        var dominant = _shapes?.Dominant;
        return new LogEvidence
        {
            Source = source,
            Lines = _lines,
            LastLineAt = _lastTime.In(now),
            DominantLineShare = dominant?.Share,
            DominantPattern = dominant is { } line ? _matcher.FirstMatch(Encoding.UTF8.GetString(line.Example)) : null,
            Findings =
            [
                .. _findings.Select((finding, i) => finding is null ? null : new LogFinding
                {
                    Pattern = _matcher.Patterns[i].Code,
                    Count = finding.Count,
                    FirstAt = finding.First.In(now),
                    LastAt = finding.Last.In(now),
                    Sample = _matcher.Sample(finding.SampleText, finding.IsSampleCut),
                }).OfType<LogFinding>(),
            ],
        };
    }

    /// <summary>Takes bytes up to the end of the line that has begun, or as many as there are.</summary>
    private ReadOnlySpan<byte> FinishLine(ReadOnlySpan<byte> utf8)
    {
        var newLine = utf8.IndexOf((byte)'\n');
        var rest = newLine < 0 ? utf8 : utf8[..newLine];
        if (!_isSkipping)
        {
            var taken = rest[..Math.Min(rest.Length, MaxLineLength - _pendingLength)];
            taken.CopyTo(_pending.AsSpan(_pendingLength));
            _pendingLength += taken.Length;
            _isSkipping = taken.Length < rest.Length;
        }

        if (newLine < 0)
        {
            return [];
        }

        ReadLines(_pending.AsSpan(0, _pendingLength));
        _lines++;
        _pendingLength = 0;
        _isSkipping = false;
        return utf8[(newLine + 1)..];
    }

    /// <summary>Reads whole lines; the last one need not have its line break here.</summary>
    private void ReadLines(ReadOnlySpan<byte> lines)
    {
        _lines += lines.Count((byte)'\n');
        FindPatterns(lines);
        if (_shapes is null)
        {
            return;
        }

        foreach (var line in new LineEnumerator(lines))
        {
            _shapes.Add(line);
        }

        ReadTimes(lines);
    }

    private void FindPatterns(ReadOnlySpan<byte> lines)
    {
        var lineStart = -1;
        var lineEnd = -1;
        var isLineDone = false;
        var needles = _matcher.Needles;
        var matches = _matcher.NeedleSearch.In(lines, _places);
        while (matches.MoveNext())
        {
            if (matches.Start >= lineEnd)
            {
                EndLine(lineEnd);
                lineStart = -1;
                var length = lines[matches.Start..].IndexOf((byte)'\n');
                lineEnd = length < 0 ? lines.Length : matches.Start + length;
                isLineDone = false;
            }

            var needle = needles[matches.Index];
            if (isLineDone || _shown[needle.Pattern])
            {
                continue;
            }

            if (needle.IsEnough)
            {
                Show(needle.Pattern);
                continue;
            }

            // Once a line: a long one can be full of matches.
            lineStart = lineStart >= 0 ? lineStart : lines[..matches.Start].LastIndexOf((byte)'\n') + 1;
            if (needle.ByBytes is { } pattern)
            {
                if (pattern.ConfirmsIn(lines[lineStart..lineEnd], matches.Start - lineStart, needle.Bytes.Length))
                {
                    Show(needle.Pattern);
                }

                continue;
            }

            _matcher.Find(Encoding.UTF8.GetString(lines[lineStart..lineEnd]), 0, _shown);
            for (var i = 0; i < _shown.Length; i++)
            {
                if (_shown[i])
                {
                    Show(i);
                }
            }

            isLineDone = true;
        }

        EndLine(lineEnd);
    }

    private void Show(int pattern)
    {
        _shown[pattern] = true;
        _inLine.Add(pattern);
    }

    /// <summary>Counts what the line that ends there shows.</summary>
    private void EndLine(int lineEnd)
    {
        if (_inLine.Count == 0)
        {
            return;
        }

        _matcher.Settle(_shown);
        foreach (var pattern in _inLine)
        {
            if (_shown[pattern])
            {
                _shown[pattern] = false;
                (_findings[pattern] ??= new Finding()).Add(lineEnd);
            }
        }

        _inLine.Clear();
    }

    /// <summary>A line without a time has that of the nearest line before it. All that is wanted is found in one walk over the block.</summary>
    private void ReadTimes(ReadOnlySpan<byte> lines)
    {
        _timesWanted.Clear();
        foreach (var finding in _findings)
        {
            if (finding is { LastEnd: >= 0 })
            {
                if (!finding.HasFirst)
                {
                    _timesWanted.Add((finding.FirstEnd, finding, true));
                }

                _timesWanted.Add((finding.LastEnd, finding, false));
                finding.KeepSample(lines);
            }
        }

        _timesWanted.Sort(static (one, other) => one.LineEnd.CompareTo(other.LineEnd));
        var from = 0;
        foreach (var (lineEnd, finding, isFirst) in _timesWanted)
        {
            _lastTime = LastTime(lines[from..lineEnd]) ?? _lastTime;
            from = lineEnd;
            if (isFirst)
            {
                finding.SetFirst(_lastTime);
            }
            else
            {
                finding.SetLast(_lastTime);
            }
        }

        _lastTime = LastTime(lines[from..]) ?? _lastTime;
    }

    private static LogLineTime? LastTime(ReadOnlySpan<byte> lines)
    {
        lines = lines.EndsWith("\n"u8) ? lines[..^1] : lines;
        while (!lines.IsEmpty)
        {
            var start = lines.LastIndexOf((byte)'\n') + 1;
            if (LogLineTime.Read(lines[start..]) is { } time)
            {
                return time;
            }

            lines = lines[..Math.Max(0, start - 1)];
        }

        return null;
    }

    private ref struct LineEnumerator(ReadOnlySpan<byte> lines)
    {
        private ReadOnlySpan<byte> _rest = lines;

        public ReadOnlySpan<byte> Current { get; private set; }

        public readonly LineEnumerator GetEnumerator() => this;

        public bool MoveNext()
        {
            if (_rest.IsEmpty)
            {
                return false;
            }

            var end = _rest.IndexOf((byte)'\n');
            Current = end < 0 ? _rest : _rest[..end];
            _rest = end < 0 ? [] : _rest[(end + 1)..];
            return true;
        }
    }

    /// <summary>What is known of one pattern; a line in the block that is being read is known by its end.</summary>
    private sealed class Finding
    {
        private byte[] _sample = [];
        private int _sampleLength;

        public long Count { get; private set; }

        public int FirstEnd { get; private set; } = -1;

        public int LastEnd { get; private set; } = -1;

        public bool HasFirst { get; private set; }

        public LogLineTime First { get; private set; }

        public LogLineTime Last { get; private set; }

        public bool IsSampleCut { get; private set; }

        public string? SampleText => _sampleLength == 0 ? null : Encoding.UTF8.GetString(_sample, 0, _sampleLength);

        public void Add(int lineEnd)
        {
            Count++;
            FirstEnd = FirstEnd < 0 ? lineEnd : FirstEnd;
            LastEnd = lineEnd;
        }

        public void KeepSample(ReadOnlySpan<byte> lines)
        {
            var line = lines[..LastEnd];
            line = line[(line.LastIndexOf((byte)'\n') + 1)..];
            _sampleLength = Math.Min(line.Length, SampleLength);
            IsSampleCut = line.Length > SampleLength;
            _sample = _sample.Length == 0 ? new byte[SampleLength] : _sample;
            line[.._sampleLength].CopyTo(_sample);
        }

        public void SetFirst(LogLineTime time)
        {
            First = time;
            HasFirst = true;
        }

        public void SetLast(LogLineTime time)
        {
            Last = time;
            LastEnd = -1;
        }
    }
}
