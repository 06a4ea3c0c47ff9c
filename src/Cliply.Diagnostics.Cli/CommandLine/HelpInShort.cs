using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Cliply.Diagnostics.Cli.CommandLine;

/// <summary>Help in which a command's subcommands take one short line each; their own help has the rest, with examples.</summary>
internal sealed class HelpInShort(HelpAction whole) : SynchronousCommandLineAction
{
    public static void AddTo(RootCommand root)
    {
        foreach (var help in root.Options.OfType<HelpOption>())
        {
            help.Action = new HelpInShort((HelpAction)help.Action!);
        }
    }

    public override int Invoke(ParseResult parseResult)
    {
        foreach (var command in parseResult.CommandResult.Command.Subcommands)
        {
            command.Description = command.Description is { } text ? $"{text.Split('\n')[0].Trim().Split(": ")[0].Split(". ")[0].TrimEnd('.')}." : null;
        }

        return whole.Invoke(parseResult);
    }
}
