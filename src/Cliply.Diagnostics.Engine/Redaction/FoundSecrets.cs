using System.Runtime.InteropServices;

namespace Cliply.Diagnostics.Redaction;

/// <summary>
/// The secrets of one text, as places in it. Those that overlap become one, so that nothing of either is left. Keeps its
/// memory for the next text. Not safe for concurrent use.
/// </summary>
internal sealed class FoundSecrets
{
    private readonly List<Found> _found = [];

    /// <summary>What was found, in order and apart from each other after <see cref="Merge"/>.</summary>
    public IReadOnlyList<Found> Items => _found;

    public void Clear() => _found.Clear();

    /// <summary>Notes a secret.</summary>
    /// <param name="view">Where it was found.</param>
    /// <param name="start">Where it begins in the view.</param>
    /// <param name="end">Where it ends in the view.</param>
    /// <param name="kind">How it was recognised.</param>
    /// <param name="secret">The secret itself where it is less than all of that, or known in another form.</param>
    /// <returns>Whether it was noted: what is redacted already is not.</returns>
    public bool Add(TextView view, int start, int end, SecretKind kind, string? secret = null)
    {
        if (start >= end || view.IsOnlyTokens(start, end))
        {
            return false;
        }

        _found.Add(new Found(view.StartOf(start), view.EndOf(end - 1), kind, secret ?? view.Text[start..end].ToString()));
        return true;
    }

    public void Merge()
    {
        if (_found.Count < 2)
        {
            return;
        }

        // The longer first, and what is known before what is guessed.
        _found.Sort(static (one, other) =>
            one.Start != other.Start ? one.Start.CompareTo(other.Start)
            : one.End != other.End ? other.End.CompareTo(one.End)
            : one.Kind.CompareTo(other.Kind));
        var items = CollectionsMarshal.AsSpan(_found);
        var kept = 0;
        foreach (var item in items[1..])
        {
            ref var last = ref items[kept];
            if (item.Start >= last.End)
            {
                items[++kept] = item;
            }
            else if (item.End > last.End)
            {
                last = last with { End = item.End, Secret = null };
            }
        }

        CollectionsMarshal.SetCount(_found, kept + 1);
    }

    /// <summary>A secret's place.</summary>
    /// <param name="Start">Where it begins.</param>
    /// <param name="End">Where it ends.</param>
    /// <param name="Kind">How it was recognised.</param>
    /// <param name="Secret">The secret; null: all that stands there.</param>
    public readonly record struct Found(int Start, int End, SecretKind Kind, string? Secret);
}
