namespace Cliply.Diagnostics.Binaries;

/// <summary>A program to run, and how far it may go.</summary>
internal sealed record ProgramCall
{
    /// <summary>The absolute path.</summary>
    public required string Path { get; init; }

    /// <summary>Its arguments; no shell sees them.</summary>
    public required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>How long it may take: it is asked to end at two thirds and killed at the whole.</summary>
    public required TimeSpan Limit { get; init; }

    /// <summary>How much of the start of its output is kept, in bytes. Default 64 KiB.</summary>
    public int MaxKept { get; init; } = 64 * 1024;

    /// <summary>How much it may print on either stream, in bytes, before it is ended. Default 4 MiB.</summary>
    public long MaxOutput { get; init; } = 4 * 1024 * 1024;

    /// <summary>How long what it has printed may take to arrive once it has ended, should somebody else hold its pipes. Default 100 ms.</summary>
    public TimeSpan Rest { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Environment variables that it gets beside those of this process.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();
}
