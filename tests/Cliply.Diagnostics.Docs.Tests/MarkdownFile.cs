namespace Cliply.Diagnostics.Docs.Tests;

/// <summary>A page.</summary>
/// <param name="Name">Its path from the root of the repository, with <c>/</c>.</param>
/// <param name="FullName">Its whole path.</param>
/// <param name="Lines">Its text.</param>
internal sealed record MarkdownFile(string Name, string FullName, IReadOnlyList<string> Lines)
{
    public static MarkdownFile Read(string path) =>
        new(Path.GetRelativePath(Repository.Root, path).Replace('\\', '/'), path, File.ReadAllLines(path));

    /// <summary>The fenced blocks, in order.</summary>
    public IReadOnlyList<MarkdownBlock> Blocks
    {
        get
        {
            var blocks = new List<MarkdownBlock>();
            for (var i = 0; i < Lines.Count; i++)
            {
                var indent = Lines[i].Length - Lines[i].TrimStart().Length;
                if (!Lines[i].TrimStart().StartsWith("```", StringComparison.Ordinal))
                {
                    continue;
                }

                var start = i;
                var code = new List<string>();
                for (i++; i < Lines.Count && Lines[i].Trim() != "```"; i++)
                {
                    code.Add(Lines[i][Math.Min(indent, Lines[i].Length)..]);
                }

                blocks.Add(new MarkdownBlock(this, Lines[start].Trim()[3..].Trim(), start + 2, string.Join('\n', code)));
            }

            return blocks;
        }
    }

    /// <summary>The lines that are not in a fenced block, with their numbers.</summary>
    public IEnumerable<(int Number, string Text)> Prose
    {
        get
        {
            var inBlock = false;
            for (var i = 0; i < Lines.Count; i++)
            {
                if (Lines[i].TrimStart().StartsWith("```", StringComparison.Ordinal))
                {
                    inBlock = !inBlock;
                }
                else if (!inBlock)
                {
                    yield return (i + 1, Lines[i]);
                }
            }
        }
    }
}
