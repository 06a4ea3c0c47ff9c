namespace Cliply.Diagnostics.Logs;

/// <summary>
/// Something to recognise in worker logs and in job errors. Hosts add their own. A pattern is pure and takes time
/// linear in the text.
/// </summary>
public interface ILogPattern
{
    /// <summary>Lower-case words joined by hyphens, such as <c>ffmpeg-not-found</c>.</summary>
    string Code { get; }

    /// <summary>Phrases of which one must occur, upper and lower case being the same.</summary>
    IReadOnlyList<string> Phrases { get; }

    /// <summary>A closer look at a place where a phrase occurs. Default: the phrase is enough.</summary>
    /// <param name="text">The whole line or error text.</param>
    /// <param name="start">Where the phrase starts.</param>
    /// <param name="length">How long it is.</param>
    bool Confirms(ReadOnlySpan<char> text, int start, int length) => true;
}
