namespace Cliply.Diagnostics.SampleFleet;

/// <summary>Ends the sample with a message for people and an exit code.</summary>
internal sealed class SampleException(int exitCode, string message) : Exception(message)
{
    public const int Usage = 64;

    public const int Unavailable = 69;

    public int ExitCode => exitCode;
}
