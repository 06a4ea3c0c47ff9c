namespace Cliply.Diagnostics.Evidence;

/// <summary>Why a section that was tried could not be measured.</summary>
/// <param name="Code">
/// A database status in camelCase, or <c>not-configured</c>, <c>not-supported</c>, <c>unexpected</c>.
/// </param>
/// <param name="Message">For people; safe to publish: no host, user or secret.</param>
public sealed record SectionFailure(string? Code = null, string? Message = null)
{
    /// <summary>Nothing says where to look.</summary>
    public const string NotConfigured = "not-configured";

    /// <summary>This source can't tell.</summary>
    public const string NotSupported = "not-supported";

    /// <summary>The collector failed in a way that it does not know.</summary>
    public const string Unexpected = "unexpected";

    /// <summary>The collector ran into its deadline.</summary>
    public const string Timeout = "timeout";
}
