using System.Globalization;
using Docker.DotNet.Models;

namespace Cliply.Diagnostics.Docker;

/// <summary>One worker's container, as the engine lists and inspects it.</summary>
internal sealed record WorkerContainer
{
    /// <summary>Its id, which a container that takes its place does not have.</summary>
    public required string Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its labels.</summary>
    public required IDictionary<string, string> Labels { get; init; }

    /// <summary>Its image's name by the list; null: not told.</summary>
    public string? Image { get; init; }

    /// <summary>Its image's id by the list; null: not told.</summary>
    public string? ImageId { get; init; }

    /// <summary>Its state by the list.</summary>
    public required string ListedState { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset? CreatedAt { get; init; }

    /// <summary>What inspecting it tells; null where that failed.</summary>
    public ContainerInspectResponse? Inspected { get; init; }

    /// <summary>Its state in the engine's words: created, running, paused, restarting, exited, dead, …</summary>
    public string State => Inspected?.State?.Status is { Length: > 0 } status ? status.ToLowerInvariant() : ListedState;

    /// <summary>Whether a process of it is there and not frozen.</summary>
    public bool IsRunning => State is "running" or "stopping";

    /// <summary>When it was last started; null: never, or not known.</summary>
    public DateTimeOffset? StartedAt => Time(Inspected?.State?.StartedAt);

    /// <summary>When it last ended, be it before the present run; null: never, or not known.</summary>
    public DateTimeOffset? FinishedAt => Time(Inspected?.State?.FinishedAt);

    /// <summary>From an entry of the list.</summary>
    public static WorkerContainer Of(ContainerListResponse listed) => new()
    {
        Id = listed.ID,
        Name = ContainerFilter.NameOf(listed),
        Labels = listed.Labels ?? new Dictionary<string, string>(),
        Image = string.IsNullOrEmpty(listed.Image) ? null : listed.Image,
        ImageId = string.IsNullOrEmpty(listed.ImageID) ? null : listed.ImageID,
        ListedState = listed.State?.ToLowerInvariant() ?? "",
        CreatedAt = listed.Created > DateTime.UnixEpoch ? new DateTimeOffset(DateTime.SpecifyKind(listed.Created, DateTimeKind.Utc)) : null,
    };

    /// <summary>The engine writes the year 1 for never.</summary>
    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) && time.Year > 1970 ? time : null;
}
