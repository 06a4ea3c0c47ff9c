namespace Cliply.Diagnostics.Redaction;

/// <summary>
/// Redacts a text that comes in pieces, cut anywhere, in constant memory: a secret may lie across pieces, a PEM block across
/// lines. How the text is cut never changes the result. A secret of more than 128 Ki characters takes the rest of its line
/// with it. Not safe for concurrent use.
/// </summary>
public sealed class StreamingRedactor
{
    /// <summary>The part of what lies ahead that is kept of what has been written, so that a key is seen before its value.</summary>
    private const int ContextShare = 16;

    private readonly SecretRedactor _redactor;
    private readonly TextAnalysis _analysis;
    private readonly char[] _buffer;
    private readonly int _ahead;
    private int _length;
    private int _written;
    private bool _isSkipping;

    internal StreamingRedactor(SecretRedactor redactor, TextAnalysis analysis, int ahead)
    {
        _redactor = redactor;
        _analysis = analysis;
        _ahead = ahead;
        _buffer = new char[2 * _ahead];
    }

    /// <summary>Takes a piece, and writes what is certain by now.</summary>
    /// <param name="piece">Characters of any number.</param>
    /// <param name="output">Gets the redacted text.</param>
    public void Append(ReadOnlySpan<char> piece, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(output);
        while (!piece.IsEmpty)
        {
            if (_isSkipping)
            {
                var lineEnd = piece.IndexOf('\n');
                if (lineEnd < 0)
                {
                    return;
                }

                piece = piece[lineEnd..];
                _isSkipping = false;
            }

            var taken = Math.Min(piece.Length, _buffer.Length - _length);
            piece[..taken].CopyTo(_buffer.AsSpan(_length));
            _length += taken;
            piece = piece[taken..];
            if (_length == _buffer.Length)
            {
                Write(output, isEnd: false);
            }
        }
    }

    /// <summary>Ends the text, and writes the rest. The next piece begins another text.</summary>
    /// <param name="output">Gets the redacted text.</param>
    public void Complete(TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(output);
        Write(output, isEnd: true);
        _length = 0;
        _written = 0;
        _isSkipping = false;
    }

    private void Write(TextWriter output, bool isEnd)
    {
        var text = _buffer.AsSpan(0, _length);
        var found = _analysis.Find(text);
        var limit = isEnd ? _length : ScanWindow.LimitIn(text, _written, _length - _ahead);
        foreach (var secret in found)
        {
            if (!isEnd && secret.Start < limit && secret.End > limit)
            {
                // One that may go on is left for later, unless there is no room for more of it.
                limit = secret.Start > _written ? secret.Start : secret.End;
                _isSkipping = limit == _length;
            }

            if (secret.Start >= limit)
            {
                break;
            }

            if (secret.End <= _written)
            {
                continue;
            }

            output.Write(text[_written..Math.Max(_written, secret.Start)]);
            output.Write(_redactor.TokenOf(secret, text));
            _written = secret.End;
        }

        if (_written < limit)
        {
            output.Write(text[_written..limit]);
            _written = limit;
        }

        var kept = Math.Max(0, _written - (_ahead / ContextShare));
        text[kept..].CopyTo(_buffer);
        _length -= kept;
        _written -= kept;
    }
}
