using System.Text;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Json;

namespace Cliply.Diagnostics.Tests.Json;

public sealed class SnapshotJsonTests
{
    private const string Start = "{\"schemaVersion\":1,\"capturedAt\":\"2026-11-23T12:00:00Z\",";

    [Fact]
    public void Read_SectionsInAllStates_TellsThemApart()
    {
        var snapshot = Read(Start + "\"workers\":{\"unavailable\":{\"code\":\"timeout\",\"message\":\"m\"}},\"deployments\":[],\"logs\":{\"unavailable\":{}},\"queue\":null}");

        snapshot.Workers.Unavailable.Should().Be(new SectionFailure("timeout", "m"));
        snapshot.Deployments.Value.Should().BeEmpty();
        snapshot.Logs.Unavailable.Should().Be(new SectionFailure());
        snapshot.Queue.IsNotCollected.Should().BeTrue();
        snapshot.History.IsNotCollected.Should().BeTrue();
    }

    [Theory]
    [InlineData("2026-11-23T12:00:00Z")]
    [InlineData("2026-11-23T12:00:00")]
    [InlineData("2026-11-23T13:00:00+01:00")]
    [InlineData("2026-11-23T12:00:00.000Z")]
    public void Read_Time_IsUtcWhateverItsForm(string time) =>
        Read($"{{\"schemaVersion\":1,\"capturedAt\":\"{time}\"}}").CapturedAt.Should().Be(new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public void Read_UnknownProperties_AreIgnored() => Read(Start + "\"later\":{\"x\":1},\"database\":{\"status\":\"ok\",\"more\":[1]}}").Database.Value!.Status.Should().Be(DatabaseStatus.Ok);

    [Fact]
    public void Read_WholeNumberWithAFraction_IsANumber()
    {
        var snapshot = Read(Start + "\"queue\":{\"runnable\":300.0,\"running\":0,\"deadLetter\":0},\"deployments\":[{\"platform\":\"docker\",\"name\":\"w\",\"instances\":[{\"id\":\"a\",\"state\":\"terminated\",\"exitCode\":137.0,\"lastExitCode\":-1.0}]}]}");

        snapshot.Queue.Value!.Runnable.Should().Be(300);
        snapshot.Deployments.Value![0].Instances![0].Should().BeEquivalentTo(new { ExitCode = 137, LastExitCode = -1 });
    }

    [Fact]
    public void Read_ByteOrderMark_IsSkipped() => SnapshotJson.Read([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Start[..^1] + "}")]).SchemaVersion.Should().Be(1);

