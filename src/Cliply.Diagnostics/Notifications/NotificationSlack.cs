using System.Text.Json;
using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Notifications;

/// <summary>Writes a notification for Slack; all of it as plain text, in which nothing is markup, a link or a mention.</summary>
internal sealed class NotificationSlack(NotificationText text)
{
    private const int MaxHeader = 150;
    private const int MaxSection = 3_000;
    private const int MostCommands = 10;

    public ReadOnlyMemory<byte> Write(Notification message) => NotificationJson.Write(writer =>
    {
        var heading = Heading(message);
        writer.WriteStartObject();

        // What notifications of the phone show, and the one text that Slack looks for mentions in.
        writer.WriteString("text", NotificationText.ForSlack($"{heading}: {text.Line(message.Finding.Diagnosis.Summary, 1_000)}".Replace("@", "@\u2060", StringComparison.Ordinal), MaxSection));
        writer.WriteBoolean("mrkdwn", false);
        writer.WriteStartArray("blocks");
        WriteBlock(writer, "header", heading, MaxHeader);
        WriteBlock(writer, "section", text.Line(message.Finding.Diagnosis.Summary, 1_000), MaxSection);
        if (Details(message) is { Count: > 0 } details)
        {
            WriteBlock(writer, "section", string.Join('\n', details), MaxSection);
        }

        WriteContext(writer, $"{text.Line(message.Code, 200)} · {message.Source} · {message.Fingerprint} · since {ReportWords.Of(message.Since)} · at {ReportWords.Of(message.At)} · fleet {ReportWords.Of(message.Status)}");
        writer.WriteEndArray();
        writer.WriteEndObject();
    });

    private string Heading(Notification message)
    {
        var title = text.Line(message.Finding.Diagnosis.Title, 100);
        return message.Event switch
        {
            NotificationEvent.Appeared => $"{title} ({ReportWords.Of(message.Finding.Severity)})",
            NotificationEvent.Changed => $"Changed: {title} ({ReportWords.Of(message.Finding.Severity)})",
            _ => $"Cleared: {title}",
        };
    }

    private List<string> Details(Notification message)
    {
        var lines = message.Changes.Select(c => text.Line(c, 500)).ToList();
        if (message.Event == NotificationEvent.Cleared)
        {
            return lines;
        }

        var diagnosis = message.Finding.Diagnosis;
        lines.Add($"Confidence: {ReportWords.Of(diagnosis.Confidence)}");
        lines.AddRange(NotificationJson.TopCausesOf(message.Finding).Select(c => $"Cause ({ReportWords.Of(c.Confidence)}): {text.Line(c.Title, 200)}"));
        if (message.Finding.Symptoms.Count > 0)
        {
            lines.Add($"Explains: {text.Line(string.Join(", ", message.Finding.Symptoms.Select(s => s.Code)), 500)}");
        }

        if (diagnosis.Remediation.Count > 0)
        {
            var step = diagnosis.Remediation[0];
            lines.Add($"Do, {ReportWords.Of(step.Horizon)}: {text.Line(step.Action, 500)}");
            lines.AddRange(step.Commands.Take(MostCommands).Select(c =>
                $"{ReportWords.Of(c.Platform)}{(c.Effect == CommandEffect.Changing ? " (changes something)" : "")}: {text.Line(c.Command, 500)}"));
        }

        if (diagnosis.Runbook is not null)
        {
            lines.Add($"Runbook: {text.Line(diagnosis.Runbook, 300)}");
        }

        return lines;
    }

    private static void WriteBlock(Utf8JsonWriter writer, string type, string value, int maxLength)
    {
        writer.WriteStartObject();
        writer.WriteString("type", type);
        writer.WritePropertyName("text");
        WriteText(writer, value, maxLength);
        writer.WriteEndObject();
    }

    private static void WriteContext(Utf8JsonWriter writer, string value)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "context");
        writer.WriteStartArray("elements");
        WriteText(writer, value, MaxSection);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter writer, string value, int maxLength)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "plain_text");
        writer.WriteString("text", NotificationText.ForSlack(value, maxLength));
        writer.WriteBoolean("emoji", false);
        writer.WriteEndObject();
    }
}
