using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Cliply.Diagnostics.SampleHost.Tests;

/// <summary>What is printed is what stays, not what one reading happened to catch.</summary>
public sealed class ChangePrinterTests
{
    private readonly StringWriter _output = new();
    private int _number;

    [Fact]
    public void Show_DiagnosisOfOneReading_IsNoNews()
    {
        var printer = new ChangePrinter(_output, useColour: false, readingsBeforeChange: 3);

        Show(printer, false, false, false, true, true, false, true, false, false, false);

        Diagnoses().Should().BeEmpty();
    }

    [Fact]
    public void Show_DiagnosisThatStays_AppearsOnceAndClearsOnce()
    {
        var printer = new ChangePrinter(_output, useColour: false, readingsBeforeChange: 3);

        Show(printer, false, true, true, true, true, false, true, false, false, false, false);

        Diagnoses().Should().Equal(
            "+ critical: FFmpeg not available (ffmpeg-unavailable, confirmed)",
            "- cleared: FFmpeg not available (ffmpeg-unavailable)");
    }

    private void Show(ChangePrinter printer, params bool[] missing)
    {
        foreach (var isMissing in missing)
        {
            var snapshot = new DiagnosticSnapshot
            {
                SchemaVersion = 1,
                CapturedAt = DateTimeOffset.UnixEpoch,
                Binaries = Section.List(new BinaryEvidence { Name = "ffmpeg", Status = isMissing ? BinaryStatus.NotFound : BinaryStatus.Available }),
            };
            var reading = new FleetReading { Snapshot = snapshot, Report = new DiagnosisClassifier().Classify(snapshot), CollectedAt = DateTimeOffset.UnixEpoch, Collectors = [], Number = ++_number };

            // A reading that serves twice counts once.
            printer.Show(new HealthReport(new Dictionary<string, HealthReportEntry>(), TimeSpan.Zero), reading);
            printer.Show(new HealthReport(new Dictionary<string, HealthReportEntry>(), TimeSpan.Zero), reading);
        }
    }

    private IEnumerable<string> Diagnoses() => _output.ToString().Split('\n').Select(l => l.Length > 10 ? l[10..].Trim() : "").Where(l => l.StartsWith('+') || l.StartsWith('-'));
}
