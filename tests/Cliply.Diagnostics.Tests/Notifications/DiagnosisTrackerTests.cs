using Cliply.Diagnostics.Notifications;
using Cliply.Diagnostics.Reports;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Testing;
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
        var tracker = Tracker(new WebhookOptions { RepeatInterval = TimeSpan.FromMinutes(15) });

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

    [Fact]
    public void Observe_GetsWorse_IsToldAtOnceAndBetterLater()
    {
        var tracker = Tracker(new WebhookOptions { RepeatInterval = TimeSpan.FromMinutes(5) });

        Events(tracker, Critical() with { Severity = Severity.Warning }).Should().Equal("appeared");
        var worse = tracker.Observe(Report([], Critical())).Should().ContainSingle().Subject;
        Events(tracker, Critical() with { Severity = Severity.Warning }).Should().BeEmpty();
        _time.Advance(TimeSpan.FromMinutes(5));
        var better = tracker.Observe(Report([], Critical() with { Severity = Severity.Warning })).Should().ContainSingle().Subject;

        worse.Changes.Should().Equal("The severity was warning and is critical.");
        better.Changes.Should().Equal("The severity was critical and is warning.");
    }

    [Fact]
    public void Observe_OtherCauseAndSymptoms_SaysWhatChanged()
    {
        var tracker = Tracker(new WebhookOptions { RepeatInterval = TimeSpan.Zero });
        tracker.Observe(Report([], Critical() with { Causes = [new Cause("not-installed", "Not installed", Confidence.Confirmed, [])] }, Symptom("jobs-failing")));

        var changed = tracker.Observe(Report([], Critical() with { Causes = [new Cause("not-in-path", "Not in PATH", Confidence.Confirmed, [])] }, Symptom("dead-letter-spike"))).Should().ContainSingle().Subject;

        changed.Event.Should().Be(NotificationEvent.Changed);
        changed.Changes.Should().Equal("The leading cause was not-installed and is not-in-path.", "It also explains dead-letter-spike.", "It does not explain jobs-failing any more.");
    }

    [Fact]
    public void Observe_BelowTheMinimumOrOnlyASymptom_IsNotTold()
    {
        var tracker = Tracker(new WebhookOptions { MinimumSeverity = Severity.Critical });

        Events(tracker, Critical() with { Severity = Severity.Warning }, Symptom("jobs-failing")).Should().BeEmpty();
    }

    [Fact]
    public void Undelivered_StillTrueAfterTheInterval_IsToldAgain()
    {
        var tracker = Tracker(new WebhookOptions { RepeatInterval = TimeSpan.FromMinutes(5) });
        var message = tracker.Observe(Report([], Critical())).Single();

        tracker.Undelivered(message);

        Events(tracker, Critical()).Should().BeEmpty();
        _time.Advance(TimeSpan.FromMinutes(5));
        Events(tracker, Critical()).Should().Equal("appeared");
    }

    [Fact]
    public void Undelivered_AlsoTheOneBefore_TellsThatItAppearedAndNotThatItChanged()
    {
        var tracker = Tracker(new WebhookOptions { RepeatInterval = TimeSpan.FromMinutes(5) });
        var warning = Critical() with { Severity = Severity.Warning };
        var appeared = tracker.Observe(Report([], warning)).Single();
        var worse = tracker.Observe(Report([], Critical())).Single();

        tracker.Undelivered(appeared);
        tracker.Undelivered(worse);

        _time.Advance(TimeSpan.FromMinutes(5));
        Events(tracker, warning).Should().Equal(["appeared"], "the receiver has heard nothing of it, though it is as the first message said");
    }

    [Fact]
    public void Undelivered_ChangeAfterADeliveredMessage_TellsTheChangeAgain()
    {
        var tracker = Tracker(new WebhookOptions { RepeatInterval = TimeSpan.FromMinutes(5) });
        tracker.Delivered(tracker.Observe(Report([], Critical() with { Severity = Severity.Warning })).Single());
        tracker.Undelivered(tracker.Observe(Report([], Critical())).Single());

        _time.Advance(TimeSpan.FromMinutes(5));

        tracker.Observe(Report([], Critical())).Should().ContainSingle().Which.Changes.Should().Equal("The severity was warning and is critical.");
    }

    [Fact]
    public void Undelivered_ClearedAfterManyIntervals_IsToldAgain()
    {
        var tracker = Tracker(new WebhookOptions { RepeatInterval = TimeSpan.FromMinutes(5) });
        tracker.Delivered(tracker.Observe(Report([], Critical())).Single());
        _time.Advance(TimeSpan.FromMinutes(5));
        var cleared = tracker.Observe(Report([])).Single();
        _time.Advance(TimeSpan.FromMinutes(20));
        Events(tracker).Should().BeEmpty();

        tracker.Undelivered(cleared);

        _time.Advance(TimeSpan.FromMinutes(5));
        Events(tracker).Should().Equal("cleared");
    }

    [Fact]
    public void Observe_ComesAndGoesEachPeriod_TellsAtMostAPairInAnIntervalAndTheLastStateInTheEnd()
    {
        var tracker = Tracker(new WebhookOptions { RepeatInterval = TimeSpan.FromMinutes(5) });
        var told = new List<(TimeSpan At, string Event)>();
        for (var period = 0; period < 240; period++)
        {
            told.AddRange(Events(tracker, period % 2 == 0 ? [Critical()] : []).Select(e => (_time.GetUtcNow() - Start, e)));
            _time.Advance(TimeSpan.FromSeconds(30));
        }

        _time.Advance(TimeSpan.FromMinutes(5));
        told.AddRange(Events(tracker).Select(e => (_time.GetUtcNow() - Start, e)));

        told.Select(t => t.Event).Should().Equal(told.Select((_, i) => i % 2 == 0 ? "appeared" : "cleared"), "each is followed by the other");
        told[^1].Event.Should().Be("cleared");
        told.Should().OnlyContain(t => told.Count(o => o.At >= t.At && o.At < t.At + TimeSpan.FromMinutes(5)) <= 2);
        told.Should().HaveCountGreaterThan(20, "two hours of coming and going are not kept quiet");
    }

    [Fact]
    public void Observe_LastedLongerThanTheInterval_ClearsAtOnce()
    {
        var tracker = Tracker(new WebhookOptions { RepeatInterval = TimeSpan.FromMinutes(5) });
        Events(tracker, Critical()).Should().Equal("appeared");
        _time.Advance(TimeSpan.FromMinutes(6));
        Events(tracker, Critical()).Should().BeEmpty();

        Events(tracker).Should().Equal("cleared");
    }

    [Fact]
    public void Observe_SilenceIsOver_SaysSoOnce()
    {
        var log = new FakeLogger<DiagnosisTracker>();
        var tracker = new DiagnosisTracker(Options.Create(new WebhookOptions { Silences = [new WebhookSilence { Code = "queue-backlog", Until = Start.AddDays(-1), Reason = "was known" }] }), _time, log);

        tracker.Observe(Report([]));
        tracker.Observe(Report([]));

        log.Collector.GetSnapshot().Select(l => l.Message).Should().Equal("The silence of queue-backlog ended at 2026-11-22 12:00:00Z and is ignored; it can be removed from the configuration");
    }

    [Fact]
    public void FingerprintOf_SameSourceAndCode_IsTheSameForEver() =>
        DiagnosisTracker.FingerprintOf("cliply", "ffmpeg-unavailable").Should().Be("3efb791bb84c1b3b");

    private static Diagnosis Symptom(string code) => new() { Code = code, Title = code, Severity = Severity.Warning, Summary = code, SymptomOf = ["ffmpeg-unavailable"] };

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
