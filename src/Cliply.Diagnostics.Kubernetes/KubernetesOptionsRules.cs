using System.Buffers;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Kubernetes;

/// <summary>What attributes can't say; each failure names its key.</summary>
internal sealed class KubernetesOptionsRules : IValidateOptions<KubernetesOptions>
{
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-");

    public ValidateOptionsResult Validate(string? name, KubernetesOptions options)
    {
        var failures = new List<string>();
        if (!string.IsNullOrWhiteSpace(options.LabelSelector) && !LabelSelector.TryParse(options.LabelSelector, out _))
        {
            failures.Add($"{Key(nameof(options.LabelSelector))} can't be read as a label selector. Use one such as app=worker or app in (worker,cron),tier!=web.");
        }

        NameIfAny(nameof(options.Namespace), options.Namespace);
        NameIfAny(nameof(options.Container), options.Container);
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void NameIfAny(string key, string? value)
        {
            if (!string.IsNullOrEmpty(value) && (value.Length > 63 || value.StartsWith('-') || value.EndsWith('-') || value.AsSpan().ContainsAnyExcept(NameCharacters)))
            {
                failures.Add($"{Key(key)} is no name that Kubernetes allows. Use up to 63 lower-case letters, digits and hyphens, with no hyphen at either end.");
            }
        }
    }

    internal static string Key(string key) => $"{KubernetesOptions.SectionName}:{key}";
}
