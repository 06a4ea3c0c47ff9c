using System.CommandLine;

namespace Cliply.Diagnostics.Cli.DeadLetters;

/// <summary><c>cliply dlq</c>.</summary>
internal static class DlqCommand
{
    public static Command Create() => new("dlq", "Shows jobs that ran out of retries.") { DlqListCommand.Create(), DlqInspectCommand.Create() };
}
