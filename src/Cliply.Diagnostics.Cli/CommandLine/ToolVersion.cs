using System.Reflection;

namespace Cliply.Diagnostics.Cli.CommandLine;

/// <summary>The tool's own version.</summary>
internal static class ToolVersion
{
    /// <summary>As the package has it, without the commit.</summary>
    public static string Text { get; } = (typeof(ToolVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown").Split('+')[0];
}
