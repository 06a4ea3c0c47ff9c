namespace Cliply.Diagnostics.Cli.Setup;

/// <summary>Where the workers run.</summary>
internal enum WorkerPlatform
{
    None,
    Docker,
    Kubernetes,
    Systemd,
    Process,
}
