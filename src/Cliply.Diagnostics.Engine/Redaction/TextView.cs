namespace Cliply.Diagnostics.Redaction;

/// <summary>A text as it is, or with its escapes resolved, which then says where in the original each character stands.</summary>
internal readonly ref struct TextView
{
    private readonly ReadOnlySpan<int> _starts;
    private readonly ReadOnlySpan<int> _ends;

    public TextView(ReadOnlySpan<char> text) => Text = text;

    public TextView(ReadOnlySpan<char> text, ReadOnlySpan<int> starts, ReadOnlySpan<int> ends)
    {
        Text = text;
        _starts = starts;
        _ends = ends;
    }

    public ReadOnlySpan<char> Text { get; }

    /// <summary>The tokens in this view, in order.</summary>
    public IReadOnlyList<(int Start, int End)> Tokens { get; init; } = [];

    public TextView With(IReadOnlyList<(int Start, int End)> tokens) => new(Text, _starts, _ends) { Tokens = tokens };

    public int StartOf(int index) => _starts.IsEmpty ? index : _starts[index];

    public int EndOf(int index) => _ends.IsEmpty ? index + 1 : _ends[index];

    /// <summary>Where the token ends that covers this place; null: none does.</summary>
    public int? TokenEndAt(int index)
    {
        var (low, high) = (0, Tokens.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var (start, end) = Tokens[middle];
            if (index < start)
            {
                high = middle - 1;
            }
            else if (index >= end)
            {
                low = middle + 1;
            }
            else
            {
                return end;
            }
        }

        return null;
    }

    /// <summary>Whether there is a token, and besides tokens no letter or digit.</summary>
    public bool IsOnlyTokens(int start, int end)
    {
        if (Tokens.Count == 0)
        {
            return false;
        }

        var any = false;
        for (var i = start; i < end; i++)
        {
            if (TokenEndAt(i) is { } tokenEnd)
            {
                i = tokenEnd - 1;
                any = true;
            }
            else if (char.IsLetterOrDigit(Text[i]))
            {
                return false;
            }
        }

        return any;
    }
}
