using System.Text;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.WorkerHeartbeats;

/// <summary>What must hold beyond the ranges; each failure names its keys.</summary>
internal sealed class WorkerHeartbeatOptionsRules(IOptions<CliplyDiagnosticsOptions> diagnostics) : IValidateOptions<WorkerHeartbeatOptions>
{
    public ValidateOptionsResult Validate(string? name, WorkerHeartbeatOptions options)
    {
        var failures = new List<string>();
        if (HeartbeatFresh() is { } fresh && options.Interval >= fresh)
        {
            failures.Add(FormattableString.Invariant(
                $"{WorkerHeartbeatOptions.SectionName}:Interval ({options.Interval}) must be less than {CliplyDiagnosticsOptions.SectionName}:Thresholds:HeartbeatFresh ({fresh}). Lower the first or raise the second."));
        }

        if (options.WorkerId is { } id && (string.IsNullOrWhiteSpace(id) || id.EnumerateRunes().Any(r => Rune.IsControl(r) || r == Rune.ReplacementChar)))
        {
            failures.Add($"{WorkerHeartbeatOptions.SectionName}:WorkerId must not be blank or hold control characters. Use one such as host:pid:start, or leave it out.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    /// <summary>Null where those options are wrong themselves, which their own validation tells.</summary>
    private TimeSpan? HeartbeatFresh()
    {
        try
        {
            return diagnostics.Value.Thresholds.HeartbeatFresh;
        }
        catch (OptionsValidationException)
        {
            return null;
        }
    }
}
