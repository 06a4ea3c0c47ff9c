using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Cliply.Diagnostics.Cli.CommandLine;
using Cliply.Diagnostics.Cli.Fleet;
using Cliply.Diagnostics.Cli.Output;
using Cliply.Diagnostics.Environments;
using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Cli.Environments;

/// <summary><c>cliply check env</c>: each variable that a worker needs, and never a value (runbook: 1.3).</summary>
internal static class CheckEnvCommand
{
    public static Command Create()
    {
        var file = new Option<string?>("--file") { Description = "A .env file to check, or - for standard input. Default: the variables of this process.", HelpName = "FILE|-" };
        var config = FleetOptions.CreateConfig();
        var output = OutputOption.Create(annotations: true);
        var command = new Command("env", """
            Says of each variable that a worker needs whether it is set, missing, blank, a placeholder or malformed. Never shows a value.

            Exit codes: 0 complete, 1 a recommended one is missing, 2 a required one is missing or one is wrong; 64 wrong usage, 65 bad input.

            Examples:
              cliply check env --file .env
              kubectl exec deploy/worker -- env | cliply check env --file -
            """) { file, config, output };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new FleetSettings(ConfigurationFile.Read(parsed.GetValue(config)), Database: null, Timeout: null).ReadOptions().Environment;
            var answer = parsed.GetValue(file) is { } path
                ? Check(options, EnvFile.Read(Encoding.UTF8.GetString(await InputFiles.ReadAsync(path, "--file", cancellationToken))), InputFiles.Name(path))
                : Answer(options, Environment.GetEnvironmentVariable, "this process", []);
            return await AnswerWriter.WriteAsync(answer, parsed.GetValue(output), cancellationToken);
        });
        return new Command("check", "Checks what a worker needs.") { command };
    }

    private static Answer Check(EnvironmentOptions options, EnvFile file, string name) =>
        Answer(options, variable => file[variable], name,
        [
            .. file.UnreadableLines.Select(line => $"line {line} is no NAME=value, or its quote is not closed"),
            .. file.Repeated.Select(r => $"line {r.Line} sets {r.Name} again; the last one holds"),
        ]);

    private static Answer Answer(EnvironmentOptions options, Func<string, string?> read, string where, IReadOnlyList<string> remarks)
    {
        List<Variable> variables =
        [
            .. options.Required.Distinct(StringComparer.Ordinal).Select(name => Judge(name, isRequired: true, read(name))),
            .. options.Recommended.Except(options.Required, StringComparer.Ordinal).Select(name => Judge(name, isRequired: false, read(name))),
        ];
        var isComplete = variables.TrueForAll(v => v.State == VariableState.Set);
        return new Answer
        {
            ExitCode = variables.Exists(v => v.Severity == Severity.Critical) ? 2 : isComplete ? ExitCodes.Success : 1,
            Annotations = [.. variables.Where(v => v.State != VariableState.Set).Select(v => new Annotation(v.Severity, $"{v.Name} {v.StateWord}", $"{v.Name}: {v.Reason}")), .. remarks.Select(r => new Annotation(Severity.Warning, where, r))],
            Page = new Page().Heading($"Environment of {where}")
                .Table(["variable", "state", "needed", "what is wrong"],
                    [.. variables.Select(v => new Span[] { v.Name, new(v.StateWord, v.State == VariableState.Set ? Tone.Good : Words.ToneOf(v.Severity)), v.IsRequired ? "required" : "recommended", v.Reason })])
                .Lines([.. remarks.Select(Span.Warning)]),
            Json = AnswerJson.ToUtf8(new JsonObject
            {
                ["source"] = where,
                ["complete"] = isComplete,
                ["variables"] = new JsonArray([.. variables.Select(v => new JsonObject { ["name"] = v.Name, ["state"] = v.StateWord, ["required"] = v.IsRequired, ["reason"] = v.Reason.Length == 0 ? null : v.Reason })]),
                ["remarks"] = AnswerJson.List(remarks),
            }),
        };
    }

    private static Variable Judge(string name, bool isRequired, string? value)
    {
        var problem = value is null ? new VariableProblem(VariableState.Missing, "is not set") : EnvironmentRules.WhatIsWrong(name, value);

        // As in the diagnosis: a recommended one that is set to nothing has been switched off on purpose, but one that is set wrong is wrong.
        var severity = isRequired || problem is { State: VariableState.Placeholder or VariableState.Malformed } ? Severity.Critical : Severity.Warning;
        return new Variable(name, isRequired, problem?.State ?? VariableState.Set, severity, problem?.Reason ?? "");
    }

    private sealed record Variable(string Name, bool IsRequired, VariableState State, Severity SeverityIfWrong, string Reason)
    {
        public Severity Severity => State == VariableState.Set ? Severity.Info : SeverityIfWrong;

        public string StateWord => State switch
        {
            VariableState.Set => "set",
            VariableState.Missing => "missing",
            VariableState.Blank => "blank",
            VariableState.Placeholder => "placeholder",
            _ => "malformed",
        };
    }
}
