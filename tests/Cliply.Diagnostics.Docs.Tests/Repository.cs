namespace Cliply.Diagnostics.Docs.Tests;

/// <summary>The files that the tests read.</summary>
internal static class Repository
{
    /// <summary>Made by builds, or data of tests.</summary>
    private static readonly string[] NotOurs = ["bin", "obj", "tests", "artifacts", "TestResults", "BenchmarkDotNet.Artifacts"];

    public static string Root { get; } = Find();

    /// <summary>The pages for users, and those for contributors.</summary>
    public static IReadOnlyList<MarkdownFile> Pages { get; } = [.. MarkdownFiles(new DirectoryInfo(Root)).Select(MarkdownFile.Read).OrderBy(f => f.Name, StringComparer.Ordinal)];

    /// <summary>The README and the pages under <c>docs</c>, of which every example must work.</summary>
    public static IEnumerable<MarkdownFile> PagesWithExamples => Pages.Where(p => p.Name is "README.md" or "CONTRIBUTING.md" or "SECURITY.md" || p.Name.StartsWith("docs/", StringComparison.Ordinal));

    private static IEnumerable<string> MarkdownFiles(DirectoryInfo folder) =>
        folder.EnumerateFiles("*.md").Where(f => !f.Name.EndsWith(".received.md", StringComparison.Ordinal)).Select(f => f.FullName)
            .Concat(folder.EnumerateDirectories().Where(d => d.Name[0] != '.' && !NotOurs.Contains(d.Name)).SelectMany(MarkdownFiles));

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Cliply.Diagnostics.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests run outside of the repository.");
    }
}
