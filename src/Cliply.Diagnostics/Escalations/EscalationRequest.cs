namespace Cliply.Diagnostics.Escalations;

/// <summary>How much one source hands over.</summary>
internal sealed record EscalationRequest
{
    /// <summary>More of one file is not read; a file of that size was not written for people.</summary>
    public const int MaxBytesPerFile = 256 * 1024;

    /// <summary>So many rollouts of one deployment, the newest.</summary>
    public const int MaxRollouts = 10;

    /// <summary>The newest lines of each worker. Default 100, as the runbook asks for.</summary>
    public int LogLines { get; init; } = 100;

    /// <summary>The newest bytes of one log, whichever limit is met first. Default 1 MiB.</summary>
    public int MaxBytesPerLog { get; init; } = 1024 * 1024;

    /// <summary>All logs and files of a source together, in bytes: three quarters for logs, which share them evenly, and one for files. Default 16 MiB.</summary>
    public int MaxBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Of how many workers, those that did not end well first where the platform tells. Default 100.</summary>
    public int MaxWorkers { get; init; } = 100;

    /// <summary>What each of so many logs may hold, in bytes.</summary>
    /// <param name="logs">How many there are.</param>
    public int BytesPerLog(int logs) => Math.Min(MaxBytesPerLog, (MaxBytes - BytesOfFiles) / Math.Max(1, logs));

    /// <summary>What all files together may hold, in bytes.</summary>
    public int BytesOfFiles => MaxBytes / 4;
}
