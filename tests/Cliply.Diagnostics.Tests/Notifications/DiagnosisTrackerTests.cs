using Cliply.Diagnostics.Notifications;
using Cliply.Diagnostics.Reports;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Cliply.Diagnostics.Tests.Notifications;

public sealed class DiagnosisTrackerTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Start);

    [Fact]
    public void Observe_ComesAndGoes_TellsTheWorseAtOnceAndTheBetterLater()
    {
        var tracker = Tracker(new WebhookOptions());

        Events(tracker, Critical()).Should().Equal("appeared");
        Events(tracker, Critical()).Should().BeEmpty();
        _time.Advance(TimeSpan.FromMinutes(5));
        Events(tracker).Should().BeEmpty();
        Events(tracker, Critical()).Should().BeEmpty();
        _time.Advance(TimeSpan.FromMinutes(10));
        Events(tracker).Should().Equal("cleared");
        Events(tracker, Critical()).Should().Equal("appeared");
    }

    [Fact]
    public void Observe_SectionBecomesUnknown_DoesNotClear()
    {
        var tracker = Tracker(new WebhookOptions { RepeatInterval = TimeSpan.Zero });

        Events(tracker, Critical()).Should().Equal("appeared");
        Observe(tracker, Report([new UnknownEvidence("binaries", "timeout", ["ffmpeg-unavailable"])])).Should().BeEmpty();
        Events(tracker).Should().Equal("cleared");
    }

    [Fact]
    public void Observe_SilenceEndsWhileItIsThere_TellsThen()
    {
        var tracker = Tracker(new WebhookOptions { Silences = [new WebhookSilence { Code = "ffmpeg-unavailable", Until = Start.AddHours(1), Reason = "known" }] });

        Events(tracker, Critical()).Should().BeEmpty();
        _time.Advance(TimeSpan.FromHours(1));
        Events(tracker, Critical()).Should().Equal("appeared");
    }

    private static Diagnosis Critical() => new() { Code = "ffmpeg-unavailable", Title = "ffmpeg can't be used", Severity = Severity.Critical, Summary = "ffmpeg was not found in PATH." };

    private static DiagnosticReport Report(UnknownEvidence[] unknowns, params Diagnosis[] diagnoses) => new()
    {
        SchemaVersion = 1,
        CapturedAt = Start,
        Status = diagnoses.Length == 0 ? FleetStatus.Healthy : FleetStatus.Unhealthy,
        Diagnoses = diagnoses,
        Unknowns = unknowns,
        Escalation = new Escalation(false, [], []),
    };

    private static List<string> Observe(DiagnosisTracker tracker, DiagnosticReport report) => [.. tracker.Observe(report).Select(n => NotificationJson.Of(n.Event))];

    private static List<string> Events(DiagnosisTracker tracker, params Diagnosis[] diagnoses) => Observe(tracker, Report([], diagnoses));

    private DiagnosisTracker Tracker(WebhookOptions options) => new(Options.Create(options), _time, NullLogger<DiagnosisTracker>.Instance);
}
