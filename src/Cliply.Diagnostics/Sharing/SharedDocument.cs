using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Json;
using Cliply.Diagnostics.Redaction;

namespace Cliply.Diagnostics.Sharing;

/// <summary>
/// What collectors have found, each as the contract's snapshot with its sections alone, as JSON. By collector and not as one
/// snapshot, so that what a host sees itself is put together with it by the same rules as without sharing.
/// </summary>
internal static class SharedDocument
{
    public const int Format = 1;

    public const int MaxBytes = 1024 * 1024;

    /// <param name="evidence">By collector.</param>
    /// <param name="now">By this host's clock.</param>
    /// <param name="redactor">No secret leaves the host; names are cut afterwards.</param>
    public static byte[] Write(IEnumerable<(string Collector, CollectedEvidence Evidence)> evidence, DateTimeOffset now, SecretRedactor redactor)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("format", Format);
            writer.WriteString("collectedAt", now);
            writer.WriteStartArray("collectors");
            foreach (var (collector, found) in evidence)
            {
                writer.WriteStartObject();
                writer.WriteString("name", collector);
                writer.WriteBoolean("knowsTime", found.CapturedAt is not null);
                Write("evidence", SnapshotOf(found));
                if (found.SecondHand is { } secondHand)
                {
                    Write("secondHand", new DiagnosticSnapshot
                    {
                        SchemaVersion = DiagnosticSnapshot.CurrentSchemaVersion,
                        CapturedAt = now,
                        Workers = secondHand.Workers is { } workers ? workers : default(Section<WorkersEvidence>),
                        Deployments = secondHand.Deployments is { } deployments ? Section.List(deployments) : default,
                    });
                    writer.WriteStartObject("restarts");
                    foreach (var (instance, restarts) in secondHand.RestartsByInstance ?? new Dictionary<string, double>())
                    {
                        writer.WriteNumber(redactor.Redact(instance), restarts);
                    }

                    writer.WriteEndObject();
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();

            void Write(string name, DiagnosticSnapshot snapshot)
            {
                writer.WritePropertyName(name);
                writer.WriteRawValue(SnapshotJson.Write(NameLimits.Apply(redactor.Redact(snapshot))), skipInputValidation: true);
            }
        }

        return buffer.WrittenSpan.ToArray();

        DiagnosticSnapshot SnapshotOf(CollectedEvidence found) => new()
        {
            SchemaVersion = DiagnosticSnapshot.CurrentSchemaVersion,
            CapturedAt = found.CapturedAt ?? now,
            Workers = found.Workers,
            Queue = found.Queue,
            Binaries = found.Binaries,
            Database = found.Database,
            Environment = found.Environment,
            Deployments = found.Deployments,
            Resources = found.Resources,
            Logs = found.Logs,
            History = found.History,
        };
    }

    /// <summary>Reads a document that anybody may have written: of each collector its own sections, and nothing of collectors that this host does not have.</summary>
    /// <returns>Null where it can't be read.</returns>
    public static (DateTimeOffset CollectedAt, Dictionary<string, CollectedEvidence> Evidence)? Read(byte[] utf8, IEnumerable<IEvidenceCollector> collectors)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8.AsMemory(0, utf8.Length <= MaxBytes ? utf8.Length : 0));
            var root = document.RootElement;
            if (root.GetProperty("format").GetInt32() != Format)
            {
                return null;
            }

            var evidence = new Dictionary<string, CollectedEvidence>(StringComparer.Ordinal);
            foreach (var element in root.GetProperty("collectors").EnumerateArray())
            {
                var name = element.GetProperty("name").GetString();
                if (collectors.FirstOrDefault(c => c.Name == name) is { } collector)
                {
                    evidence[collector.Name] = ReadEvidence(element, collector.Sections);
                }
            }

            return (root.GetProperty("collectedAt").GetDateTimeOffset(), evidence);
        }
        catch (Exception exception) when (exception is JsonException or SnapshotFormatException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static CollectedEvidence ReadEvidence(JsonElement element, IReadOnlyList<SnapshotSection> sections)
    {
        var snapshot = ReadSnapshot(element.GetProperty("evidence"));
        return new CollectedEvidence
        {
            CapturedAt = element.GetProperty("knowsTime").GetBoolean() ? snapshot.CapturedAt : null,
            Workers = Own(SnapshotSection.Workers, snapshot.Workers),
            Queue = Own(SnapshotSection.Queue, snapshot.Queue),
            Binaries = Own(SnapshotSection.Binaries, snapshot.Binaries),
            Database = Own(SnapshotSection.Database, snapshot.Database),
            Environment = Own(SnapshotSection.Environment, snapshot.Environment),
            Deployments = Own(SnapshotSection.Deployments, snapshot.Deployments),
            Resources = Own(SnapshotSection.Resources, snapshot.Resources),
            Logs = Own(SnapshotSection.Logs, snapshot.Logs),
            History = Own(SnapshotSection.History, snapshot.History),
            SecondHand = element.TryGetProperty("secondHand", out var secondHand) ? ReadSecondHand(ReadSnapshot(secondHand), element.GetProperty("restarts")) : null,
        };

        Section<T> Own<T>(SnapshotSection section, Section<T> value)
            where T : class => sections.Contains(section) ? value : default;
    }

    private static SecondHandEvidence ReadSecondHand(DiagnosticSnapshot snapshot, JsonElement restarts)
    {
        var byInstance = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var property in restarts.EnumerateObject())
        {
            var number = property.Value.GetDouble();
            byInstance[property.Name] = double.IsFinite(number) && number >= 0 ? number : throw new FormatException();
        }

        return new SecondHandEvidence { Workers = snapshot.Workers.Value, Deployments = snapshot.Deployments.Value, RestartsByInstance = byInstance };
    }

    private static DiagnosticSnapshot ReadSnapshot(JsonElement element) => SnapshotJson.Read(JsonMarshal.GetRawUtf8Value(element));
}
