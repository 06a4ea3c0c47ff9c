namespace Cliply.Diagnostics.SampleFleet;

/// <summary>The failures that can be injected, for real.</summary>
internal static class Breakage
{
    private const string Ffmpeg = "ffmpeg";

    public static string[] Names { get; } = ["no-workers", "not-claiming", "stuck", "crash-loop", Ffmpeg];

    public static void Inject(string name, WorkerFleet fleet, Surroundings surroundings)
    {
        if (name == Ffmpeg)
        {
            surroundings.HideFfmpeg();
        }
        else
        {
            fleet.Break(name);
        }
    }

    public static Task HealAsync(WorkerFleet fleet, Surroundings surroundings)
    {
        surroundings.RestorePath();
        return fleet.RedeployAsync();
    }
}
