using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Notifications;

/// <summary>What an attribute can't say. No failure repeats the URL or a header's value.</summary>
internal sealed class WebhookOptionsRules : IValidateOptions<WebhookOptions>
{
    public ValidateOptionsResult Validate(string? name, WebhookOptions options)
    {
        var failures = new List<string>();
        if (ProblemOfUrl(options.Url) is { } problem)
        {
            failures.Add($"{Key("Url")} {problem}");
        }

        foreach (var (header, value) in options.Headers ?? new Dictionary<string, string>())
        {
            if (header.Length == 0 || !header.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            {
                failures.Add($"{Key("Headers")} holds a name that can't be sent as a request header. Use names such as Authorization.");
            }
            else if (header.StartsWith("Content-", StringComparison.OrdinalIgnoreCase))
            {
                failures.Add($"{Key("Headers")}:{header} can't be set: it follows from {Key("Format")}. Remove it.");
            }
            else if (value is null || !value.All(c => c is >= ' ' and <= '~'))
            {
                failures.Add($"{Key("Headers")}:{header} can't be used: its value is missing, or holds a line break or another character that no header may hold.");
            }
        }

        for (var i = 0; i < (options.Silences?.Count ?? 0); i++)
        {
            CheckSilence($"{Key("Silences")}:{i}", options.Silences![i], failures);
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static void CheckSilence(string key, WebhookSilence? silence, List<string> failures)
    {
        if (string.IsNullOrEmpty(silence?.Code))
        {
            failures.Add($"{key}:Code is missing. Name the diagnosis to silence, such as queue-backlog.");
        }
        else if (!silence.Code.All(c => c is >= 'a' and <= 'z' or >= '0' and <= '9' or '-'))
        {
            failures.Add($"{key}:Code is no diagnosis's code. Use lower-case words joined by hyphens, such as queue-backlog.");
        }

        if (silence?.Until is null)
        {
            failures.Add($"{key}:Until is missing. Say when the silence ends, such as 2026-12-01T06:00:00Z; without an end it would be forgotten.");
        }

        if (string.IsNullOrWhiteSpace(silence?.Reason))
        {
            failures.Add($"{key}:Reason is missing. Say why, for whoever reads it later.");
        }
    }

    private static string? ProblemOfUrl(string? url) =>
        string.IsNullOrWhiteSpace(url) ? "is missing. Set the http or https URL that notifications are posted to."
        : !Uri.TryCreate(url.Trim(), UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0 ? "is no absolute http or https URL. Use one such as https://alerts.example/hook."
        : uri.UserInfo.Length > 0 ? $"holds a user or password. Take them out, and set {Key("Headers")}:Authorization."
        : null;

    private static string Key(string key) => $"{WebhookOptions.SectionName}:{key}";
}
