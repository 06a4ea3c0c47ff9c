using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Scenarios.Shared;

/// <summary>What ffmpeg and yt-dlp have in common when they can't be used (runbook: scenario 5).</summary>
internal static class MissingBinaryPage
{
    private static readonly string[] ByInstalling = [CauseCodes.NotInstalled, CauseCodes.NotExecutable, CauseCodes.BrokenBinary, CauseCodes.MissingBinary];

    public static string Summary(BinaryEvidence binary) => binary.Status switch
    {
        BinaryStatus.NotFound when binary.FoundOutsidePath is not null => $"{binary.Name} is installed, but PATH does not lead to it.",
        BinaryStatus.NotFound => $"{binary.Name} was not found in PATH.",
        BinaryStatus.NotExecutable => $"{binary.Name} was found, but can't be executed.",
        BinaryStatus.Failed => $"{binary.Name} was found, but fails when it is asked for its version.",
        _ => $"{binary.Name} was found, but does not answer when it is asked for its version.",
    };

    public static Cause Cause(FleetFacts facts, BinaryEvidence binary) =>
        Causes.Confirmed(CauseCode(binary), CauseTitle(CauseCode(binary), binary.Name), facts.Binary(binary));

    public static string CauseTitle(string cause, string name) => cause switch
    {
        CauseCodes.NotInPath => $"{name} is installed, but not in PATH",
        CauseCodes.NotInstalled => $"{name} is not installed",
        CauseCodes.NotExecutable => $"{name} is not executable",
        _ => $"{name} is broken",
    };

    public static IReadOnlyList<NextCheck> NextChecks(FleetFacts facts, BinaryEvidence binary, string versionFlag) =>
        [new($"Is {binary.Name} there, where the workers run?", Commands.BinaryVersion(facts, binary.Name, versionFlag)) { Decides = [CauseCode(binary), CauseCodes.MissingBinary] }];

    public static IReadOnlyList<RemediationStep> Remediation(FleetFacts facts, BinaryEvidence binary) =>
    [
        new(RemediationHorizon.Quick, binary.FoundOutsidePath is { } path
            ? $"Add the folder of {path} to the workers' PATH, and restart them."
            : "Go back to the last image that had it, while the fix is built.", binary.FoundOutsidePath is null ? Commands.Rollback(facts) : Commands.Restart(facts)) { Removes = [CauseCode(binary), CauseCodes.MissingBinary] },
        new(RemediationHorizon.Medium, $"Install it in the worker image (RUN apt-get update && apt-get install -y {binary.Name} && rm -rf /var/lib/apt/lists/*), rebuild and redeploy.", Commands.Rebuild(facts)) { Removes = ByInstalling },
        new(RemediationHorizon.Medium, "On a plain host, install it and restart the workers.", Commands.Install(facts, binary.Name)) { Removes = ByInstalling },
        new(RemediationHorizon.Long, $"Run {binary.Name} in the image's build, so that an image without it is never pushed.", Commands.None) { Removes = [CauseCode(binary), CauseCodes.MissingBinary] },
    ];

    public static IReadOnlyList<string> Verification(BinaryEvidence binary, string versionFlag) =>
    [
        $"{binary.Name} {versionFlag} shows a version where the workers run.",
        $"The next diagnosis shows {binary.Name} as available, and no new dead letter appears.",
    ];

    private static string CauseCode(BinaryEvidence binary) => binary.Status switch
    {
        BinaryStatus.NotFound when binary.FoundOutsidePath is not null => CauseCodes.NotInPath,
        BinaryStatus.NotFound => CauseCodes.NotInstalled,
        BinaryStatus.NotExecutable => CauseCodes.NotExecutable,
        _ => CauseCodes.BrokenBinary,
    };
}
