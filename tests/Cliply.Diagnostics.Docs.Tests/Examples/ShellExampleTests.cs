using System.Text.RegularExpressions;

namespace Cliply.Diagnostics.Docs.Tests.Examples;

/// <summary>Every command of the tool in an example has verbs and options that its help knows, and every script and project is there.</summary>
public sealed partial class ShellExampleTests
{
    [Fact]
    public void Every_command_exists()
    {
        var blocks = Repository.PagesWithExamples.SelectMany(p => p.Blocks).Where(b => b.Language == "sh").ToList();

        blocks.Where(b => b.Code.Contains("cliply ", StringComparison.Ordinal)).Should().NotBeEmpty();
        blocks.SelectMany(b => Problems(b.ToString(), b.Code)).Should().BeEmpty();
    }

    /// <summary>Commands in the text too, such as those of the README's table.</summary>
    [Fact]
    public void Every_command_in_the_text_exists()
    {
        var commands = Repository.PagesWithExamples.Where(p => !p.Name.StartsWith("docs/decisions/", StringComparison.Ordinal))
            .SelectMany(p => p.Prose.SelectMany(l => Code().Matches(l.Text).Select(m => (Place: $"{p.Name}:{l.Number}", m.Groups["code"].Value))))
            .Where(c => c.Value.StartsWith("cliply ", StringComparison.Ordinal)).ToList();

        commands.Should().NotBeEmpty();
        commands.SelectMany(c => Problems(c.Place, c.Value)).Should().BeEmpty();
    }

    [Theory]
    [InlineData("cliply diagnos", "x: cliply diagnos: no such verb")]
    [InlineData("A=1 cliply jobs status 1 --jsn | jq", "x: cliply jobs status has no option --jsn")]
    [InlineData("echo x | cliply diagnose --logs - \\\n  --kubernets workers", "x: cliply diagnose has no option --kubernets")]
    [InlineData("./tests.sh", "x: ./tests.sh is not there")]
    [InlineData("dotnet run --project samples/Nothing", "x: samples/Nothing is not there")]
    public void A_wrong_command_is_told(string command, string problem) => Problems("x", command).Should().ContainSingle().Which.Should().Be(problem);

    private static IEnumerable<string> Problems(string place, string code)
    {
        foreach (var command in Separator().Split(code.Replace("\\\n", " ", StringComparison.Ordinal)).Select(Words).Where(w => w.Count > 0))
        {
            foreach (var problem in command[0] is "cliply" ? ProblemsOfTool(command) : ProblemsOfFiles(command))
            {
                yield return $"{place}: {problem}";
            }
        }
    }

    private static IEnumerable<string> ProblemsOfFiles(List<string> command)
    {
        var files = command.Where(w => w.StartsWith("./", StringComparison.Ordinal) && w.EndsWith(".sh", StringComparison.Ordinal))
            .Concat(command.Zip(command.Skip(1)).Where(w => w.First == "--project").Select(w => w.Second));
        return files.Where(f => !Path.Exists(Path.Combine(Repository.Root, f))).Select(f => $"{f} is not there");
    }

    private static IEnumerable<string> ProblemsOfTool(List<string> command)
    {
        var verb = "cliply";
        var help = Help([]);
        var words = command.Skip(1).TakeWhile(w => !w.StartsWith('#')).ToList();
        var path = new List<string>();
        foreach (var word in words.TakeWhile(w => VerbName().IsMatch(w)))
        {
            if (!help.Contains("Commands:", StringComparison.Ordinal))
            {
                break;
            }

            path.Add(word);
            verb += $" {word}";
            if (!Commands(help).Contains(word))
            {
                yield return $"{verb}: no such verb";
                yield break;
            }

            help = Help(path);
        }

        foreach (var option in words.Where(w => w.StartsWith('-') && w != "-" && w != "--").Select(w => w.Split('=')[0]).Where(o => !Options(help).Contains(o)))
        {
            yield return $"{verb} has no option {option}";
        }
    }

    private static string Help(List<string> path)
    {
        var (exitCode, output) = Tool.Ask([.. path, "--help"]);
        exitCode.Should().Be(0, output);
        return output;
    }

    /// <summary>The first words of the lines under <c>Commands:</c>.</summary>
    private static IEnumerable<string> Commands(string help) =>
        help.Split('\n').SkipWhile(l => !l.StartsWith("Commands:", StringComparison.Ordinal)).Skip(1).TakeWhile(l => l.StartsWith(' ')).Select(l => l.Trim().Split(' ')[0]);

    private static HashSet<string> Options(string help) =>
        [.. help.Split('\n').SkipWhile(l => !l.StartsWith("Options:", StringComparison.Ordinal)).Skip(1).TakeWhile(l => l.StartsWith(' ')).SelectMany(l => Option().Matches(l.Split("  ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)[0]).Select(m => m.Value))];

    /// <summary>The words of one command, without what assigns variables before it.</summary>
    private static List<string> Words(string command) =>
        [.. command.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).SkipWhile(w => Assignment().IsMatch(w))];

    [GeneratedRegex(@"\n|&&|\|\|?|;|\$\(")]
    private static partial Regex Separator();

    [GeneratedRegex("^[A-Z_][A-Za-z_]*=")]
    private static partial Regex Assignment();

    [GeneratedRegex("^[a-z]+$")]
    private static partial Regex VerbName();

    [GeneratedRegex(@"--?[a-zA-Z?][a-z-]*")]
    private static partial Regex Option();

    [GeneratedRegex("`(?<code>[^`]+)`", RegexOptions.ExplicitCapture)]
    private static partial Regex Code();
}
