using System.Security.Cryptography;
using System.Text;
using Cliply.Diagnostics.Logging;
using Cliply.Diagnostics.Reports;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Notifications;

/// <summary>
/// Finds what the receiver has to be told of a reading. Only diagnoses that nothing explains are told; what can't be told of
/// a reading stays as it was, for unknown is never healthy.
/// </summary>
internal sealed class DiagnosisTracker(IOptions<WebhookOptions> options, TimeProvider time, ILogger<DiagnosisTracker> logger)
{
    private readonly WebhookOptions _options = options.Value;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, DiagnosisTrack> _tracks = new(StringComparer.Ordinal);
    private readonly HashSet<WebhookSilence> _endedSilences = [];

    /// <summary>When each diagnosis, symptoms included, was last seen, and what was unknown then.</summary>
    private readonly Dictionary<string, (Diagnosis Diagnosis, UnknownSet Unknowns)> _seen = new(StringComparer.Ordinal);

    /// <summary>The same for the same source and code, on every host and after a restart.</summary>
    public static string FingerprintOf(string source, string code) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{source}\n{code}")).AsSpan(0, 8));

    /// <summary>Takes a reading in, the same one again too, as time alone can end a silence or an interval.</summary>
    public IReadOnlyList<Notification> Observe(DiagnosticReport report)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var unknowns = new UnknownSet(report.Unknowns);
            foreach (var diagnosis in report.Diagnoses)
            {
                _seen[diagnosis.Code] = (diagnosis, unknowns);
            }

            var present = new HashSet<string>(StringComparer.Ordinal);
            foreach (var root in report.Diagnoses.Where(d => d.SymptomOf.Count == 0))
            {
                if (present.Add(root.Code) && !See(root, report, unknowns, now))
                {
                    present.Remove(root.Code);
                }
            }

            foreach (var track in _tracks.Values.Where(t => t.Now is not null && !present.Contains(t.Code)))
            {
                Miss(track, report, now);
            }

