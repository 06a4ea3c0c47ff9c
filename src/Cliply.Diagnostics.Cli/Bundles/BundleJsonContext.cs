using System.Text.Json.Serialization;
using Cliply.Diagnostics.Classification;

namespace Cliply.Diagnostics.Cli.Bundles;

/// <summary>The thresholds in force, without which a snapshot could be judged differently later.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, NewLine = "\n")]
[JsonSerializable(typeof(DiagnosisThresholds))]
internal sealed partial class BundleJsonContext : JsonSerializerContext;
