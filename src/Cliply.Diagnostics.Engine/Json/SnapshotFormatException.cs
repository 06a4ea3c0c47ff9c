namespace Cliply.Diagnostics.Json;

/// <summary>A snapshot that can't be read; the message says where, what is wrong and what is expected.</summary>
public sealed class SnapshotFormatException : FormatException
{
    internal SnapshotFormatException(string? path, long? line, string problem, Exception? innerException = null)
        : base(Format(path, line, problem), innerException)
    {
        Path = path;
        Line = line;
        Problem = problem;
    }

    /// <summary>The JSON path of the place, such as <c>$.workers.active</c>; null where the text is no JSON at all.</summary>
    public string? Path { get; }

    /// <summary>The line, counted from 1; null where it is not known.</summary>
    public long? Line { get; }

    /// <summary>What is wrong and what is expected, without the place.</summary>
    public string Problem { get; }

    private static string Format(string? path, long? line, string problem) => (path, line) switch
    {
        (null, null) => problem,
        (null, _) => $"line {line}: {problem}",
        (_, null) => $"{path}: {problem}",
        _ => $"{path} (line {line}): {problem}",
    };
}
