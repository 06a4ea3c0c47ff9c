namespace Cliply.Diagnostics.Docker.Tests;

/// <summary>Answers in the shape of the real engines.</summary>
internal static class Payloads
{
    public const string WorkerId = "8dfafdbc3a40f1c2d3e4a5b6978869504132a5b4c3d2e1f00f1e2d3c4b5a6978";

    public static string Read(string name)
    {
        using var stream = typeof(Payloads).Assembly.GetManifestResourceStream(name) ?? throw new FileNotFoundException($"There is no payload {name}.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
