using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Processes;

/// <summary>What must hold between options.</summary>
internal sealed class ProcessesOptionsRules : IValidateOptions<ProcessesOptions>
{
    private const string Prefix = ProcessesOptions.SectionName;

    public ValidateOptionsResult Validate(string? name, ProcessesOptions options)
    {
        var failures = new List<string>();
        if (options.Name is null && options.CommandLineContains is null && options.PidFiles is not { Count: > 0 })
        {
            failures.Add($"{Prefix} names no process. Set {Prefix}:Name, {Prefix}:CommandLineContains or {Prefix}:PidFiles.");
        }

        if (options.Name?.Contains('/', StringComparison.Ordinal) == true)
        {
            failures.Add($"{Prefix}:Name holds a path. Give the file's name alone, and the path as {Prefix}:CommandLineContains.");
        }

        for (var i = 0; i < (options.PidFiles?.Count ?? 0); i++)
        {
            if (!Path.IsPathFullyQualified(options.PidFiles![i] ?? ""))
            {
                failures.Add($"{Prefix}:PidFiles:{i} is no absolute path. Give the whole path, from the root folder on.");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
