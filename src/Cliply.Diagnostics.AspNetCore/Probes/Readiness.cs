using System.Text.Json;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios;

namespace Cliply.Diagnostics.AspNetCore.Probes;

/// <summary>What a reading says about this host's readiness (runbook: 1.4). Names and states only, so that it is safe to publish.</summary>
/// <param name="IsReady">Whether nothing that readiness needs failed or is unknown.</param>
/// <param name="FfmpegOk">Null: unknown.</param>
/// <param name="YtDlpOk">Null: unknown.</param>
/// <param name="Database">The database's status, or why it is unknown.</param>
/// <param name="Checks">What readiness needs.</param>
/// <param name="At">When the evidence was captured.</param>
internal sealed record Readiness(bool IsReady, bool? FfmpegOk, bool? YtDlpOk, string Database, IReadOnlyList<ReadinessCheck> Checks, DateTimeOffset At)
{
    private const string UnknownDatabase = "unknown";

    /// <summary>The diagnoses of the host itself, and the names that its checks have in the runbook.</summary>
    private static readonly Dictionary<string, string> OwnChecks = new(StringComparer.Ordinal)
    {
        [DiagnosisCodes.EnvironmentIncomplete] = "environment",
        [DiagnosisCodes.FfmpegUnavailable] = "ffmpeg",
        [DiagnosisCodes.YtDlpUnavailable] = "yt-dlp",
        [DiagnosisCodes.DatabaseUnavailable] = "database",
    };

    /// <summary>Before the first reading, and where the last one is too old to tell anything.</summary>
    public static Readiness Unknown(IEnumerable<string> codes, DateTimeOffset now) =>
        new(false, null, null, UnknownDatabase, [.. codes.Select(code => new ReadinessCheck(NameOf(code), CheckState.Unknown))], now);

    /// <summary>Judges a reading by the diagnoses that make a host unready.</summary>
    public static Readiness Of(FleetReading reading, IEnumerable<string> codes)
    {
        var snapshot = reading.Snapshot;
        var isReady = true;
        var checks = new List<ReadinessCheck>();
        foreach (var code in codes)
        {
            var state = StateOf(code, reading.Report);
            checks.Add(new ReadinessCheck(NameOf(code), state));

            // The fleet may be out of sight, as where no platform is looked at; the host itself never is.
            isReady &= state == CheckState.Ok || (state == CheckState.Unknown && !OwnChecks.ContainsKey(code));
        }

        return new Readiness(
            isReady,
            Available(snapshot, "ffmpeg"),
            Available(snapshot, "yt-dlp"),
            snapshot.Database.Value is { } database ? JsonNamingPolicy.CamelCase.ConvertName(database.Status.ToString()) : snapshot.Database.Unavailable?.Code ?? UnknownDatabase,
            checks,
            snapshot.CapturedAt);
    }

    private static CheckState StateOf(string code, DiagnosticReport report) =>
        report.Diagnoses.Any(d => d.Code == code && d.Severity == Severity.Critical) ? CheckState.Failed
        : report.Unknowns.Any(u => u.WouldDecide.Contains(code)) ? CheckState.Unknown
        : CheckState.Ok;

    private static string NameOf(string code) => OwnChecks.GetValueOrDefault(code, code);

    private static bool? Available(DiagnosticSnapshot snapshot, string binary) =>
        snapshot.Binaries.Value?.FirstOrDefault(b => b.Name == binary) is { } found ? found.Status == BinaryStatus.Available : null;
}
