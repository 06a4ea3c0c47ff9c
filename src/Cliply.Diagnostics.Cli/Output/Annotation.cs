using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Cli.Output;

/// <summary>What a workflow run on GitHub shows beside its log.</summary>
internal sealed record Annotation(Severity Severity, string Title, string Message);
