namespace Cliply.Diagnostics.Packages.Tests;

/// <summary>Where the tests run.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>What <c>pack.sh</c> made.</summary>
    public static string Packages
    {
        get
        {
            var folder = Path.Combine(Root, "artifacts", "packages");
            Directory.Exists(folder).Should().BeTrue("./pack.sh makes the packages that these tests look at");
            return folder;
        }
    }

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "pack.sh")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The tests run outside of the repository.");
    }
}
