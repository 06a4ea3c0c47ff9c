namespace Cliply.Diagnostics.Logs;

/// <summary>
/// Names a log in the evidence. What is wrong with its reading stands behind the name, for a reader of the report must see
/// that the evidence is not whole.
/// </summary>
internal static class LogSourceName
{
    private const int MaxNameLength = 200;

    /// <summary>Such as <c>file:worker.log</c>.</summary>
    /// <param name="kind">Where it is kept.</param>
    /// <param name="name">Its name there; control characters are dropped.</param>
    public static string Of(string kind, string name) => $"{kind}:{TextSanitizer.WithoutControlCharacters(name, MaxNameLength)}";

    /// <summary>A log that was read in part.</summary>
    /// <param name="source">The log.</param>
    /// <param name="why">What happened.</param>
    public static string Partial(string source, string why) => $"{source} (partial: {why})";

    /// <summary>A log that could not be read while others could.</summary>
    /// <param name="source">The log.</param>
    /// <param name="why">What happened.</param>
    public static string Unread(string source, string why) => $"{source} (not read: {why})";
}
