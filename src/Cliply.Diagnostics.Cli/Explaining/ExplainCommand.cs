using System.CommandLine;
using System.CommandLine.Parsing;
using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Cli.CommandLine;
using Cliply.Diagnostics.Cli.Fleet;
using Cliply.Diagnostics.Cli.Output;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Runbook;

namespace Cliply.Diagnostics.Cli.Explaining;

/// <summary><c>cliply explain CODE</c>: the runbook's page of any diagnosis or cause. Reads no evidence.</summary>
internal static class ExplainCommand
{
    private const int LongestShown = 60;

    private static readonly string[] Platforms = ["docker", "kubernetes", "systemd", "any"];

    public static Command Create()
    {
        var code = new Argument<string?>("CODE") { Description = "A diagnosis or cause, as reports name them.", HelpName = "CODE", Arity = ArgumentArity.ZeroOrOne };
        code.CompletionSources.Add(_ => RunbookCatalog.Diagnoses.Select(d => d.Code).Concat(RunbookCatalog.Causes.Select(c => c.Code)).Select(c => new System.CommandLine.Completions.CompletionItem(c)));
        var list = new Option<bool>("--list") { Description = "Lists all diagnoses and causes instead." };
        var platform = new Option<CommandPlatform?>("--platform")
        {
            Description = "Shows only the commands of one platform, with those that run in any shell; any: only the latter. Default: all.",
            HelpName = string.Join('|', Platforms),
            CustomParser = ParsePlatform,
        };
        platform.CompletionSources.Add(Platforms);
        var config = FleetOptions.CreateConfig();
        var output = OutputOption.Create();
        var command = new Command("explain", """
            Explains a diagnosis or a cause: what it means, when it is found, how to check, what to do on each platform, and how to see that it worked.

            Rules show the limits in force: those of the environment and the configuration file, otherwise the defaults.

            Exit codes: 0; 64 wrong usage or an unknown code, 65 bad configuration file.

            Examples:
              cliply explain no-workers-running --platform kubernetes
              cliply explain --list
            """) { code, list, platform, config, output };
        command.Validators.Add(result =>
        {
            if (result.GetValue(list) == (result.GetResult(code) is { Tokens.Count: > 0 }))
            {
                result.AddError(result.GetValue(list) ? "CODE and --list exclude each other. Give the one to show." : "nothing to explain. Give the CODE of a diagnosis or cause, or --list for all of them.");
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var answer = parsed.GetValue(list) ? CodeList.Answer() : Explain(parsed.GetValue(code)!, parsed.GetValue(platform), LimitsInForce.Read(parsed.GetValue(config)));
            return await AnswerWriter.WriteAsync(answer, parsed.GetValue(output), cancellationToken);
        });
        return command;
    }

    private static Answer Explain(string given, CommandPlatform? platform, DiagnosisThresholds thresholds)
    {
        var code = given.ToLowerInvariant();
        var diagnosis = RunbookCatalog.ExplainDiagnosis(code, thresholds);
        var cause = RunbookCatalog.ExplainCause(code, thresholds);
        return diagnosis is null && cause is null ? throw new CliException(ExitCodes.Usage, Unknown(given)) : Explanation.Answer(code, diagnosis, cause, platform);
    }

    private static string Unknown(string given)
    {
        var close = CloseCodes.Of(given, [.. RunbookCatalog.Diagnoses.Select(d => d.Code), .. RunbookCatalog.Causes.Select(c => c.Code)]);
        var question = close.Count > 0 ? $" Did you mean {string.Join(" or ", close)}?" : "";
        return $"'{TextSanitizer.Sample(given, LongestShown)}' is no diagnosis or cause.{question} All: cliply explain --list";
    }

    private static CommandPlatform? ParsePlatform(ArgumentResult result)
    {
        var value = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (Platforms.Contains(value, StringComparer.OrdinalIgnoreCase))
        {
            return Enum.Parse<CommandPlatform>(value, ignoreCase: true);
        }

        result.AddError($"--platform '{value}' is not known. Use {string.Join(", ", Platforms[..^1])} or {Platforms[^1]}.");
        return null;
    }
}
