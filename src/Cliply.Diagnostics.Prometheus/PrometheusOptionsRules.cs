using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Prometheus;

/// <summary>What an attribute can't say. No failure repeats a URL, a header's value or a credential.</summary>
internal sealed class PrometheusOptionsRules(IOptions<CliplyDiagnosticsOptions> diagnostics) : IValidateOptions<PrometheusOptions>
{
    private const int MaxPoints = 10_000;

    public ValidateOptionsResult Validate(string? name, PrometheusOptions options)
    {
        var failures = new List<string>();
        if (!string.IsNullOrWhiteSpace(options.Url) && ProblemOfUrl(options.Url) is { } problem)
        {
            failures.Add($"{Key("Url")} can't be used: {problem}");
        }

        CheckMatchers("Matchers", options.Matchers, "job=\"cliply\"");
        CheckMatchers("ContainerMatchers", options.ContainerMatchers, "container=\"worker\"");
        if (FluctuationWindow() is { } window && window > options.Range)
        {
            failures.Add(FormattableString.Invariant($"{CliplyDiagnosticsOptions.SectionName}:Thresholds:FluctuationWindow ({window}) must not be greater than {Key("Range")} ({options.Range}). Lower the first or raise the second."));
        }

        if (options.Step > options.Range)
        {
            failures.Add(FormattableString.Invariant($"{Key("Step")} ({options.Step}) must not be greater than {Key("Range")} ({options.Range}). Lower the first or raise the second."));
        }

        if (options.Step > TimeSpan.Zero && options.Range / options.Step > MaxPoints)
        {
            failures.Add(FormattableString.Invariant($"{Key("Range")} ({options.Range}) holds more than {MaxPoints} times {Key("Step")} ({options.Step}). Lower the first or raise the second."));
        }

        CheckCredentials(options, failures);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void CheckMatchers(string key, string? matchers, string example)
        {
            if (matchers is not null && !LabelMatchers.TryParse(matchers, out _, out var reason))
            {
                failures.Add($"{Key(key)} can't be used: {reason}. Use label matchers as between the braces of PromQL, such as {example}.");
            }
        }
    }

    private static string? ProblemOfUrl(string url) =>
        !Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0
            ? "it is no absolute http or https URL. Use one such as http://prometheus:9090."
        : uri.UserInfo.Length > 0
            ? $"it holds a user or password. Take them out, and set {Key("UserName")} and {Key("Password")}."
        : uri.Query.Length > 0 || uri.Fragment.Length > 0
            ? "it has a query or a fragment. Use the base of the API alone, such as http://prometheus:9090."
        : null;

    private static void CheckCredentials(PrometheusOptions options, List<string> failures)
    {
        var hasToken = !string.IsNullOrEmpty(options.BearerToken);
        var hasUser = !string.IsNullOrEmpty(options.UserName);
        if (hasToken && hasUser)
        {
            failures.Add($"{Key("BearerToken")} and {Key("UserName")} are both set, and only one can be sent. Remove one of them.");
        }

        if (!hasUser && !string.IsNullOrEmpty(options.Password))
        {
            failures.Add($"{Key("Password")} is set without {Key("UserName")}. Set both or neither.");
        }

        if (options.UserName?.Contains(':', StringComparison.Ordinal) == true)
        {
            failures.Add($"{Key("UserName")} can't be used: it holds a colon, which basic authentication can't send.");
        }

        if (hasToken && !IsHeaderValue(options.BearerToken!))
        {
            failures.Add($"{Key("BearerToken")} can't be used: it holds a line break or another character that no header may hold. Look for a newline at its end.");
        }

        foreach (var (header, value) in options.Headers ?? new Dictionary<string, string>())
        {
            using var request = new HttpRequestMessage();
            if (!IsName(header) || !request.Headers.TryAddWithoutValidation(header, "x"))
            {
                failures.Add($"{Key("Headers")} holds a name that can't be sent as a request header. Use names such as X-Scope-OrgID.");
            }
            else if (value is null || !IsHeaderValue(value))
            {
                failures.Add($"{Key("Headers")}:{header} can't be used: its value is missing, or holds a line break or another character that no header may hold.");
            }
            else if (string.Equals(header, "Authorization", StringComparison.OrdinalIgnoreCase) && (hasToken || hasUser))
            {
                failures.Add($"{Key("Headers")}:{header} and {Key(hasToken ? "BearerToken" : "UserName")} are both set, and only one can be sent. Remove one of them.");
            }
        }
    }

    /// <summary>Null where those options contradict each other; they say so themselves.</summary>
    private TimeSpan? FluctuationWindow()
    {
        try
        {
            return diagnostics.Value.Thresholds.FluctuationWindow;
        }
        catch (OptionsValidationException)
        {
            return null;
        }
    }

    private static bool IsName(string name) => name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static bool IsHeaderValue(string value) => value.All(c => c is >= ' ' and <= '~');

    private static string Key(string key) => $"{PrometheusOptions.SectionName}:{key}";
}
