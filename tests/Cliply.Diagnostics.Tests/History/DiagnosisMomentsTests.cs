using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.History;
using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Tests.History;

public sealed class DiagnosisMomentsTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Observe_DiagnosisThatComesStaysAndGoes_GivesTwoMoments()
    {
        var moments = new DiagnosisMoments();
        foreach (var (isMissing, at) in new[] { (false, 0), (true, 5), (true, 10), (false, 15) })
        {
            moments.Observe(Reading(isMissing, at));
        }

        moments.All.Should().Equal(
            new DiagnosisMoment(Start.AddSeconds(5), "ffmpeg-unavailable", "FFmpeg not available", Severity.Critical, Appeared: true),
            new DiagnosisMoment(Start.AddSeconds(15), "ffmpeg-unavailable", "FFmpeg not available", Severity.Critical, Appeared: false));
    }

    [Fact]
    public void Observe_ManyChanges_RemembersTheLastTwoHundred()
    {
        var moments = new DiagnosisMoments();
        for (var i = 0; i < 1000; i++)
        {
            moments.Observe(Reading(i % 2 == 0, i));
        }

        moments.All.Should().HaveCount(200);
        moments.All[^1].At.Should().Be(Start.AddSeconds(999));
    }

    private static FleetReading Reading(bool isMissing, int at)
    {
        var snapshot = new DiagnosticSnapshot
        {
            SchemaVersion = 1,
            CapturedAt = Start.AddSeconds(at),
            Binaries = Section.List(new BinaryEvidence { Name = "ffmpeg", Status = isMissing ? BinaryStatus.NotFound : BinaryStatus.Available }),
        };
        return new FleetReading { Snapshot = snapshot, Report = new DiagnosisClassifier().Classify(snapshot), CollectedAt = snapshot.CapturedAt, Collectors = [], Number = at + 1 };
    }
}
