using System.Globalization;
using Cliply.Diagnostics.Reports;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Cliply.Diagnostics.Cli.Monitoring;

/// <summary>Alerts as YAML.</summary>
internal sealed class AlertFile
{
    private const string Header = """
        # Written by cliply alerts, with the limits in force. Don't edit it: change the options, and write it again.

        """;

    private readonly Emitter _yaml;

    private AlertFile(TextWriter text) => _yaml = new Emitter(text, new EmitterSettings(bestIndent: 2, bestWidth: int.MaxValue, isCanonical: false, maxSimpleKeyLength: 1024));

    /// <param name="rules">The alerts.</param>
    /// <param name="format">Who loads them.</param>
    /// <param name="runbookFolder">The address of the folder that holds the runbook; null: the file's name alone.</param>
    public static string Write(IReadOnlyList<AlertRule> rules, AlertFormat format, string? runbookFolder)
    {
        using var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        text.Write(Header.ReplaceLineEndings("\n"));
        var file = new AlertFile(text);
        file._yaml.Emit(new StreamStart());
        file._yaml.Emit(new DocumentStart(null, null, isImplicit: true));
        if (format == AlertFormat.Operator)
        {
            file.Map(() =>
            {
                file.Pair("apiVersion", "monitoring.coreos.com/v1");
                file.Pair("kind", "PrometheusRule");
                file.Pair("metadata", () => file.Map(() => file.Pair("name", "cliply-alerts")));
                file.Pair("spec", () => file.WriteGroups(rules, runbookFolder));
            });
        }
        else
        {
            file.WriteGroups(rules, runbookFolder);
        }

        file._yaml.Emit(new DocumentEnd(isImplicit: true));
        file._yaml.Emit(new StreamEnd());
        return text.ToString();
    }

    private void WriteGroups(IReadOnlyList<AlertRule> rules, string? runbookFolder) => Map(() => Pair("groups", () => List(() => Map(() =>
    {
        Pair("name", "cliply");
        Pair("rules", () => List(() =>
        {
            foreach (var rule in rules)
            {
                Map(() => Write(rule, runbookFolder));
            }
        }));
    }))));

    private void Write(AlertRule rule, string? runbookFolder)
    {
        Pair("alert", rule.Name);
        Pair("expr", rule.Expression.ReplaceLineEndings("\n"), ScalarStyle.Literal);
        Pair("for", rule.For);
        if (rule.KeepFiringFor is { } stays)
        {
            Pair("keep_firing_for", stays);
        }

        Pair("labels", () => Map(() => Pair("severity", ReportWords.Of(rule.Severity))));
        Pair("annotations", () => Map(() =>
        {
            Pair("summary", rule.Summary, ScalarStyle.SingleQuoted);
            Pair("description", rule.Description, ScalarStyle.SingleQuoted);
            Pair("runbook_url", runbookFolder is null ? rule.Runbook : $"{runbookFolder.TrimEnd('/')}/{rule.Runbook}", ScalarStyle.SingleQuoted);
        }));
    }

    private void Map(Action content)
    {
        _yaml.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, MappingStyle.Block));
        content();
        _yaml.Emit(new MappingEnd());
    }

    private void List(Action content)
    {
        _yaml.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, SequenceStyle.Block));
        content();
        _yaml.Emit(new SequenceEnd());
    }

    private void Pair(string name, Action value)
    {
        _yaml.Emit(new Scalar(name));
        value();
    }

    private void Pair(string name, string value, ScalarStyle style = ScalarStyle.Any) =>
        Pair(name, () => _yaml.Emit(new Scalar(AnchorName.Empty, TagName.Empty, value, style, isPlainImplicit: true, isQuotedImplicit: true)));
}
