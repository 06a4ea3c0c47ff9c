using System.ComponentModel.DataAnnotations;

namespace Cliply.Diagnostics.Environments;

/// <summary>The environment variables that a worker needs.</summary>
public sealed class EnvironmentOptions
{
    /// <summary>Without these a worker can't work. Default <c>SUPABASE_URL</c> and <c>SUPABASE_SERVICE_ROLE_KEY</c> (runbook: 1.3).</summary>
    [Required]
    public IList<string> Required { get; set; } = ["SUPABASE_URL", "SUPABASE_SERVICE_ROLE_KEY"];

    /// <summary>Without these it is harder to operate. Default <c>SENTRY_DSN</c> and <c>LOG_LEVEL</c> (runbook: 1.3).</summary>
    [Required]
    public IList<string> Recommended { get; set; } = ["SENTRY_DSN", "LOG_LEVEL"];
}
