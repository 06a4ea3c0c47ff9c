using System.CommandLine;

namespace Cliply.Diagnostics.Cli.Jobs;

/// <summary><c>cliply jobs</c>.</summary>
internal static class JobsCommand
{
    public static Command Create() => new("jobs", "Shows the queue, or explains one job.") { JobsStatsCommand.Create(), JobStatusCommand.Create() };
}