    [Theory]
    [InlineData("{\"capturedAt\":\"2026-11-23T12:00:00Z\"}", "$.schemaVersion", "is missing, and is required.")]
    [InlineData(Start + "\"workers\":{\"active\":1}}", "$.workers.livenessSource", "is missing, and is required.")]
    [InlineData(Start + "\"workers\":{\"livenessSource\":\"guess\",\"active\":1}}", "$.workers.livenessSource", "expected one of registry, jobLocks, found another text.")]
    [InlineData(Start + "\"workers\":{\"livenessSource\":\"registry\",\"active\":1.5}}", "$.workers.active", "expected a whole number of 0 or more, found a negative, fractional or too large number.")]
    [InlineData(Start + "\"workers\":[]}", "$.workers", "expected an object, found a list.")]
    [InlineData(Start + "\"workers\":{\"livenessSource\":\"registry\",\"active\":1,\"items\":[{\"runningJobs\":1}]}}", "$.workers.items[0].id", "is missing, and is required.")]
    [InlineData(Start + "\"queue\":{\"runnable\":1,\"deadLetter\":0}}", "$.queue.running", "is missing, and is required.")]
    [InlineData(Start + "\"queue\":{\"runnable\":1,\"running\":0,\"deadLetter\":0,\"kinds\":[{\"runnable\":1}]}}", "$.queue.kinds[0].kind", "is missing, and is required.")]
    [InlineData(Start + "\"queue\":{\"runnable\":1,\"running\":0,\"deadLetter\":0,\"kinds\":[null]}}", "$.queue.kinds[0]", "must not be null.")]
    [InlineData(Start + "\"queue\":{\"runnable\":1,\"running\":0,\"deadLetter\":0,\"errors\":[{\"kinds\":[null]}]}}", "$.queue.errors[0].kinds[0]", "must not be null.")]
    [InlineData(Start + "\"binaries\":[{\"name\":\"ffmpeg\",\"status\":\"available\"},{\"name\":7,\"status\":\"available\"}]}", "$.binaries[1].name", "expected a text, found a number.")]
    [InlineData(Start + "\"binaries\":{}}", "$.binaries", "expected a list, found an object.")]
    [InlineData(Start + "\"database\":{}}", "$.database.status", "is missing, and is required.")]
    [InlineData(Start + "\"environment\":{\"missingRequired\":[null]}}", "$.environment.missingRequired[0]", "must not be null.")]
    [InlineData(Start + "\"deployments\":[{\"platform\":\"nomad\",\"name\":\"w\"}]}", "$.deployments[0].platform", "expected one of docker, kubernetes, systemd, process, found another text.")]
    [InlineData(Start + "\"deployments\":[{\"platform\":\"docker\",\"name\":\"w\",\"instances\":[{\"id\":\"a\"}]}]}", "$.deployments[0].instances[0].state", "is missing, and is required.")]
    [InlineData(Start + "\"deployments\":[{\"platform\":\"docker\",\"name\":\"w\",\"desiredReplicas\":-1}]}", "$.deployments[0].desiredReplicas", "expected a whole number of 0 or more, found a negative, fractional or too large number.")]
    [InlineData(Start + "\"resources\":[{\"cpuPercent\":\"99\"}]}", "$.resources[0].cpuPercent", "expected a number, found a text.")]
    [InlineData(Start + "\"logs\":[{\"lines\":1}]}", "$.logs[0].source", "is missing, and is required.")]
    [InlineData(Start + "\"logs\":[{\"source\":\"a\",\"findings\":[{\"count\":1}]}]}", "$.logs[0].findings[0].pattern", "is missing, and is required.")]
    [InlineData(Start + "\"history\":[{\"at\":\"yesterday\"}]}", "$.history[0].at", "expected a time in ISO 8601 such as 2026-11-23T12:00:00Z, found another text.")]
    [InlineData(Start + "\"logs\":{\"unavailable\":{\"code\":5}}}", "$.logs.unavailable.code", "expected a text, found a number.")]
    [InlineData(Start + "\"workers\":{\"livenessSource\":\"Registry\",\"active\":1}}", "$.workers.livenessSource", "expected one of registry, jobLocks, found another text.")]
    [InlineData(Start + "\"binaries\":[{\"name\":\"ffmpeg\",\"status\":\"failed, timedOut\"}]}", "$.binaries[0].status", "expected one of available, notFound, notExecutable, failed, timedOut, found another text.")]
    [InlineData(Start + "\"deployments\":[{\"platform\":\"docker\",\"name\":\"w\",\"instances\":[{\"id\":\"a\",\"state\":\"terminated\",\"exitCode\":137.5}]}]}", "$.deployments[0].instances[0].exitCode", "expected a whole number, found a fractional or too large number.")]
    [InlineData(Start + "\"resources\":[{\"cpuPercent\":1e400}]}", "$.resources[0].cpuPercent", "expected a number, found a too large number.")]
    [InlineData(Start + "\"workers\":{\"livenessSource\":\"registry\",\"active\":-1,\"active\":1}}", "$.workers.active", "expected a whole number of 0 or more, found a negative, fractional or too large number.")]
    [InlineData(Start + "\"workers\":[],\"workers\":null}", "$.workers", "expected an object, found a list.")]
    [InlineData(Start + "\"binaries\":[{\"name\":\"\\ud800\",\"status\":\"available\"}]}", "$.binaries[0].name", "holds text that is not valid Unicode.")]
    [InlineData(Start + "\"database\":{\"status\":\"\\ud800\"}}", "$.database.status", "holds text that is not valid Unicode.")]
    [InlineData(Start + "\"database\":{\"\\ud800\":1}}", "$.database", "holds text that is not valid Unicode.")]
    [InlineData(Start + "\"x\":[[1],{\"y\":[1,2,", "$.x[1].y[1]", "not valid JSON, or cut off. Expected one JSON object.")]
    [InlineData(Start + "\"queue\":{\"runnable\":1},}", "$.queue", "not valid JSON, or cut off. Expected one JSON object.")]
    [InlineData("null", "$", "expected an object, found null.")]
    [InlineData("[]", "$", "expected an object, found a list.")]
    public void Read_Bad_NamesThePathAndWhatIsExpected(string json, string path, string problem)
    {
        var exception = FluentActions.Invoking(() => Read(json)).Should().Throw<SnapshotFormatException>().Which;

        (exception.Path, exception.Problem, exception.Line).Should().Be((path, problem, 1));
    }

    [Fact]
    public void Read_NestedTooDeep_SaysSo()
    {
        var exception = FluentActions.Invoking(() => Read(Start + "\"x\":" + new string('[', 64) + new string(']', 64) + "}")).Should().Throw<SnapshotFormatException>().Which;

        exception.Message.Should().StartWith("$.x[0][0]").And.EndWith("[0] (line 1): nested deeper than 64 levels, which no snapshot is.");
        Read(Start + "\"x\":" + new string('[', 63) + new string(']', 63) + "}").SchemaVersion.Should().Be(1);
    }

    [Fact]
    public void Read_HostilePropertyName_IsInertInThePath() =>
        FluentActions.Invoking(() => Read(Start + "\"a\\u001b[31m\\nb\":")).Should().Throw<SnapshotFormatException>().Which.Path.Should().Be("$.a b");

    [Theory]
    [InlineData("{")]
    [InlineData("{\"schemaVersion\":1,}")]
    [InlineData("nonsense")]
    [InlineData("{\"a\":\"b\"")]
    public void Read_NoJson_SaysSo(string json) =>
        FluentActions.Invoking(() => Read(json)).Should().Throw<SnapshotFormatException>().Which.Problem.Should().Be("not valid JSON, or cut off. Expected one JSON object.");

    [Fact]
    public void Write_Snapshot_HasTheContractsNames() => Encoding.UTF8.GetString(SnapshotJson.Write(new DiagnosticSnapshot
    {
        SchemaVersion = 1,
        CapturedAt = Snapshots.Now,
        Workers = new WorkersEvidence { LivenessSource = LivenessSource.JobLocks, Active = 1, LastHeartbeatAt = Snapshots.Now.AddMilliseconds(-500) },
        Queue = new SectionFailure("timeout", "slow"),
    })).Should().Be("{\"schemaVersion\":1,\"capturedAt\":\"2026-11-23T12:00:00Z\",\"workers\":{\"livenessSource\":\"jobLocks\",\"active\":1,\"stale\":null,\"lastHeartbeatAt\":\"2026-11-23T11:59:59.5Z\",\"items\":null},\"queue\":{\"unavailable\":{\"code\":\"timeout\",\"message\":\"slow\"}}}");

    private static DiagnosticSnapshot Read(string json) => SnapshotJson.Read(Encoding.UTF8.GetBytes(json));
}
