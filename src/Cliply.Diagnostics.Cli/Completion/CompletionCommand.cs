using System.CommandLine;
using Cliply.Diagnostics.Cli.CommandLine;

namespace Cliply.Diagnostics.Cli.Completion;

/// <summary><c>cliply completion SHELL</c>: prints what makes a shell complete verbs, options and values.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _cliply() {
          local candidates
          candidates=$(cliply "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null)
          mapfile -t COMPREPLY < <(compgen -W "${candidates}" -- "${COMP_WORDS[COMP_CWORD]}")
          [ ${#COMPREPLY[@]} -gt 0 ] || mapfile -t COMPREPLY < <(compgen -f -- "${COMP_WORDS[COMP_CWORD]}")
        }
        complete -o filenames -F _cliply cliply
        """;

    private const string Zsh = """
        #compdef cliply
        _cliply() {
          local -a candidates
          candidates=(${(f)"$(cliply "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)"})
          compadd -a candidates || _files
        }
        compdef _cliply cliply
        """;

    private const string Fish = """
        complete -c cliply -a '(cliply "[suggest:"(commandline -C)"]" (commandline) 2>/dev/null)'
        """;

    private const string PowerShell = """
        Register-ArgumentCompleter -Native -CommandName cliply -ScriptBlock {
          param($word, $line, $cursor)
          cliply "[suggest:$cursor]" "$line" | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
        }
        """;

    private static readonly Dictionary<string, string> Scripts = new(StringComparer.Ordinal) { ["bash"] = Bash, ["zsh"] = Zsh, ["fish"] = Fish, ["powershell"] = PowerShell };

    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh, fish or powershell.", HelpName = string.Join('|', Scripts.Keys) };
        shell.CompletionSources.Add([.. Scripts.Keys]);
        var command = new Command("completion", """
            Prints a script that makes a shell complete the verbs, options and values of cliply.

            Examples:
              source <(cliply completion bash)
              cliply completion fish > ~/.config/fish/completions/cliply.fish
            """) { shell };
        command.SetAction(parsed =>
        {
            var name = parsed.GetValue(shell)!;
            if (!Scripts.TryGetValue(name, out var script))
            {
                throw new CliException(ExitCodes.Usage, $"SHELL '{name}' is not known. Use {string.Join(", ", Scripts.Keys.SkipLast(1))} or {Scripts.Keys.Last()}.");
            }

            Console.Out.Write(script.ReplaceLineEndings("\n") + "\n");
            return ExitCodes.Success;
        });
        return command;
    }
}
