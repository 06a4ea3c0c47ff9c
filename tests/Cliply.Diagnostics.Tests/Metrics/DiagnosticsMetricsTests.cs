using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using System.Diagnostics.Metrics;

namespace Cliply.Diagnostics.Tests.Metrics;

public sealed class DiagnosticsMetricsTests
{
    private static readonly DateTimeOffset Captured = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Meter_BeforeTheFirstReading_TellsNothing()
    {
        await using var provider = Fleets.Create([ScriptedCollector.Healthy(Captured)]);
        provider.Fleet();

        Read(provider).Should().BeEmpty();
    }

    [Fact]
    public async Task Meter_AfterAReading_TellsItUnderTheseNamesWithoutUnits()
    {
        var store = ScriptedCollector.Healthy(Captured);
        var binaries = new ScriptedCollector("binaries", [SnapshotSection.Binaries], _ => Task.FromResult(new CollectedEvidence { Binaries = Section.List(new BinaryEvidence { Name = "ffmpeg", Status = BinaryStatus.NotFound }) }));
        await using var provider = Fleets.Create([store, binaries]);

        await provider.Fleet().DiagnoseAsync(TestContext.Current.CancellationToken);

        var read = Read(provider);
        read.Where(m => !m.Name.StartsWith("cliply_collection_duration", StringComparison.Ordinal)).Should().Equal(
            ("cliply_workers_active", 2.0),
            ("cliply_workers_last_heartbeat_timestamp", Captured.AddSeconds(-4).ToUnixTimeSeconds()),
            ("cliply_jobs_pending", 3.0),
            ("cliply_jobs_running", 1.0),
            ("cliply_jobs_dead_letter", 0.0),
            ("cliply_jobs_oldest_pending_age", 20.0),
            ("cliply_diagnosis{code=ffmpeg-unavailable,severity=critical}", 1.0),
            ("cliply_collection_failures{collector=store}", 0.0),
            ("cliply_collection_failures{collector=binaries}", 0.0));
        read.Where(m => m.Name.StartsWith("cliply_collection_duration", StringComparison.Ordinal)).Select(m => m.Name).Should().Equal(
            "cliply_collection_duration{collector=store}", "cliply_collection_duration{collector=binaries}");
        Read(provider);
        store.Calls.Should().Be(1);
    }

    [Fact]
    public async Task Meter_WhileCollectionFails_KeepsTheLastValuesAndCountsFailures()
    {
        var fails = false;
        var store = ScriptedCollector.JobStore(_ => fails
            ? Task.FromResult(new CollectedEvidence { Workers = new SectionFailure("refused"), Queue = new SectionFailure("refused"), Database = new DatabaseEvidence { Status = DatabaseStatus.Refused } })
            : Task.FromResult(ScriptedCollector.HealthyStore(Captured)));
        await using var provider = Fleets.Create([store], o => o.SnapshotMaxAge = TimeSpan.Zero);
        await provider.Fleet().DiagnoseAsync(TestContext.Current.CancellationToken);
        fails = true;
        await provider.Fleet().DiagnoseAsync(TestContext.Current.CancellationToken);
        await provider.Fleet().DiagnoseAsync(TestContext.Current.CancellationToken);

        var read = Read(provider).ToDictionary(m => m.Name, m => m.Value);

        read["cliply_workers_active"].Should().Be(2);
        read["cliply_jobs_pending"].Should().Be(3);
        read["cliply_diagnosis{code=database-unavailable,severity=critical}"].Should().Be(1);
        read["cliply_collection_failures{collector=store}"].Should().Be(2);
    }

    [Fact]
    public async Task Meter_KindWithNumbersThatAreNotObservable_TellsTheOthers()
    {
        var store = ScriptedCollector.JobStore(_ => Task.FromResult(ScriptedCollector.HealthyStore() with
        {
            Queue = new QueueEvidence { Runnable = 5, Running = 0, DeadLetter = 0, Kinds = [new QueueKind { Kind = "TRANSCRIBE", Runnable = 5 }, new QueueKind { Kind = "CLIP_RENDER", DeadLetter = 9 }] },
        }));
        await using var provider = Fleets.Create([store]);

        await provider.Fleet().DiagnoseAsync(TestContext.Current.CancellationToken);

        Read(provider).Where(m => m.Name.StartsWith("cliply_jobs_by_kind", StringComparison.Ordinal)).Should().Equal(
            ("cliply_jobs_by_kind{kind=CLIP_RENDER,state=dead_letter}", 9.0),
            ("cliply_jobs_by_kind{kind=TRANSCRIBE,state=pending}", 5.0));
    }

    [Theory]
    [InlineData(0, null, 0.0)]
    [InlineData(5, null, null)]
    [InlineData(5, 7L, 7.0)]
    public async Task Meter_OldestPendingAge_IsZeroOnlyWhereNoneWaits(long runnable, long? age, double? expected)
    {
        var store = ScriptedCollector.JobStore(_ => Task.FromResult(ScriptedCollector.HealthyStore() with
        {
            Queue = new QueueEvidence { Runnable = runnable, Running = 0, DeadLetter = 0, OldestRunnableAgeSeconds = age },
        }));
        await using var provider = Fleets.Create([store]);

        await provider.Fleet().DiagnoseAsync(TestContext.Current.CancellationToken);

        Read(provider).Where(m => m.Name == "cliply_jobs_oldest_pending_age").Select(m => m.Value).Should().Equal(expected is null ? [] : [expected.Value]);
    }

    private static List<(string Name, double Value)> Read(ServiceProvider provider)
    {
        var read = new List<(string, double)>();
        var factory = provider.GetRequiredService<IMeterFactory>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == "Cliply.Diagnostics" && instrument.Meter.Scope == factory)
            {
                instrument.Unit.Should().BeNull();
                l.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((i, value, tags, _) => read.Add((Name(i, tags), value)));
        listener.SetMeasurementEventCallback<double>((i, value, tags, _) => read.Add((Name(i, tags), value)));
        listener.Start();
        listener.RecordObservableInstruments();
        return read;
    }

    private static string Name(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        tags.Length == 0 ? instrument.Name : $"{instrument.Name}{{{string.Join(",", tags.ToArray().Select(t => $"{t.Key}={t.Value}"))}}}";
}
