namespace Cliply.Diagnostics.Docs.Tests;

/// <summary>
/// Compares a page with what the code says. What differs is written beside it as <c>.received.md</c>; to accept it, move it over
/// the other, or run the tests with <c>CLIPLY_ACCEPT=1</c>, which does that for all pages.
/// </summary>
internal static class GeneratedPage
{
    private static readonly bool Accept = Environment.GetEnvironmentVariable("CLIPLY_ACCEPT") == "1";

    public static void ShouldBe(string name, string expected)
    {
        var path = Path.Combine(Repository.Root, name);
        var received = Path.ChangeExtension(path, ".received.md");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Delete(received);
        if (File.Exists(path) && File.ReadAllText(path) == expected)
        {
            return;
        }

        File.WriteAllText(Accept ? path : received, expected);
        if (!Accept)
        {
            Assert.Fail($"{name} is not what the code says. Compare it with {Path.GetFileName(received)}, and put that in its place if the change is meant; CLIPLY_ACCEPT=1 does so for all pages.");
        }
    }

    /// <summary>A page that the code no longer says anything for.</summary>
    public static void ShouldNotBe(string name)
    {
        if (Accept)
        {
            File.Delete(Path.Combine(Repository.Root, name));
        }
        else
        {
            Assert.Fail($"{name} is generated from nothing. Delete it; CLIPLY_ACCEPT=1 does so for all pages.");
        }
    }
}