            var silenced = SilencedCodes(now);
            List<Notification> messages = [.. _tracks.Values
                .Where(t => !silenced.Contains(t.Code))
                .Select(t => Next(t, report.Status, now))
                .OfType<Notification>()
                .OrderByDescending(n => n.Finding.Severity)];
            Forget(report);
            return messages;
        }
    }

    /// <summary>A message that needs no more: the receiver has it, or does not want it.</summary>
    public void Delivered(Notification message)
    {
        lock (_gate)
        {
            if (_tracks.TryGetValue(message.Code, out var track))
            {
                track.Known = message.Event == NotificationEvent.Cleared ? null : message.Finding;
                track.LastMessage = ReferenceEquals(track.LastMessage, message) ? null : track.LastMessage;
            }
        }
    }

    /// <summary>A message that did not arrive: the receiver knows what the last delivered one told, and is told later what is true by then.</summary>
    public void Undelivered(Notification message)
    {
        lock (_gate)
        {
            if (_tracks.TryGetValue(message.Code, out var track) && ReferenceEquals(track.LastMessage, message))
            {
                // Those before it may not have arrived either, so what it was written against is not what the receiver knows.
                track.Told = track.Known;
                track.LastMessage = null;
                track.IsUndelivered = true;
                track.LastMessageAt = time.GetTimestamp();
            }
        }
    }

    /// <returns>Whether it is to be told.</returns>
    private bool See(Diagnosis root, DiagnosticReport report, UnknownSet unknowns, DateTimeOffset now)
    {
        var track = _tracks.GetValueOrDefault(root.Code);
        var before = track?.Now;
        var severity = root.Severity;
        var keepsSeverity = before is not null && severity < before.Severity && track!.SeverityUnknowns.CannotTell(report, root.Code, before.Diagnosis.Evidence);
        if (keepsSeverity)
        {
            severity = before!.Severity;
        }

        if (severity < _options.MinimumSeverity)
        {
            return false;
        }

        if (track is null)
        {
            _tracks.Add(root.Code, track = new DiagnosisTrack(root.Code));
        }

        var lead = root.Causes.Count > 0 ? root.Causes[0] : null;
        var keepsLead = before?.Lead is { } last && last.Code != lead?.Code && track.LeadUnknowns.CannotTell(report, last.Code, last.Evidence);
        track.SeverityUnknowns = keepsSeverity ? track.SeverityUnknowns : unknowns;
        track.LeadUnknowns = keepsLead ? track.LeadUnknowns : unknowns;
        track.Since = before is null ? now : track.Since;
        track.Now = new Finding(root, severity, keepsLead ? before!.Lead : lead, Symptoms(root, report, before));
        track.Last = track.Now;
        return true;
    }

    private List<Diagnosis> Symptoms(Diagnosis root, DiagnosticReport report, Finding? before)
    {
        var explained = new HashSet<string>(StringComparer.Ordinal) { root.Code };
        var symptoms = new Dictionary<string, Diagnosis>(StringComparer.Ordinal);
        bool grew;
        do
        {
            grew = false;
            foreach (var diagnosis in report.Diagnoses.Where(d => d.SymptomOf.Any(explained.Contains) && explained.Add(d.Code)))
            {
                symptoms.Add(diagnosis.Code, diagnosis);
                grew = true;
            }
        }
        while (grew);

        foreach (var symptom in (before?.Symptoms ?? []).Where(s => IsUndecided(s.Code, report)))
        {
            symptoms.TryAdd(symptom.Code, symptom);
        }

        return [.. symptoms.Values.OrderBy(s => s.Code, StringComparer.Ordinal)];
    }

    private void Miss(DiagnosisTrack track, DiagnosticReport report, DateTimeOffset now)
    {
        if (IsUndecided(track.Code, report))
        {
            return;
        }

        var left = report.Diagnoses.FirstOrDefault(d => d.Code == track.Code);
        track.GoneBecause = left is null ? "It is not there any more."
            : left.SymptomOf.Count > 0 ? $"It is still there, and now explained by {string.Join(", ", left.SymptomOf)}."
            : $"It is still there, and now less severe ({ReportWords.Of(left.Severity)}) than what is told.";
        track.GoneAt = now;
        track.Now = null;
    }

    /// <summary>Whether a diagnosis is missing only because what shows it is unknown now.</summary>
    private bool IsUndecided(string code, DiagnosticReport report) =>
        _seen.TryGetValue(code, out var seen)
        && report.Diagnoses.All(d => d.Code != code)
        && seen.Unknowns.CannotTell(report, code, seen.Diagnosis.Evidence);

    private Notification? Next(DiagnosisTrack track, FleetStatus status, DateTimeOffset now)
    {
        var (@event, changes, mayWait) = (track.Told, track.Now) switch
        {
            (null, { }) => (NotificationEvent.Appeared, [], false),
            ({ }, null) => (NotificationEvent.Cleared, [track.GoneBecause], true),
            ({ } told, { } is_) when Changes(told, is_) is { Count: > 0 } differences => (NotificationEvent.Changed, differences, is_.Severity <= told.Severity),
            _ => ((NotificationEvent?)null, (IReadOnlyList<string>)[], false),
        };
        var waits = mayWait || track.IsUndelivered;
        if (@event is null || (waits && track.LastMessageAt is { } last && time.GetElapsedTime(last) < _options.RepeatInterval))
        {
            return null;
        }

        var message = new Notification
        {
            Id = Guid.CreateVersion7(now).ToString(),
            Event = @event.Value,
            Source = _options.Source,
            Fingerprint = FingerprintOf(_options.Source, track.Code),
            Finding = track.Now ?? track.Last!,
            Changes = changes,
            Status = status,
            Since = track.Since,
            At = track.Now is null ? track.GoneAt : now,
        };
        track.Told = track.Now;
        track.LastMessage = message;
        track.LastMessageAt = time.GetTimestamp();
        track.IsUndelivered = false;
        return message;
    }

    private static List<string> Changes(Finding told, Finding now)
    {
        var changes = new List<string>();
        if (told.Severity != now.Severity)
        {
            changes.Add($"The severity was {ReportWords.Of(told.Severity)} and is {ReportWords.Of(now.Severity)}.");
        }

        if (told.Lead?.Code != now.Lead?.Code)
        {
            changes.Add($"The leading cause was {told.Lead?.Code ?? "none"} and is {now.Lead?.Code ?? "none"}.");
        }

        var before = told.Symptoms.Select(s => s.Code).ToList();
        var after = now.Symptoms.Select(s => s.Code).ToList();
        if (after.Except(before, StringComparer.Ordinal).ToList() is { Count: > 0 } more)
        {
            changes.Add($"It also explains {string.Join(", ", more)}.");
        }

        if (before.Except(after, StringComparer.Ordinal).ToList() is { Count: > 0 } fewer)
        {
            changes.Add($"It does not explain {string.Join(", ", fewer)} any more.");
        }

        return changes;
    }

    private HashSet<string> SilencedCodes(DateTimeOffset now)
    {
        var codes = new HashSet<string>(StringComparer.Ordinal);
        foreach (var silence in _options.Silences)
        {
            if (now < silence.Until)
            {
                codes.Add(silence.Code!);
            }
            else if (_endedSilences.Add(silence))
            {
                DiagnosticsLog.SilenceEnded(logger, silence.Code!, silence.Until!.Value);
            }
        }

        return codes;
    }

    /// <summary>Codes of a host's own scenarios may be many; what is over, told and delivered needs no memory once nothing waits for it.</summary>
    private void Forget(DiagnosticReport report)
    {
        foreach (var track in _tracks.Values.Where(t => t.Now is null && t.Told is null && t.LastMessage is null && (t.LastMessageAt is not { } last || time.GetElapsedTime(last) >= _options.RepeatInterval)).ToList())
        {
            _tracks.Remove(track.Code);
        }

        foreach (var code in _seen.Keys.Where(c => report.Diagnoses.All(d => d.Code != c) && _tracks.Values.All(t => t.Code != c && t.Now?.Symptoms.Any(s => s.Code == c) != true)).ToList())
        {
            _seen.Remove(code);
        }
    }
}
