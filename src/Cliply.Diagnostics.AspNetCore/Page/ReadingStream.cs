using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.AspNetCore.Page;

/// <summary>
/// New readings as server-sent events: <c>change</c> where the status or the diagnoses differ from the event before, else
/// <c>reading</c>; and <c>alive</c> where there is nothing to tell, so that a dead connection is noticed.
/// </summary>
internal sealed class ReadingStream(IFleetDiagnostics diagnostics, CliplyDiagnosticsOptions options, TimeProvider time)
{
    private const int MostReaders = 100;

    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    private int _readers;

    /// <summary>Takes a place; false where there is none, for each reader holds a connection.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _readers) <= MostReaders)
        {
            return true;
        }

        Leave();
        return false;
    }

    public void Leave() => Interlocked.Decrement(ref _readers);

    public async IAsyncEnumerable<SseItem<string>> ReadAsync([EnumeratorCancellation] CancellationToken stopping)
    {
        var pause = options.SnapshotMaxAge < ShortestPause ? ShortestPause : options.SnapshotMaxAge > LongestPause ? LongestPause : options.SnapshotMaxAge;
        long number = 0;
        string? state = null;
        while (!stopping.IsCancellationRequested)
        {
            // Shared with whoever else asks: readers add no collections beyond one for each SnapshotMaxAge.
            if (await NextAsync(stopping).ConfigureAwait(false) is not { } reading)
            {
                yield break;
            }

            if (reading.Number == number)
            {
                yield return new SseItem<string>("{}", "alive");
            }
            else
            {
                var now = State(reading.Report);
                yield return new SseItem<string>(Data(reading), now == state ? "reading" : "change") { ReconnectionInterval = state is null ? TimeSpan.FromSeconds(2) : null };
                (number, state) = (reading.Number, now);
            }

            await Task.Delay(pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<FleetReading?> NextAsync(CancellationToken stopping)
    {
        try
        {
            return await diagnostics.DiagnoseAsync(stopping).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The reader has gone, or the host stops.
            return null;
        }
    }

    private static string State(DiagnosticReport report) =>
        string.Join(' ', report.Diagnoses.Select(d => $"{d.Code}:{d.Severity}").Prepend(report.Status.ToString()));

    private static string Data(FleetReading reading)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteNumber("number", reading.Number);
            writer.WriteString("status", ReportWords.Of(reading.Report.Status));
            writer.WriteString("capturedAt", reading.Report.CapturedAt.UtcDateTime);
            writer.WriteStartArray("diagnoses");
            foreach (var diagnosis in reading.Report.Diagnoses)
            {
                writer.WriteStartObject();
                writer.WriteString("code", diagnosis.Code);
                writer.WriteString("severity", ReportWords.Of(diagnosis.Severity));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
