using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Systemd;

/// <summary>Which names systemctl and journalctl can be asked for.</summary>
internal sealed class SystemdOptionsRules : IValidateOptions<SystemdOptions>
{
    private const int MaxLength = 255;

    public ValidateOptionsResult Validate(string? name, SystemdOptions options)
    {
        var failures = new List<string>();
        for (var i = 0; i < (options.Units?.Count ?? 0); i++)
        {
            if (Problem(options.Units![i]) is { } problem)
            {
                failures.Add($"{SystemdOptions.SectionName}:Units:{i} {problem}");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static string? Problem(string? unit)
    {
        if (string.IsNullOrWhiteSpace(unit))
        {
            return "is empty. Name a unit, or remove it.";
        }

        if (unit.Length > MaxLength || unit[0] == '-' || unit.Any(c => !char.IsAsciiLetterOrDigit(c) && !":-_.\\@*?".Contains(c, StringComparison.Ordinal)))
        {
            return "is no unit's name. Use letters, digits and any of : - _ . \\ @, and * or ? to match several.";
        }

        if (unit.EndsWith('@') || unit.EndsWith("@.service", StringComparison.Ordinal))
        {
            return "is a template, which does not run itself. Use name@1 for one of its instances, or name@* for all.";
        }

        return UnitPattern.IsOtherType(unit) ? "is no service. Name the service that runs the worker." : null;
    }
}
