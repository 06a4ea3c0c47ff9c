namespace Cliply.Diagnostics.Escalations;

/// <summary>What stands in files in the place of an environment variable's value.</summary>
internal static class RemovedValues
{
    public const string Mark = "‹removed›";

    /// <summary>Keeps of an assignment what stands before its first equals sign; what is no name is removed whole.</summary>
    /// <param name="assignment">Such as <c>NODE_ENV=production</c>, or a name alone.</param>
    public static string Of(string assignment)
    {
        var equals = assignment.IndexOf('=', StringComparison.Ordinal);
        var name = equals < 0 ? assignment : assignment[..equals];
        return !IsName(name) ? Mark : equals < 0 ? name : $"{name}={Mark}";
    }

    /// <summary>Whether it can be a variable's name. Programs take more, but a secret must not pass for one.</summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= 256 && !char.IsAsciiDigit(text[0]) && !text.AsSpan().ContainsAnyExcept(Characters);

    private static readonly System.Buffers.SearchValues<char> Characters = System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");
}
