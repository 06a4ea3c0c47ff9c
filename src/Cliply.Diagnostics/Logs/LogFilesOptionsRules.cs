using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Logs;

/// <summary>Which paths can be read at all.</summary>
internal sealed class LogFilesOptionsRules : IValidateOptions<LogFilesOptions>
{
    public ValidateOptionsResult Validate(string? name, LogFilesOptions options)
    {
        var failures = new List<string>();
        if (options.Paths is { Count: 0 })
        {
            failures.Add($"{LogFilesOptions.SectionName}:Paths is empty. Name a log file or a folder of them, or remove AddLogs.");
        }

        for (var i = 0; i < (options.Paths?.Count ?? 0); i++)
        {
            if (string.IsNullOrWhiteSpace(options.Paths![i]) || options.Paths[i].Contains('\0', StringComparison.Ordinal))
            {
                failures.Add($"{LogFilesOptions.SectionName}:Paths:{i} is no path. Name a log file or a folder of them, or remove it.");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}
