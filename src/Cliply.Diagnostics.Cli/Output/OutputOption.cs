using System.CommandLine;
using System.CommandLine.Parsing;

namespace Cliply.Diagnostics.Cli.Output;

/// <summary><c>--output</c>, which every verb has, with the formats that make sense for it.</summary>
internal static class OutputOption
{
    private const string Table = "table for people, json for programs, markdown to paste";

    public static Option<OutputFormat> Create(bool annotations = false)
    {
        string[] formats = annotations ? ["table", "json", "markdown", "github"] : ["table", "json", "markdown"];
        var option = new Option<OutputFormat>("--output", "-o")
        {
            Description = annotations ? Table + ", github for annotations of a workflow run. Default: table." : Table + ". Default: table.",
            HelpName = string.Join('|', formats),
            CustomParser = Parser(formats),
        };
        option.CompletionSources.Add(formats);
        return option;
    }

    /// <summary>Takes one of these formats.</summary>
    public static Func<ArgumentResult, OutputFormat> Parser(params string[] formats) => result =>
    {
        var value = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
        if (formats.Contains(value, StringComparer.OrdinalIgnoreCase))
        {
            return Enum.Parse<OutputFormat>(value, ignoreCase: true);
        }

        result.AddError($"--output '{value}' is not known. Use {string.Join(", ", formats[..^1])} or {formats[^1]}.");
        return OutputFormat.Table;
    };
}
