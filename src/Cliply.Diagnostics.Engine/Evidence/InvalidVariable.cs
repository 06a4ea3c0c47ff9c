namespace Cliply.Diagnostics.Evidence;

/// <summary>An environment variable that is set to something that can't work.</summary>
public sealed record InvalidVariable
{
    /// <summary>The variable's name.</summary>
    public string? Name { get; init; }

    /// <summary>What is wrong with it, without its value.</summary>
    public string? Reason { get; init; }
}
