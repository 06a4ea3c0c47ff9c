using System.Globalization;

namespace Cliply.Diagnostics.Processes;

/// <summary>A process, or for a pid file whose process is gone only its number.</summary>
internal sealed record WorkerProcess(string Label, int Id, ProcessStatus? Status, DateTimeOffset? StartedAt)
{
    public bool IsRunning => Status is { HasEnded: false };

    public string Instance => string.Create(CultureInfo.InvariantCulture, $"{Label}:{Id}");

    /// <summary>A number is used again once its process is gone.</summary>
    public string Counter => string.Create(CultureInfo.InvariantCulture, $"{Id}@{Status?.StartedAfterBoot.Ticks}");
}
