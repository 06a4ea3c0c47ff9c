using Cliply.Diagnostics.Scenarios;

namespace Cliply.Diagnostics;

/// <summary>The diagnoses that rest on the host's own programs and environment.</summary>
internal static class LocalDiagnoses
{
    public static bool Contains(string code) => code is DiagnosisCodes.EnvironmentIncomplete or DiagnosisCodes.FfmpegUnavailable or DiagnosisCodes.YtDlpUnavailable;
}
