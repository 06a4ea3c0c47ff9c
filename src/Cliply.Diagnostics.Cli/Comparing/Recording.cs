using System.Text.Json;
using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Cli.Bundles;
using Cliply.Diagnostics.Cli.CommandLine;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Json;
using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Cli.Comparing;

/// <summary>What a file recorded: a bundle holds report and snapshot, a report only itself, a snapshot gives its report.</summary>
/// <param name="Report">What it meant.</param>
/// <param name="Snapshot">What was measured; null where only the report was kept.</param>
internal sealed record Recording(DiagnosticReport Report, DiagnosticSnapshot? Snapshot)
{
    /// <exception cref="CliException">The file is none of these.</exception>
    public static async Task<Recording> ReadAsync(string file, string argument, CancellationToken cancellationToken)
    {
        var content = await InputFiles.ReadAsync(file, argument, cancellationToken);
        var name = InputFiles.Name(file);
        if (!BundleFile.IsGzip(content))
        {
            return Of(content, name);
        }

        using var stream = new MemoryStream(content);
        return await OfBundleAsync(stream, name, cancellationToken);
    }

    /// <summary>What a bundle recorded, judged again with the thresholds of then.</summary>
    /// <exception cref="CliException">It is no bundle.</exception>
    public static async Task<Recording> OfBundleAsync(Stream stream, string name, CancellationToken cancellationToken)
    {
        var files = await BundleFile.ReadAsync(stream, name, [BundleFile.Snapshot, BundleFile.Thresholds], cancellationToken);
        if (!files.TryGetValue(BundleFile.Snapshot, out var snapshot))
        {
            throw new CliException(ExitCodes.BadInput, $"{name}: holds no {BundleFile.Snapshot}. Give a file that cliply bundle has written.");
        }

        var recorded = Of(snapshot, $"{name}, {BundleFile.Snapshot}");
        if (!files.TryGetValue(BundleFile.Thresholds, out var thresholds))
        {
            return recorded;
        }

        try
        {
            return recorded with { Report = new DiagnosisClassifier(JsonSerializer.Deserialize(thresholds, BundleJsonContext.Default.DiagnosisThresholds)).Classify(recorded.Snapshot!) };
        }
        catch (JsonException exception)
        {
            throw new CliException(ExitCodes.BadInput, $"{name}, {BundleFile.Thresholds}: {exception.Path ?? "$"}: not what a threshold can be.");
        }
    }

    private static Recording Of(byte[] utf8, string name)
    {
        if (IsReport(utf8))
        {
            try
            {
                return new Recording(ReportJson.Read(utf8), null);
            }
            catch (JsonException exception)
            {
                throw new CliException(ExitCodes.BadInput, $"{name}: {exception.Path ?? "$"}{(exception.LineNumber is { } line ? $" (line {line + 1})" : "")}: not what a report holds there.");
            }
        }

        try
        {
            var snapshot = SnapshotJson.Read(utf8);
            return new Recording(new DiagnosisClassifier().Classify(snapshot), snapshot);
        }
        catch (SnapshotFormatException exception)
        {
            throw new CliException(ExitCodes.BadInput, $"{name}: {exception.Message}");
        }
    }

    /// <summary>A report has diagnoses, a snapshot never has.</summary>
    private static bool IsReport(byte[] utf8)
    {
        try
        {
            using var json = JsonDocument.Parse(utf8);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("diagnoses", out _);
        }
        catch (JsonException)
        {
            // Reading it as a snapshot says what is wrong, and where.
            return false;
        }
    }
}
