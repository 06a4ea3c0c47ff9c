namespace Cliply.Diagnostics.Cli.CommandLine;

/// <summary>Ends the command with a message for people and an exit code.</summary>
internal sealed class CliException(int exitCode, string message) : Exception(message)
{
    public int ExitCode => exitCode;
}
