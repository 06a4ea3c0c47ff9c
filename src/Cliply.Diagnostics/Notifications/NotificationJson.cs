using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Notifications;

/// <summary>Writes a notification as JSON, alone or as the data of a CloudEvent.</summary>
internal sealed class NotificationJson(NotificationText text)
{
    private const int SchemaVersion = 1;
    private const int Most = 20;
    private const int TopCauses = 3;

    public ReadOnlyMemory<byte> Write(Notification message) => Write(writer => WriteMessage(writer, message));

    /// <summary>CloudEvents 1.0, structured mode.</summary>
    public ReadOnlyMemory<byte> WriteCloudEvent(Notification message) => Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("specversion", "1.0");
        writer.WriteString("id", message.Id);
        writer.WriteString("source", message.Source);
        writer.WriteString("type", $"dev.cliply.diagnosis.{Of(message.Event)}");
        writer.WriteString("subject", text.Line(message.Code, 200));
        writer.WriteString("time", Of(message.At));
        writer.WriteString("datacontenttype", "application/json");
        writer.WritePropertyName("data");
        WriteMessage(writer, message);
        writer.WriteEndObject();
    });

    internal static string Of(NotificationEvent value) => value switch
    {
        NotificationEvent.Appeared => "appeared",
        NotificationEvent.Changed => "changed",
        _ => "cleared",
    };

    internal static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            write(writer);
        }

        return buffer.WrittenMemory;
    }

    private void WriteMessage(Utf8JsonWriter writer, Notification message)
    {
        var finding = message.Finding;
        var diagnosis = finding.Diagnosis;
        writer.WriteStartObject();
        writer.WriteNumber("schemaVersion", SchemaVersion);
        writer.WriteString("event", Of(message.Event));
        writer.WriteString("source", message.Source);
        writer.WriteString("fingerprint", message.Fingerprint);
        writer.WriteString("code", text.Line(diagnosis.Code, 200));
        writer.WriteString("title", text.Line(diagnosis.Title, 200));
        writer.WriteString("severity", ReportWords.Of(finding.Severity));
        writer.WriteString("confidence", ReportWords.Of(diagnosis.Confidence));
        writer.WriteString("summary", text.Line(diagnosis.Summary, 1_000));
        writer.WriteStartArray("changes");
        foreach (var change in message.Changes)
        {
            writer.WriteStringValue(text.Line(change, 500));
        }

        writer.WriteEndArray();
        writer.WriteStartArray("causes");
        foreach (var cause in TopCausesOf(finding))
        {
            writer.WriteStartObject();
            writer.WriteString("code", text.Line(cause.Code, 200));
            writer.WriteString("title", text.Line(cause.Title, 200));
            writer.WriteString("confidence", ReportWords.Of(cause.Confidence));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("symptoms");
        foreach (var symptom in finding.Symptoms.Take(Most))
        {
            writer.WriteStartObject();
            writer.WriteString("code", text.Line(symptom.Code, 200));
            writer.WriteString("title", text.Line(symptom.Title, 200));
            writer.WriteString("severity", ReportWords.Of(symptom.Severity));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        WriteRemediation(writer, message.Event == NotificationEvent.Cleared || diagnosis.Remediation.Count == 0 ? null : diagnosis.Remediation[0]);
        writer.WriteString("runbook", diagnosis.Runbook is null ? null : text.Line(diagnosis.Runbook, 300));
        writer.WriteString("since", Of(message.Since));
        writer.WriteString("at", Of(message.At));
        writer.WriteString("fleetStatus", ReportWords.Of(message.Status));
        writer.WriteEndObject();
    }

    internal static IEnumerable<Cause> TopCausesOf(Finding finding) =>
        finding.Lead is null ? [] : finding.Diagnosis.Causes.Where(c => c.Code != finding.Lead.Code).Prepend(finding.Lead).Take(TopCauses);

    private void WriteRemediation(Utf8JsonWriter writer, RemediationStep? step)
    {
        if (step is null)
        {
            writer.WriteNull("remediation");
            return;
        }

        writer.WriteStartObject("remediation");
        writer.WriteString("horizon", JsonNamingPolicy.CamelCase.ConvertName(step.Horizon.ToString()));
        writer.WriteString("action", text.Line(step.Action, 500));
        writer.WriteStartArray("commands");
        foreach (var command in step.Commands.Take(Most))
        {
            writer.WriteStartObject();
            writer.WriteString("platform", JsonNamingPolicy.CamelCase.ConvertName(command.Platform.ToString()));
            writer.WriteString("command", text.Line(command.Command, 1_000));
            writer.WriteString("effect", JsonNamingPolicy.CamelCase.ConvertName(command.Effect.ToString()));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static string Of(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
