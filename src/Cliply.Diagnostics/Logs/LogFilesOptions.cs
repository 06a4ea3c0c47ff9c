using System.ComponentModel.DataAnnotations;

namespace Cliply.Diagnostics.Logs;

/// <summary>Which log files of the workers are read; bound from the configuration section <c>Cliply:Diagnostics:LogFiles</c>.</summary>
public sealed class LogFilesOptions
{
    /// <summary>The configuration section that these options are bound from.</summary>
    public const string SectionName = "Cliply:Diagnostics:LogFiles";

    /// <summary>
    /// Files and folders. Of a folder, its <c>*.log</c> and <c>*.log.*</c>, the rotated files of one log taken together, the
    /// newest logs of the last day up to the option <c>Logs:Workers</c>, and at least the newest. Default: none.
    /// </summary>
    [Required]
    public IList<string> Paths { get; set; } = [];

    internal IReadOnlyList<string> FullPaths => [.. Paths.Select(Path.GetFullPath).Distinct(StringComparer.Ordinal)];
}
