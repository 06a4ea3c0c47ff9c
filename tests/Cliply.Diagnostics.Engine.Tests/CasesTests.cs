using System.Text;
using System.Text.Json;
using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Json;
using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Tests;

/// <summary>The named snapshots with their expected diagnoses.</summary>
public sealed class CasesTests
{
    private static string Folder => Path.Combine(AppContext.BaseDirectory, "Cases");

    private static IReadOnlyList<string> Files => [.. Directory.GetFiles(Folder, "*.json").Select(f => Path.GetFileNameWithoutExtension(f)).Order(StringComparer.Ordinal)];

    public static TheoryData<string> Names => [.. Files];

    /// <summary>No case is lost: the contract's 66 are there, and none is missing between the first and the last.</summary>
    [Fact]
    public void Files_All_AreNumberedWithoutAGap() =>
        Files.Select(name => name[..3]).Should().Equal(Enumerable.Range(1, Math.Max(66, Files.Count)).Select(number => $"{number:00}-"));

    [Theory]
    [MemberData(nameof(Names))]
    public void Classify_Case_GivesTheExpectedDiagnoses(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, name + ".json")));
        var snapshot = SnapshotJson.Read(Encoding.UTF8.GetBytes(document.RootElement.GetProperty("snapshot").GetRawText()));
        var expected = document.RootElement.GetProperty("expected");

        var report = new DiagnosisClassifier().Classify(snapshot);

        Actual(report).Should().Be(Expected(expected));
    }

    private static string Actual(DiagnosticReport report)
    {
        var text = new StringBuilder($"{ReportWords.Of(report.Status)}, escalation {report.Escalation.Recommended}");
        foreach (var diagnosis in report.Diagnoses)
        {
            text.Append('\n').Append(string.Join(" | ", diagnosis.Code, ReportWords.Of(diagnosis.Severity), ReportWords.Of(diagnosis.Confidence), Sorted(diagnosis.SymptomOf), Causes(diagnosis, Confidence.Confirmed), Causes(diagnosis, Confidence.Likely)));
        }

        return text.ToString();

        static string Causes(Diagnosis diagnosis, Confidence confidence) => Sorted(diagnosis.Causes.Where(c => c.Confidence == confidence).Select(c => c.Code));
    }

    private static string Expected(JsonElement expected)
    {
        var text = new StringBuilder($"{expected.GetProperty("status").GetString()}, escalation {expected.GetProperty("escalationRecommended").GetBoolean()}");
        foreach (var diagnosis in expected.GetProperty("diagnoses").EnumerateArray())
        {
            text.Append('\n').Append(string.Join(" | ", diagnosis.GetProperty("code"), diagnosis.GetProperty("severity"), diagnosis.GetProperty("confidence"), List("symptomOf"), List("confirmedCauses"), List("likelyCauses")));

            string List(string property) => Sorted(diagnosis.GetProperty(property).EnumerateArray().Select(c => c.GetString()!));
        }

        return text.ToString();
    }

    private static string Sorted(IEnumerable<string> codes) => string.Join(",", codes.Order(StringComparer.Ordinal));
}
