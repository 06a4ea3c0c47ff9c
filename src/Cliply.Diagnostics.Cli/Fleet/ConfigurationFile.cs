using Cliply.Diagnostics.Cli.CommandLine;
using Microsoft.Extensions.Configuration;

namespace Cliply.Diagnostics.Cli.Fleet;

/// <summary>The file with the section <c>Cliply:Diagnostics</c> that a verb takes its options from.</summary>
/// <param name="Name">As the user knows it.</param>
/// <param name="Content">Null where there is none.</param>
internal sealed record ConfigurationFile(string Name, IConfiguration? Content)
{
    /// <summary>Looked for in the current folder where no file is named.</summary>
    public const string DefaultName = "cliply.json";

    /// <summary>Whether it has a section with anything in it.</summary>
    public bool Has(string section) => Content?.GetSection(section).Exists() == true;

    /// <param name="path">What <c>--config</c> names; null: <see cref="DefaultName"/>, if it is there.</param>
    /// <exception cref="CliException">The named file is not there, or what is there is no JSON.</exception>
    public static ConfigurationFile Read(string? path)
    {
        var name = path ?? DefaultName;
        if (path is null && !File.Exists(name))
        {
            return new ConfigurationFile(name, null);
        }

        using var stream = InputFiles.Open(name, "--config");
        try
        {
            return new ConfigurationFile(name, new ConfigurationBuilder().AddJsonStream(stream).Build());
        }
        catch (Exception exception) when (exception is FormatException or System.Text.Json.JsonException or InvalidDataException)
        {
            // The parser's own message may quote what it read.
            var place = (exception as System.Text.Json.JsonException ?? exception.InnerException as System.Text.Json.JsonException) is { LineNumber: { } line } ? $", line {line + 1}" : "";
            throw new CliException(ExitCodes.BadInput, $"{name}{place}: not a configuration in JSON. Write one with cliply init.");
        }
    }
}
