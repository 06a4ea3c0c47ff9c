using System.ComponentModel.DataAnnotations;

namespace Cliply.Diagnostics.Logs;

/// <summary>How much of a worker's log is read in one collection, wherever it is kept.</summary>
public sealed class LogTailOptions
{
    /// <summary>The newest lines of one worker. Default 500; 20 are needed to tell a loop.</summary>
    [Range(20, 100_000)]
    public int Lines { get; set; } = 500;

    /// <summary>The newest bytes of one worker, whichever limit is met first. Default 1 MiB.</summary>
    [Range(4 * 1024, 64 * 1024 * 1024)]
    public int Bytes { get; set; } = 1024 * 1024;

    /// <summary>Of how many workers of one source, those that did not end well first. Default 10.</summary>
    [Range(1, 1_000)]
    public int Workers { get; set; } = 10;
}
