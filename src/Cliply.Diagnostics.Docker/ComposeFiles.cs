using Cliply.Diagnostics.Escalations;
using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Docker;

/// <summary>
/// Adds the Compose files and Dockerfiles that the workers were made with, where they lie on this machine. A label can name
/// any file; only what reads as a Compose file or a Dockerfile is taken.
/// </summary>
internal static class ComposeFiles
{
    private const int MaxFiles = 20;
    private const string Folder = "docker";

    private static readonly SectionFailure OtherMachine = new(SectionFailure.NotSupported, "the engine runs on another machine, and files are read on this one alone; run this on the machine of the engine");

    private static readonly SectionFailure NotCompose = new(SectionFailure.NotSupported, "it can't be read as a Compose file, so that the values of variables could not be removed from it");

    private static readonly SectionFailure NotDockerfile = new(SectionFailure.NotSupported, "it is no Dockerfile");

    private static readonly SectionFailure NoPath = new(SectionFailure.NotSupported, "its build context is no folder of this machine");

    public static void Add(IReadOnlyList<ComposeProject> projects, bool isHere, EscalationDetailsBuilder details)
    {
        var dockerfiles = new HashSet<string>(StringComparer.Ordinal);
        foreach (var project in projects)
        {
            var builds = AddFiles(project, isHere, details);
            if (isHere)
            {
                AddDockerfiles(project, builds, dockerfiles, details);
            }
        }
    }

    /// <returns>Where the workers' images are built from, as far as the files say.</returns>
    private static Dictionary<string, (string Context, string Dockerfile)> AddFiles(ComposeProject project, bool isHere, EscalationDetailsBuilder details)
    {
        var builds = new Dictionary<string, (string, string)>(StringComparer.Ordinal);
        foreach (var path in project.Files.Take(MaxFiles))
        {
            var name = NameOf(path);
            var read = !isHere || !Path.IsPathFullyQualified(path) ? (isHere ? TextFile.NotThere : OtherMachine) : TextFile.Read(path);
            if (read.Value is not { } text)
            {
                details.AddMissing($"{Folder}/{name}", read.Unavailable!);
            }
            else if (ComposeText.Read(text) is not { } compose)
            {
                details.AddMissing($"{Folder}/{name}", NotCompose);
            }
            else
            {
                details.AddFile(Folder, name, compose.Text);
                foreach (var (service, build) in compose.Builds)
                {
                    builds[service] = build;
                }
            }
        }

        return builds;
    }

    private static void AddDockerfiles(ComposeProject project, Dictionary<string, (string Context, string Dockerfile)> builds, HashSet<string> added, EscalationDetailsBuilder details)
    {
        if ((project.Folder ?? (project.Files is [var first, ..] ? Path.GetDirectoryName(first) : null)) is not { } folder || !Path.IsPathFullyQualified(folder))
        {
            return;
        }

        foreach (var service in project.Services.Where(builds.ContainsKey).Take(MaxFiles))
        {
            var (context, dockerfile) = builds[service];
            if (context.Contains("://", StringComparison.Ordinal) || context.StartsWith("git@", StringComparison.Ordinal) || context.Contains('\0', StringComparison.Ordinal) || dockerfile.Contains('\0', StringComparison.Ordinal))
            {
                details.AddMissing($"Dockerfile of {service}", NoPath);
            }
            else
            {
                Add(Path.GetFullPath(dockerfile, Path.GetFullPath(context, folder)), service, isExpected: true);
            }
        }

        if (builds.Count == 0)
        {
            Add(Path.Combine(folder, "Dockerfile"), null, isExpected: false);
        }

        void Add(string path, string? service, bool isExpected)
        {
            if (!added.Add(path))
            {
                return;
            }

            var read = TextFile.Read(path);
            var text = read.Value is null ? null : DockerfileText.WithoutValues(read.Value);
            if (text is not null)
            {
                details.AddFile(Folder, NameOf(path), text);
            }
            else if (isExpected || (read.Unavailable is { } failure && failure != TextFile.NotThere))
            {
                details.AddMissing(service is null ? "Dockerfile" : $"Dockerfile of {service}", read.Unavailable ?? NotDockerfile);
            }
        }
    }

    /// <summary>The last part, be the path one of Windows or not.</summary>
    private static string NameOf(string path) => path[(path.LastIndexOfAny(['/', '\\']) + 1)..];
}
