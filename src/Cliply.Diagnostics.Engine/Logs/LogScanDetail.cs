namespace Cliply.Diagnostics.Logs;

/// <summary>How much a log is asked for.</summary>
public enum LogScanDetail
{
    /// <summary>Patterns with times and samples, the time of the last line, and repetition.</summary>
    Full,

    /// <summary>Lines, and in how many of them each pattern is shown. About twice as fast.</summary>
    Counts,
}
