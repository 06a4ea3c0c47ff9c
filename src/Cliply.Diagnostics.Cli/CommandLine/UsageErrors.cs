using System.CommandLine;

namespace Cliply.Diagnostics.Cli.CommandLine;

/// <summary>Says what is wrong with a command line, and where help is.</summary>
internal static class UsageErrors
{
    public static void Write(TextWriter error, ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var name = Name(parsed.CommandResult);
        if (command.Subcommands.Count > 0)
        {
            // Whatever follows an unknown verb is unknown as well.
            var given = parsed.UnmatchedTokens.Count > 0 ? parsed.UnmatchedTokens[0] : null;
            error.WriteLine($"cliply: {(given is null ? $"'{name}' needs a command" : $"'{name} {given}' is no command")}. Use one of: {string.Join(", ", command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name))}.");
        }
        else
        {
            foreach (var problem in parsed.Errors)
            {
                error.WriteLine($"cliply: {problem.Message}");
            }
        }

        error.WriteLine($"Try: {name} --help");
    }

    private static string Name(System.CommandLine.Parsing.CommandResult result) =>
        result.Parent is System.CommandLine.Parsing.CommandResult parent ? $"{Name(parent)} {result.Command.Name}" : "cliply";
}
