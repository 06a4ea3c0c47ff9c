using System.Globalization;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Cli.Comparing;

/// <summary>What changed from one recording to another: diagnoses, then the measurements that people ask for first.</summary>
internal static class Comparison
{
    /// <summary>Diagnoses that appeared, cleared, or changed in severity, confidence, first cause or what explains them.</summary>
    public static IReadOnlyList<Change> Diagnoses(DiagnosticReport before, DiagnosticReport after)
    {
        var codes = after.Diagnoses.Select(d => d.Code).Concat(before.Diagnoses.Select(d => d.Code)).Distinct(StringComparer.Ordinal);
        return Changes(codes.Select(code => (code, Describe(Find(before, code)), Describe(Find(after, code)))));
    }

    /// <summary>Numbers and states of the snapshots; a report alone has none.</summary>
    public static IReadOnlyList<Change> Measurements(DiagnosticSnapshot before, DiagnosticSnapshot after)
    {
        var (one, other) = (Measure(before), Measure(after));
        return Changes(other.Keys.Concat(one.Keys).Distinct(StringComparer.Ordinal).Select(name => (name, one.GetValueOrDefault(name), other.GetValueOrDefault(name))));
    }

    private static Change[] Changes(IEnumerable<(string Subject, string? Before, string? After)> all) =>
        [.. all.Where(c => c.Before != c.After).Select(c => new Change(c.Subject, c.Before, c.After))];

    private static Diagnosis? Find(DiagnosticReport report, string code) => report.Diagnoses.FirstOrDefault(d => d.Code == code);

    private static string? Describe(Diagnosis? diagnosis) => diagnosis is null ? null :
        $"{ReportWords.Of(diagnosis.Severity)}, {ReportWords.Of(diagnosis.Confidence)}"
        + (diagnosis.Causes is [var cause, ..] ? $", {cause.Code} {ReportWords.Of(cause.Confidence)}" : "")
        + (diagnosis.SymptomOf.Count > 0 ? $", symptom of {string.Join(", ", diagnosis.SymptomOf)}" : "");

    private static Dictionary<string, string> Measure(DiagnosticSnapshot snapshot)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        Section("workers", snapshot.Workers, w =>
        {
            Add("workers.active", w.Active);
            Add("workers.stale", w.Stale);
        });
        Section("queue", snapshot.Queue, q =>
        {
            Add("queue.runnable", q.Runnable);
            Add("queue.scheduled", q.Scheduled);
            Add("queue.running", q.Running);
            Add("queue.failed", q.Failed);
            Add("queue.deadLetter", q.DeadLetter);
            Add("queue.oldestRunnableAgeSeconds", q.OldestRunnableAgeSeconds);
            Add("queue.completedLast5Minutes", q.CompletedLast5Minutes);
            Add("queue.failedLast5Minutes", q.FailedLast5Minutes);
        });
        Section("binaries", snapshot.Binaries, binaries =>
        {
            foreach (var binary in binaries)
            {
                values[$"binaries.{binary.Name}"] = binary.Status == BinaryStatus.Available ? $"available {binary.Version}".TrimEnd() : CamelCase(binary.Status);
            }
        });
        Section("database", snapshot.Database, d =>
        {
            values["database.status"] = CamelCase(d.Status);
            List("database.missingFunctions", d.MissingFunctions);
        });
        Section("environment", snapshot.Environment, e =>
        {
            List("environment.missingRequired", e.MissingRequired);
            List("environment.missingRecommended", e.MissingRecommended);
            List("environment.invalid", e.Invalid?.Select(v => v.Name).OfType<string>());
        });
        Section("deployments", snapshot.Deployments, deployments =>
        {
            foreach (var deployment in deployments)
            {
                Add($"deployments.{deployment.Name}.desiredReplicas", deployment.DesiredReplicas);
                Add($"deployments.{deployment.Name}.readyReplicas", deployment.ReadyReplicas);
                Add($"deployments.{deployment.Name}.restartsLast5Minutes", deployment.RestartsLast5Minutes);
            }
        });
        Section("logs", snapshot.Logs, logs =>
        {
            foreach (var finding in logs.SelectMany(l => l.Findings ?? []).GroupBy(f => f.Pattern, StringComparer.Ordinal))
            {
                Add($"logs.{finding.Key}", finding.Sum(f => f.Count ?? 0));
            }
        });
        return values;

        void Section<T>(string name, Section<T> section, Action<T> add)
            where T : class
        {
            if (section.Value is { } value)
            {
                add(value);
            }
            else
            {
                values[name] = section.Unavailable is { } failure ? $"not known ({failure.Code ?? "failed"})" : "not collected";
            }
        }

        void Add(string name, long? value)
        {
            if (value is { } number)
            {
                values[name] = number.ToString(CultureInfo.InvariantCulture);
            }
        }

        void List(string name, IEnumerable<string>? items)
        {
            if (items is not null)
            {
                values[name] = string.Join(", ", items.Order(StringComparer.Ordinal)) is { Length: > 0 } text ? text : "none";
            }
        }
    }

    private static string CamelCase<T>(T value)
        where T : struct, Enum => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(value.ToString());
}
