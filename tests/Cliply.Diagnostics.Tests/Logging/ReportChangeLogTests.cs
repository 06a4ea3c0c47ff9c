using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Cliply.Diagnostics.Tests.Logging;

public sealed class ReportChangeLogTests
{
    [Fact]
    public async Task DiagnoseAsync_StateChanges_IsLoggedOnceNotEveryReading()
    {
        var statuses = new Queue<BinaryStatus>([BinaryStatus.Available, BinaryStatus.Available, BinaryStatus.NotFound, BinaryStatus.NotFound, BinaryStatus.Available]);
        var binaries = new ScriptedCollector("binaries", [SnapshotSection.Binaries], _ => Task.FromResult(new CollectedEvidence { Binaries = Section.List(new BinaryEvidence { Name = "ffmpeg", Status = statuses.Dequeue() }) }));
        await using var provider = Fleets.Create([ScriptedCollector.Healthy(), binaries], o => o.SnapshotMaxAge = TimeSpan.Zero, s => s.AddFakeLogging());

        for (var i = 0; i < 5; i++)
        {
            await provider.Fleet().DiagnoseAsync(TestContext.Current.CancellationToken);
        }

        provider.GetRequiredService<FakeLogCollector>().GetSnapshot().Select(r => (r.Level, r.Message)).Should().Equal(
            (LogLevel.Information, "The fleet is healthy: no diagnosis"),
            (LogLevel.Warning, "Diagnosis ffmpeg-unavailable (critical): ffmpeg was not found in PATH."),
            (LogLevel.Warning, "The fleet is unhealthy: ffmpeg-unavailable"),
            (LogLevel.Information, "Diagnosis ffmpeg-unavailable cleared"),
            (LogLevel.Information, "The fleet is healthy: no diagnosis"));
    }

    [Fact]
    public async Task DiagnoseAsync_Info_IsNoWarning()
    {
        var variables = new ScriptedCollector("environment", [SnapshotSection.Environment], _ => Task.FromResult(new CollectedEvidence { Environment = new EnvironmentEvidence { MissingRecommended = ["LOG_LEVEL"] } }));
        await using var provider = Fleets.Create([ScriptedCollector.Healthy(), variables], services: s => s.AddFakeLogging());

        await provider.Fleet().DiagnoseAsync(TestContext.Current.CancellationToken);

        provider.GetRequiredService<FakeLogCollector>().GetSnapshot().Select(r => (r.Level, r.Message)).Should().Equal(
            (LogLevel.Information, "Diagnosis environment-incomplete (info): Recommended and not set: LOG_LEVEL."),
            (LogLevel.Information, "The fleet is healthy: environment-incomplete"));
    }
}
