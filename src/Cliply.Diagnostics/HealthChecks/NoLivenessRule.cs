using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.HealthChecks;

/// <summary>None of the library's checks may be tagged for liveness, whoever tags it.</summary>
internal sealed class NoLivenessRule : IValidateOptions<HealthCheckServiceOptions>
{
    private static readonly HashSet<string> LivenessTags = new(["live", "livez", "liveness", "alive"], StringComparer.OrdinalIgnoreCase);

    public ValidateOptionsResult Validate(string? name, HealthCheckServiceOptions options)
    {
        var failures = new List<string>();
        foreach (var registration in options.Registrations.Where(r => FleetHealthCheckDefinition.All.Any(d => string.Equals(d.Name, r.Name, StringComparison.OrdinalIgnoreCase))))
        {
            if (registration.Tags.FirstOrDefault(LivenessTags.Contains) is { } tag)
            {
                failures.Add($"The health check '{registration.Name}' has the tag '{tag}'. It depends on the database or on other programs, and a liveness probe that fails with them restarts every host at once. Remove the tag; leave the check to readiness.");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
