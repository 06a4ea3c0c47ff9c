using System.Text;
using System.Text.RegularExpressions;
using Cliply.Diagnostics.Logs;
using Docker.DotNet.Models;

namespace Cliply.Diagnostics.Docker;

/// <summary>Which containers are workers: asked of the engine, and checked again, for not every engine or proxy heeds every filter.</summary>
internal sealed class ContainerFilter
{
    /// <summary>More of a name or label is not shown.</summary>
    public const int MostCharacters = 200;

    private const string OneOff = "com.docker.compose.oneoff";

    private readonly Regex? _name;
    private readonly string? _pattern;
    private readonly IList<string> _labels;

    public ContainerFilter(DockerOptions options)
    {
        _labels = options.Labels;
        if ((options.NamePattern ?? (_labels.Count > 0 ? null : "*worker*")) is { } wildcards)
        {
            _pattern = Pattern(wildcards);
            _name = new Regex(_pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
    }

    /// <summary>The filters in the engine's form; its regular expressions are those of Go, which read this the same.</summary>
    public IDictionary<string, IDictionary<string, bool>> ForEngine
    {
        get
        {
            var filters = new Dictionary<string, IDictionary<string, bool>>();
            if (_pattern is not null)
            {
                filters["name"] = new Dictionary<string, bool> { [_pattern] = true };
            }

            if (_labels.Count > 0)
            {
                filters["label"] = _labels.Distinct(StringComparer.Ordinal).ToDictionary(label => label, _ => true);
            }

            return filters;
        }
    }

    /// <summary>Whether a container is a worker's. One that somebody started beside the service, with <c>compose run</c>, is none.</summary>
    public bool Matches(string name, IDictionary<string, string> labels) =>
        _name?.IsMatch(name) != false
        && _labels.All(label => HasLabel(labels, label))
        && !(labels.TryGetValue(OneOff, out var oneOff) && "true".Equals(oneOff, StringComparison.OrdinalIgnoreCase));

    /// <summary>The container's name, without the slash before it.</summary>
    public static string NameOf(ContainerListResponse container) =>
        container.Names?.Select(n => TextSanitizer.WithoutControlCharacters((n ?? "").TrimStart('/'), MostCharacters)).OrderBy(n => n.Contains('/', StringComparison.Ordinal)).FirstOrDefault(n => n.Length > 0) ?? container.ID[..Math.Min(12, container.ID.Length)];

    private static bool HasLabel(IDictionary<string, string> labels, string label)
    {
        var equals = label.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? labels.ContainsKey(label) : labels.TryGetValue(label[..equals], out var value) && value == label[(equals + 1)..];
    }

    private static string Pattern(string wildcards)
    {
        var pattern = new StringBuilder("(?i)^/?");
        foreach (var character in wildcards)
        {
            pattern.Append(character switch
            {
                '*' => ".*",
                '?' => ".",
                '.' => "\\.",
                _ => character.ToString(),
            });
        }

        return pattern.Append('$').ToString();
    }
}
