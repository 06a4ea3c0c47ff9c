using Cliply.Diagnostics.Runbook;
using Cliply.Diagnostics.Scenarios;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.AspNetCore.Probes;

/// <summary>What must hold between options; each failure names both keys.</summary>
internal sealed class ProbeOptionsRules(CliplyDiagnosticsOptions diagnostics, IEnumerable<IScenario> scenarios) : IValidateOptions<ProbeOptions>
{
    public ValidateOptionsResult Validate(string? name, ProbeOptions options)
    {
        var failures = new List<string>();
        var oldest = diagnostics.SnapshotMaxAge + diagnostics.CollectionDeadline;
        if (options.MaxAge < oldest)
        {
            failures.Add($"{ProbeOptions.SectionName}:MaxAge ({options.MaxAge}) must not be less than {CliplyDiagnosticsOptions.SectionName}:SnapshotMaxAge ({diagnostics.SnapshotMaxAge}) and {CliplyDiagnosticsOptions.SectionName}:CollectionDeadline ({diagnostics.CollectionDeadline}) together. Raise the first or lower the others.");
        }

        string[] known = [.. RunbookCatalog.Diagnoses.Select(d => d.Code), .. scenarios.Select(s => s.Code)];
        for (var i = 0; i < (options.UnreadyDiagnoses?.Count ?? 0); i++)
        {
            if (!known.Contains(options.UnreadyDiagnoses![i], StringComparer.Ordinal))
            {
                failures.Add($"{ProbeOptions.SectionName}:UnreadyDiagnoses:{i} '{options.UnreadyDiagnoses[i]}' is no diagnosis. Use codes of {string.Join(", ", known.Order(StringComparer.Ordinal))}.");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
