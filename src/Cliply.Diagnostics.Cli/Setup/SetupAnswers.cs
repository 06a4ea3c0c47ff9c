namespace Cliply.Diagnostics.Cli.Setup;

/// <summary>What <c>cliply init</c> was told, by flags or by answers.</summary>
internal sealed record SetupAnswers
{
    public required WorkerPlatform Platform { get; init; }

    public required string Schema { get; init; }

    public required string Table { get; init; }

    /// <summary>The role that may only read.</summary>
    public required string Role { get; init; }

    /// <summary>Whether workers are to announce themselves.</summary>
    public bool Heartbeat { get; init; }
}
