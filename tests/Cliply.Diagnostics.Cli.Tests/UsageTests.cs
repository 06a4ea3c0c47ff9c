namespace Cliply.Diagnostics.Cli.Tests;

public sealed class UsageTests
{
    public static TheoryData<string> Verbs => [.. Lines("diagnose", "workers status", "jobs stats", "jobs status", "dlq list", "dlq inspect", "readyz", "check env", "watch", "logs analyze", "explain", "bundle", "replay", "diff", "init", "alerts", "dashboard", "completion")];

    [Theory]
    [MemberData(nameof(Verbs))]
    public async Task Every_verb_has_help_with_two_examples(string verb)
    {
        var (exitCode, output, error) = await Cliply.RunAsync([.. verb.Split(' '), "--help"]);

        (exitCode, error).Should().Be((0, ""));
        var examples = output[output.IndexOf("  Examples:\n", StringComparison.Ordinal)..].Split('\n').Skip(1).TakeWhile(line => line.StartsWith("    ", StringComparison.Ordinal)).ToList();
        examples.Should().HaveCountGreaterThanOrEqualTo(2).And.AllSatisfy(line => line.Should().Contain($"cliply {verb}"));
    }

    [Fact]
    public async Task The_tools_help_names_every_verb_on_a_line()
    {
        var (exitCode, output, _) = await Cliply.RunAsync(["--help"]);

        exitCode.Should().Be(0);
        output.ShouldBeApproved("help");
    }

    [Theory]
    [InlineData("frob", "cliply: 'cliply frob' is no command. Use one of: ")]
    [InlineData("workers", "cliply: 'cliply workers' needs a command. Use one of: status.\nTry: cliply workers --help\n")]
    [InlineData("workers start now", "cliply: 'cliply workers start' is no command. Use one of: status.\nTry: cliply workers --help\n")]
    [InlineData("readyz --frob", "cliply: Unrecognized command or argument '--frob'.\nTry: cliply readyz --help\n")]
    [InlineData("completion tcsh", "cliply: SHELL 'tcsh' is not known. Use bash, zsh, fish or powershell.\n")]
    public async Task An_unknown_verb_exits_with_64_and_names_those_there_are(string line, string expected)
    {
        var (exitCode, output, error) = await Cliply.RunAsync(line.Split(' '));

        (exitCode, output).Should().Be((64, ""));
        error.Should().StartWith(expected);
    }

    [Fact]
    public async Task Bash_completes_verbs_options_and_values()
    {
        var (exitCode, output, error) = await Cliply.RunInShellAsync("""
            cliply() { $CLIPLY "$@"; }
            source <(cliply completion bash)
            try() { COMP_LINE="$1"; COMP_POINT=${#1}; read -ra COMP_WORDS <<< "$1"; [[ $1 = *' ' ]] && COMP_WORDS+=(''); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); COMPREPLY=(); _cliply; echo "${COMPREPLY[@]}"; }
            try "cliply wo"
            try "cliply workers "
            try "cliply readyz --out"
            try "cliply readyz --output m"
            """);

        exitCode.Should().Be(0, error);
        output.Split('\n')[..4].Should().Equal("workers", "--help -? -h /? /h status", "--output", "markdown");
    }

    private static string[] Lines(params string[] lines) => lines;
}
