using System.Runtime.CompilerServices;

namespace Cliply.Diagnostics.Cli.Tests;

/// <summary>
/// Compares a whole output with an approved text file under <c>Approved/</c>. What differs is written beside it as
/// <c>.received.txt</c>; to approve it, move it over the other, or run the tests with <c>CLIPLY_ACCEPT=1</c>.
/// </summary>
internal static class Approved
{
    private static readonly bool Accept = Environment.GetEnvironmentVariable("CLIPLY_ACCEPT") == "1";

    public static void ShouldBeApproved(this string output, string name, [CallerFilePath] string test = "")
    {
        var folder = Path.Combine(Path.GetDirectoryName(Source(test))!, "Approved");
        var approved = Path.Combine(folder, name + ".txt");
        var received = Path.Combine(folder, name + ".received.txt");
        var expected = File.Exists(approved) ? File.ReadAllText(approved) : "";
        Directory.CreateDirectory(folder);
        File.Delete(received);
        if (output == expected)
        {
            return;
        }

        File.WriteAllText(Accept ? approved : received, output);
        if (!Accept)
        {
            output.Should().Be(expected, "{0} is approved", approved);
        }
    }

    /// <summary>Deterministic builds map the sources' root to <c>/_/</c>.</summary>
    private static string Source(string path) =>
        path.StartsWith("/_/", StringComparison.Ordinal) ? Path.Combine(Root(), path[3..]) : path;

    private static string Root()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Cliply.Diagnostics.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("No folder above the tests holds Cliply.Diagnostics.sln.");
        }

        return folder;
    }
}
