using System.Text;
using System.Text.RegularExpressions;

namespace Cliply.Diagnostics.Docs.Tests.Links;

/// <summary>Every relative link of every page leads to a file and a heading that are there.</summary>
public sealed partial class LinkTests
{
    [Fact]
    public void Every_link_leads_somewhere()
    {
        Repository.Pages.Sum(p => Targets(p).Count()).Should().BePositive();
        Repository.Pages.SelectMany(Problems).Should().BeEmpty();
    }

    /// <summary>The packages show the README elsewhere, and a reader of a folder looks for its index first.</summary>
    [Fact]
    public void Every_page_for_users_is_in_the_index()
    {
        var index = Targets(Repository.Pages.Single(p => p.Name == "docs/README.md")).Select(t => t.Target.Split('#')[0]).ToList();

        var pages = Repository.Pages.Select(p => p.Name).Where(n => n.StartsWith("docs/", StringComparison.Ordinal) && n.Count(c => c == '/') == 1 && n != "docs/README.md").Select(n => n["docs/".Length..]);
        index.Should().Contain(pages).And.Contain("diagnoses/README.md");
    }

    [Theory]
    [InlineData("[a](nothing.md)", "x/page.md:1: nothing.md is not there")]
    [InlineData("<img src=\"images/nothing.png\">", "x/page.md:1: images/nothing.png is not there")]
    [InlineData("[a](../README.md#nothing-at-all)", "x/page.md:1: ../README.md has no heading #nothing-at-all")]
    [InlineData("[a](#here)", "x/page.md:1:  has no heading #here")]
    public void A_dead_link_is_told(string text, string problem) =>
        Problems(new MarkdownFile("x/page.md", Path.Combine(Repository.Root, "x", "page.md"), [text])).Should().ContainSingle().Which.Should().Be(problem);

    private static IEnumerable<string> Problems(MarkdownFile page)
    {
        foreach (var (line, target) in Targets(page))
        {
            var parts = target.Split('#');
            var path = parts[0].Length == 0 ? page.FullName : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page.FullName)!, Uri.UnescapeDataString(parts[0])));
            if (parts[0].Length > 0 && !Path.Exists(path))
            {
                yield return $"{page.Name}:{line}: {parts[0]} is not there";
            }
            else if (parts.Length > 1 && !Anchors(parts[0].Length == 0 ? page : MarkdownFile.Read(path)).Contains(parts[1]))
            {
                yield return $"{page.Name}:{line}: {parts[0]} has no heading #{parts[1]}";
            }
        }
    }

    private static IEnumerable<(int Line, string Target)> Targets(MarkdownFile page) =>
        page.Prose.SelectMany(l => Link().Matches(InlineCode().Replace(l.Text, "")).Select(m => (l.Number, m.Groups["target"].Value)))
            .Where(l => !l.Value.Contains("://", StringComparison.Ordinal) && !l.Value.StartsWith("mailto:", StringComparison.Ordinal));

    /// <summary>As GitHub makes them of headings: lower case, without punctuation, hyphens for spaces, and a number for a second one.</summary>
    private static HashSet<string> Anchors(MarkdownFile page)
    {
        var anchors = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (_, text) in page.Prose.Where(l => Heading().IsMatch(l.Text)))
        {
            var anchor = new StringBuilder();
            foreach (var c in text.TrimStart('#').Trim().ToLowerInvariant().Where(c => char.IsLetterOrDigit(c) || c is ' ' or '-' or '_'))
            {
                anchor.Append(c == ' ' ? '-' : c);
            }

            var name = anchor.ToString();
            for (var i = 1; !anchors.Add(name); i++)
            {
                name = FormattableString.Invariant($"{anchor}-{i}");
            }
        }

        return anchors;
    }

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)[^)]*\)|<(?:img|a)\s[^>]*(?:src|href)=""(?<target>[^""]+)""", RegexOptions.ExplicitCapture)]
    private static partial Regex Link();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex InlineCode();

    [GeneratedRegex("^#{1,6} ")]
    private static partial Regex Heading();
}
