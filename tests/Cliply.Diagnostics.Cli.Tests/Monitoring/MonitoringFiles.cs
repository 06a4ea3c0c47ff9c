namespace Cliply.Diagnostics.Cli.Tests.Monitoring;

/// <summary>Files beside the tests.</summary>
internal static class MonitoringFiles
{
    /// <summary>What is committed under <c>deploy/</c>.</summary>
    public static string Deployed(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Monitoring", "Deploy", name));

    /// <summary>Scenarios for promtool.</summary>
    public static string Scenarios(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Monitoring", "Rules", name));

    /// <summary>What a verb writes without complaint.</summary>
    public static async Task<string> WrittenAsync(params string[] arguments)
    {
        var (exitCode, output, error) = await Cliply.RunAsync(arguments);
        (exitCode, error).Should().Be((0, ""));
        return output;
    }
}
