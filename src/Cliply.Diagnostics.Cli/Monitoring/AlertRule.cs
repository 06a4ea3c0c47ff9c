using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Cli.Monitoring;

/// <summary>One alert, as Prometheus takes it.</summary>
internal sealed record AlertRule
{
    public required string Name { get; init; }

    /// <summary>In Prometheus' query language.</summary>
    public required string Expression { get; init; }

    /// <summary>How long the expression must hold before the alert fires, as Prometheus writes durations.</summary>
    public required string For { get; init; }

    /// <summary>How long the alert stays when the expression no longer holds; null: not at all.</summary>
    public string? KeepFiringFor { get; init; }

    /// <summary>Critical or warning.</summary>
    public required Severity Severity { get; init; }

    /// <summary>One line; a template of Prometheus.</summary>
    public required string Summary { get; init; }

    /// <summary>The number, the limit in force, and what to type next; a template of Prometheus.</summary>
    public required string Description { get; init; }

    /// <summary>The runbook's file and anchor.</summary>
    public required string Runbook { get; init; }
}
