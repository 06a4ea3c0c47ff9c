using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Cliply.Diagnostics.Cli.CommandLine;
using Cliply.Diagnostics.Cli.Fleet;

namespace Cliply.Diagnostics.Cli.Monitoring;

/// <summary><c>cliply alerts</c>: alert rules for Prometheus, with the limits in force. Reads no evidence.</summary>
internal static class AlertsCommand
{
    /// <summary>Where the runbook's anchors are.</summary>
    public const string RunbookFile = "worker-debugging.md";

    private const int LongestJob = 200;

    private static readonly string[] Formats = ["prometheus", "operator"];

    public static Command Create()
    {
        var job = new Option<string?>("--job") { Description = "Looks only at the metrics of that scrape job. Default: all, each job on its own.", HelpName = "NAME" };
        job.Validators.Add(ValidateJob);
        var container = ContainerOption.Create();
        var runbook = new Option<string?>("--runbook-url") { Description = $"The address of the folder that holds {RunbookFile}, for the links of alerts. Default: none, the file's name alone.", HelpName = "BASE" };
        runbook.Validators.Add(ValidateRunbook);
        var format = new Option<AlertFormat>("--format") { Description = "prometheus for a file under rule_files, operator for an object of the kind PrometheusRule. Default: prometheus.", HelpName = string.Join('|', Formats), CustomParser = ParseFormat };
        format.CompletionSources.Add(Formats);
        var config = FleetOptions.CreateConfig();
        var command = new Command("alerts", """
            Writes alert rules for Prometheus, with the limits in force.

            The limits are those of the environment and the configuration file, otherwise the defaults: give it the configuration of the host that exports the metrics, and no threshold drifts. Restarts come from kube-state-metrics, where that is there. Needs Prometheus 2.42.

            Exit codes: 0; 64 wrong usage or contradicting options, 65 bad configuration file.

            Examples:
              cliply alerts --config cliply.json > /etc/prometheus/rules/cliply-alerts.yaml
              cliply alerts --format operator --job cliply-diagnostics --runbook-url https://wiki.example/runbooks | kubectl apply -f -
            """) { job, container, runbook, format, config };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var rules = AlertRules.Create(LimitsInForce.Read(parsed.GetValue(config)), parsed.GetValue(job), parsed.GetValue(container)!);
            await Console.Out.WriteAsync(AlertFile.Write(rules, parsed.GetValue(format), parsed.GetValue(runbook)).AsMemory(), cancellationToken);
            return ExitCodes.Success;
        });
        return command;
    }

    private static void ValidateJob(OptionResult result)
    {
        if (result.Tokens is [var job] && (string.IsNullOrWhiteSpace(job.Value) || job.Value.Length > LongestJob || job.Value.Any(c => char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)))
        {
            result.AddError($"--job must be the name of a scrape job: 1 to {LongestJob} characters on one line, none of them a control character.");
        }
    }

    /// <summary>What is given is not quoted: an address may hold a password.</summary>
    private static void ValidateRunbook(OptionResult result)
    {
        if (result.Tokens is not [var address])
        {
            return;
        }

        if (!Uri.TryCreate(address.Value, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || address.Value.Any(c => char.IsControl(c) || char.IsWhiteSpace(c)))
        {
            result.AddError($"--runbook-url must be an absolute http or https address. Give the folder that holds {RunbookFile}, such as https://wiki.example/runbooks.");
        }
        else if (url.UserInfo.Length > 0 || address.Value.AsSpan().ContainsAny('?', '#'))
        {
            result.AddError($"--runbook-url must have no user, no ? and no #: every alert shows it, and the runbook's anchor follows. Give the folder that holds {RunbookFile}, such as https://wiki.example/runbooks.");
        }
        else if (address.Value.Contains('{', StringComparison.Ordinal))
        {
            result.AddError("--runbook-url must have no {: Prometheus would read it as a template. Write it as %7B.");
        }
    }

    private static AlertFormat ParseFormat(ArgumentResult result)
    {
        var value = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (Formats.Contains(value, StringComparer.OrdinalIgnoreCase))
        {
            return Enum.Parse<AlertFormat>(value, ignoreCase: true);
        }

        result.AddError($"--format '{value}' is not known. Use {Formats[0]} or {Formats[1]}.");
        return AlertFormat.Prometheus;
    }
}
