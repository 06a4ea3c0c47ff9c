using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Cli.CommandLine;

/// <summary>Exit codes: those of monitoring plugins for a verdict, those of sysexits.h for the rest.</summary>
internal static class ExitCodes
{
    public const int Success = 0;
    public const int Inconclusive = 3;
    public const int Usage = 64;
    public const int BadInput = 65;
    public const int Unavailable = 69;
    public const int Software = 70;
    public const int CannotCreate = 73;
    public const int InputOutput = 74;
    public const int Interrupted = 130;

    public static int Of(FleetStatus status) => status switch
    {
        FleetStatus.Healthy => Success,
        FleetStatus.Degraded => 1,
        FleetStatus.Unhealthy => 2,
        _ => Inconclusive,
    };
}
