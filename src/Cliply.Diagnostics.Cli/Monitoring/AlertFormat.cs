namespace Cliply.Diagnostics.Cli.Monitoring;

/// <summary>Who loads the alerts.</summary>
internal enum AlertFormat
{
    /// <summary>Prometheus, from a file under <c>rule_files</c>.</summary>
    Prometheus,

    /// <summary>The Prometheus operator, as an object of the kind PrometheusRule.</summary>
    Operator,
}
