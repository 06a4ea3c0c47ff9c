namespace Cliply.Diagnostics.Docs.Tests;

/// <summary>A fenced block of a page.</summary>
/// <param name="File">The page.</param>
/// <param name="Language">What the fence says.</param>
/// <param name="Line">The number of its first line.</param>
/// <param name="Code">Its text.</param>
internal sealed record MarkdownBlock(MarkdownFile File, string Language, int Line, string Code)
{
    public override string ToString() => $"{File.Name}:{Line}";
}
