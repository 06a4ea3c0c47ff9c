namespace Cliply.Diagnostics.Docker;

/// <summary>Where the labels that Compose gives to its containers lead to.</summary>
/// <param name="Files">The Compose files' paths.</param>
/// <param name="Folder">The folder that they are relative to; null: not known.</param>
/// <param name="Services">The workers' services.</param>
internal sealed record ComposeProject(IReadOnlyList<string> Files, string? Folder, IReadOnlyList<string> Services)
{
    private const string Prefix = "com.docker.compose.";

    /// <summary>The service that the container belongs to; null: none.</summary>
    public static string? ServiceOf(WorkerContainer container) => Label(container, "service");

    /// <summary>The projects that the containers belong to.</summary>
    public static IReadOnlyList<ComposeProject> Of(IEnumerable<WorkerContainer> containers) =>
    [
        .. containers
            .GroupBy(c => (Files: Label(c, "project.config_files"), Folder: Label(c, "project.working_dir")))
            .Where(g => g.Key.Files is not null || g.Key.Folder is not null)
            .Select(g => new ComposeProject(
                [.. (g.Key.Files ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(f => Path.Combine(g.Key.Folder ?? "", f)).Distinct(StringComparer.Ordinal)],
                g.Key.Folder,
                [.. g.Select(ServiceOf).OfType<string>().Distinct(StringComparer.Ordinal)])),
    ];

    private static string? Label(WorkerContainer container, string name) =>
        container.Labels.TryGetValue(Prefix + name, out var value) && value.Length > 0 && !value.Contains('\0', StringComparison.Ordinal) ? value : null;
}
