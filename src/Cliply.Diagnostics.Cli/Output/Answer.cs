namespace Cliply.Diagnostics.Cli.Output;

/// <summary>What a verb answers, in each form that it may be asked for.</summary>
internal sealed record Answer
{
    /// <summary>For people.</summary>
    public required Page Page { get; init; }

    /// <summary>For programs: one JSON value as UTF-8, indented.</summary>
    public required ReadOnlyMemory<byte> Json { get; init; }

    /// <summary>For a workflow run; empty where all is well.</summary>
    public IReadOnlyList<Annotation> Annotations { get; init; } = [];

    public int ExitCode { get; init; }
}
