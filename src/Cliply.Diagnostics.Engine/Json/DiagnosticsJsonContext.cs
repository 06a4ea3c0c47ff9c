using System.Text.Json.Serialization;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Json;

/// <summary>The contract's JSON, generated at compile time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    Converters =
    [
        typeof(CountConverter),
        typeof(WholeNumberConverter),
        typeof(FiniteNumberConverter),
        typeof(UtcTimeConverter),
        typeof(SectionConverter<WorkersEvidence>),
        typeof(SectionConverter<QueueEvidence>),
        typeof(SectionConverter<IReadOnlyList<BinaryEvidence>>),
        typeof(SectionConverter<DatabaseEvidence>),
        typeof(SectionConverter<EnvironmentEvidence>),
        typeof(SectionConverter<IReadOnlyList<DeploymentEvidence>>),
        typeof(SectionConverter<IReadOnlyList<ResourceEvidence>>),
        typeof(SectionConverter<IReadOnlyList<LogEvidence>>),
        typeof(SectionConverter<IReadOnlyList<HistoryPoint>>),
    ])]
[JsonSerializable(typeof(DiagnosticSnapshot))]
[JsonSerializable(typeof(DiagnosticReport))]
[JsonSerializable(typeof(UnavailableSection))]
[JsonSerializable(typeof(WorkersEvidence))]
[JsonSerializable(typeof(QueueEvidence))]
[JsonSerializable(typeof(IReadOnlyList<BinaryEvidence>))]
[JsonSerializable(typeof(DatabaseEvidence))]
[JsonSerializable(typeof(EnvironmentEvidence))]
[JsonSerializable(typeof(IReadOnlyList<DeploymentEvidence>))]
[JsonSerializable(typeof(IReadOnlyList<ResourceEvidence>))]
[JsonSerializable(typeof(IReadOnlyList<LogEvidence>))]
[JsonSerializable(typeof(IReadOnlyList<HistoryPoint>))]
internal sealed partial class DiagnosticsJsonContext : JsonSerializerContext;
