using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Json;
using Cliply.Diagnostics.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Cliply.Diagnostics.Prometheus.Tests;

/// <summary>What is asked of a server, and what comes of each way in which it can fail; the real server has tests of its own.</summary>
public sealed class PrometheusCollectorTests
{
    private const string Canary = "CANARY-made-up";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 12, 0, 7, TimeSpan.Zero));
    private readonly FakeLogCollector _log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DiagnoseAsync_Defaults_AsksForTheseSeries()
    {
        await using var server = ScriptedServer.Prometheus(_ => "[]");
        await using var provider = Create($" {server.Url}/prometheus/ ", o => o.Matchers = "job='cliply'");

        await provider.Fleet().DiagnoseAsync(Cancellation);

        server.Requests.Select(r => $"{r.Method} {r.Target[..r.Target.IndexOf('?', StringComparison.Ordinal)]} {r.Parameter("query")}").Should().BeEquivalentTo(
            "GET /prometheus/api/v1/query_range max(cliply_workers_active{job=\"cliply\"})",
            "GET /prometheus/api/v1/query_range max(cliply_jobs_pending{job=\"cliply\"})",
            "GET /prometheus/api/v1/query_range max(cliply_jobs_dead_letter{job=\"cliply\"})",
            "GET /prometheus/api/v1/query_range sum(max by (cluster, namespace, pod, container, uid) (kube_pod_container_status_restarts_total{container=\"worker\"}))",
            "GET /prometheus/api/v1/query max(cliply_workers_active{job=\"cliply\"})",
            "GET /prometheus/api/v1/query max(cliply_workers_last_heartbeat_timestamp{job=\"cliply\"})",
            "GET /prometheus/api/v1/query max by (cluster, namespace, pod, container, uid) (increase(kube_pod_container_status_restarts_total{container=\"worker\"}[5m]))",
            "GET /prometheus/api/v1/query max by (__name__, cluster, namespace, pod, container, reason) ({__name__=~\"kube_pod_container_status_(running|waiting_reason|terminated|restarts_total)\",container=\"worker\"})");
        var end = new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();
        var range = server.Requests.First(r => r.Target.Contains("query_range", StringComparison.Ordinal));
        (range.Parameter("start"), range.Parameter("end"), range.Parameter("step")).Should().Be((Text(end - 3600), Text(end), "15"));

        static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
    }

    [Fact]
    public async Task DiagnoseAsync_LongMatchers_AreSentAsAForm()
    {
        await using var server = ScriptedServer.Prometheus(_ => "[]");
        var hosts = string.Join('|', Enumerable.Range(0, 600).Select(i => $"host-{i}"));
        await using var provider = Create(server.Url, o => o.Matchers = $"instance=~\"{hosts}\"");

        await provider.Fleet().DiagnoseAsync(Cancellation);

        var posted = server.Requests.Where(r => r.Method == "POST").ToList();
        posted.Should().HaveCount(5).And.OnlyContain(r => r.Headers["Content-Type"] == "application/x-www-form-urlencoded" && !r.Target.Contains('?', StringComparison.Ordinal));
        posted.Select(r => r.Parameter("query")).Should().Contain($"max(cliply_workers_active{{instance=~\"{hosts}\"}})");
        server.Requests.Count(r => r.Method == "GET").Should().Be(3);
    }

    [Fact]
    public async Task DiagnoseAsync_BearerTokenAndTenant_AreSent()
    {
        await using var server = ScriptedServer.Prometheus(_ => "[]");
        await using var provider = Create(server.Url, o => (o.BearerToken, o.Headers["X-Scope-OrgID"]) = (Canary, "tenant-1"));

        await provider.Fleet().DiagnoseAsync(Cancellation);

        server.Requests.Should().HaveCount(8).And.OnlyContain(r => r.Headers["Authorization"] == $"Bearer {Canary}" && r.Headers["X-Scope-OrgID"] == "tenant-1");
    }

    [Fact]
    public async Task DiagnoseAsync_UserAndPassword_AreSent()
    {
        await using var server = ScriptedServer.Prometheus(_ => "[]");
        await using var provider = Create(server.Url, o => (o.UserName, o.Password) = ("grafana", "é:made-up"));

        await provider.Fleet().DiagnoseAsync(Cancellation);

        server.Requests.Should().OnlyContain(r => r.Headers["Authorization"] == "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("grafana:é:made-up")));
    }

    [Fact]
    public async Task DiagnoseAsync_ServerWithoutOurMetrics_IsNotSupportedAndSaysWhereToLook()
    {
        await using var server = ScriptedServer.Prometheus(_ => "[]");
        await using var provider = Create(server.Url);

        var reading = await provider.Fleet().DiagnoseAsync(Cancellation);

        reading.Snapshot.History.Unavailable.Should().Be(new SectionFailure("not-supported", "the server has no cliply_workers_active that matches. See that it scrapes the host's metrics, and look at Cliply:Diagnostics:Prometheus:Matchers"));
        reading.Snapshot.Deployments.IsNotCollected.Should().BeTrue("no series of a container is no proof that nothing is deployed");
        reading.Collectors.Single(c => c.Name == "prometheus").Failure.Should().Be("not-supported");
    }

    [Fact]
    public async Task DiagnoseAsync_NoUrl_IsNotConfiguredAndNoFailure()
    {
        await using var provider = Create(null);

        var reading = await provider.Fleet().DiagnoseAsync(Cancellation);

        reading.Snapshot.History.Unavailable.Should().Be(new SectionFailure("not-configured", "no server is named. Set Cliply:Diagnostics:Prometheus:Url"));
        reading.Collectors.Single(c => c.Name == "prometheus").Failure.Should().BeNull();
    }

    [Theory]
    [InlineData(401, "authenticationFailed")]
    [InlineData(403, "permissionDenied")]
    [InlineData(404, "error")]
    [InlineData(503, "shuttingDown")]
    [InlineData(307, "error")]
    public async Task DiagnoseAsync_ServerRefuses_HistoryIsUnavailableAndTheRestUnharmed(int status, string code)
    {
        await using var elsewhere = ScriptedServer.Prometheus(_ => "[]");
        await using var server = ScriptedServer.Answering(status, $"{Canary} says no", $"Location: {elsewhere.Url}/api/v1/query\r\n");
        await using var provider = Create(server.Url, o => o.BearerToken = Canary);

        var reading = await provider.Fleet().DiagnoseAsync(Cancellation);

        reading.Snapshot.History.Unavailable!.Code.Should().Be(code);
        AssertUnharmedAndSafe(reading, server.Url);
        elsewhere.Requests.Should().BeEmpty("credentials go nowhere else");
    }

    [Fact]
    public async Task DiagnoseAsync_NothingListens_IsRefused()
    {
        string url;
        await using (var server = ScriptedServer.Answering(200, ""))
        {
            url = server.Url;
        }

        await using var provider = Create(url);

        var reading = await provider.Fleet().DiagnoseAsync(Cancellation);

        reading.Snapshot.History.Unavailable.Should().Be(new SectionFailure("refused", "nothing listens at the server's address. Look at the port in Url"));
        AssertUnharmedAndSafe(reading, url);
    }

    [Fact]
    public async Task DiagnoseAsync_NameNotFound_IsHostNotFound()
    {
        await using var provider = Create("http://prometheus.invalid:9090");

        var reading = await provider.Fleet().DiagnoseAsync(Cancellation);

        reading.Snapshot.History.Unavailable.Should().Be(new SectionFailure("hostNotFound", "the server's name can't be resolved. Look at Url"));
        AssertUnharmedAndSafe(reading, "prometheus.invalid");
    }

    [Fact]
    public async Task DiagnoseAsync_PlainPortCalledByHttps_IsTlsFailed()
    {
        using var plain = new TcpListener(IPAddress.Loopback, 0);
        plain.Start();
        var answering = AnswerPlainlyAsync(plain);
        await using var provider = Create($"https://127.0.0.1:{((IPEndPoint)plain.LocalEndpoint).Port}");

        var reading = await provider.Fleet().DiagnoseAsync(Cancellation);

        reading.Snapshot.History.Unavailable!.Code.Should().Be("tlsFailed");
        plain.Stop();
        await answering;
    }

    [Fact]
    public async Task DiagnoseAsync_NoHttpAtAll_IsAnError()
    {
        await using var server = new ScriptedServer((_, stream, token) => stream.WriteAsync("-ERR unknown command\r\n"u8.ToArray(), token).AsTask());
        await using var provider = Create(server.Url);

        var reading = await provider.Fleet().DiagnoseAsync(Cancellation);

        reading.Snapshot.History.Unavailable.Should().Be(new SectionFailure("error", "the connection broke before the answer was whole, or what answers speaks no HTTP"));
    }

    [Fact]
    public async Task DiagnoseAsync_CutOff_IsAnError()
    {
        await using var server = new ScriptedServer((_, stream, token) => stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"status\":"u8.ToArray(), token).AsTask());
        await using var provider = Create(server.Url);

        var reading = await provider.Fleet().DiagnoseAsync(Cancellation);

        reading.Snapshot.History.Unavailable.Should().Be(new SectionFailure("error", "the connection broke before the answer was whole, or what answers speaks no HTTP"));
    }

    [Fact]
    public async Task DiagnoseAsync_EndlessHeaders_AreCutOff()
    {
        await using var server = new ScriptedServer(async (_, stream, token) =>
        {
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n"u8.ToArray(), token);
            while (true)
            {
                await stream.WriteAsync(Encoding.ASCII.GetBytes($"X-More: {new string('x', 4000)}\r\n"), token);
            }
        });
        await using var provider = Create(server.Url);

        var reading = await provider.Fleet().DiagnoseAsync(Cancellation);

        reading.Snapshot.History.Unavailable.Should().Be(new SectionFailure("error", "the answer's headers are larger than 64 KiB"));
    }

    [Theory]
    [InlineData("Content-Length: 104857600\r\n")]
    [InlineData("")]
    public async Task DiagnoseAsync_AnswerOf100Megabytes_IsNotReadToItsEnd(string length)
    {
        var whole = 0;
        await using var server = new ScriptedServer(async (_, stream, token) =>
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\n{length}Connection: close\r\n\r\n{{\"status\":\"success\",\"data\":\""), token);
            var chunk = new byte[1024 * 1024];
            chunk.AsSpan().Fill((byte)'x');
            for (var i = 0; i < 100; i++)
            {
                await stream.WriteAsync(chunk, token);
            }

            Interlocked.Increment(ref whole);
        });
        await using var provider = Create(server.Url);

        var reading = await provider.Fleet().DiagnoseAsync(Cancellation);

        reading.Snapshot.History.Unavailable.Should().Be(new SectionFailure("error", "the answer is larger than 4 MiB and was not read. Narrow Matchers or ContainerMatchers, shorten Range or raise Step"));
        AssertUnharmedAndSafe(reading, server.Url);
        whole.Should().Be(0, "no connection takes all of it");
    }

    [Fact]
    public async Task DiagnoseAsync_ServerStalls_TimesOutWithinTheDeadlineAndLeavesNoConnection()
    {
        var open = 0;
        await using var server = new ScriptedServer(async (_, stream, token) =>
        {
            Interlocked.Increment(ref open);
            await ScriptedServer.HoldAsync(stream, token);
            Interlocked.Decrement(ref open);
        });
        await using var provider = Create(server.Url, diagnostics: o => (o.CollectorDeadline, o.CollectionDeadline) = (TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3)), time: TimeProvider.System);

        var reading = await provider.Fleet().DiagnoseAsync(Cancellation);

        reading.Snapshot.History.Unavailable.Should().Be(new SectionFailure("timeout", "the server gave no answer within the deadline. Shorten Range, raise Step, or raise Cliply:Diagnostics:CollectorDeadline"));
        reading.Collectors.Single(c => c.Name == "prometheus").Duration.Should().BeLessThan(TimeSpan.FromSeconds(2.25));
        AssertUnharmedAndSafe(reading, server.Url);
        for (var i = 0; Volatile.Read(ref open) > 0; i++)
        {
            i.Should().BeLessThan(1_000, "connections of queries that were given up are closed");
            await Task.Delay(20, Cancellation);
        }
    }

    [Fact]
    public async Task DiagnoseAsync_OnlySomeQueriesStall_WhatIsKnownIsTold()
    {
        await using var server = new ScriptedServer(async (request, stream, token) =>
        {
            if (request.Parameter("query")!.Contains("kube_", StringComparison.Ordinal) || request.Parameter("query")!.Contains("pending", StringComparison.Ordinal))
            {
                await ScriptedServer.HoldAsync(stream, token);
            }
            else
            {
                await ScriptedServer.SendAsync(stream, 200, Matrix(At(0), 2), token);
            }
        });
        await using var provider = Create(server.Url, diagnostics: o => (o.CollectorDeadline, o.CollectionDeadline) = (TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(5)), time: new StoppedClock(_time.GetUtcNow()));

        var reading = await provider.Fleet().DiagnoseAsync(Cancellation);

        reading.Snapshot.History.Value.Should().Equal(new HistoryPoint { At = At(0), ActiveWorkers = 2, DeadLetter = 2 });
    }

    [Fact]
    public async Task DiagnoseAsync_ReadingsWithinAStep_AskOnce()
    {
        await using var server = ScriptedServer.Prometheus(r => Result(r, At(0), 2));
        await using var provider = Create(server.Url, diagnostics: o => o.SnapshotMaxAge = TimeSpan.Zero);

        await provider.Fleet().DiagnoseAsync(Cancellation);
        _time.Advance(TimeSpan.FromSeconds(7.9));
        var second = await provider.Fleet().DiagnoseAsync(Cancellation);
        server.Requests.Should().HaveCount(8);
        second.Snapshot.History.Value!.Select(p => p.At).Should().Equal(At(0));
        _time.Advance(TimeSpan.FromSeconds(0.1));
        await provider.Fleet().DiagnoseAsync(Cancellation);

        server.Requests.Should().HaveCount(16);
    }

    [Fact]
    public async Task DiagnoseAsync_ServerFailsLater_TheReadingsInMemoryServe()
    {
        var fails = false;
        await using var server = new ScriptedServer((request, stream, token) => fails
            ? ScriptedServer.SendAsync(stream, 503, "", token)
            : ScriptedServer.SendAsync(stream, 200, request.Target.Contains("query_range", StringComparison.Ordinal) ? Matrix(At(-30), 7) : Vector("7"), token));
        await using var provider = Create(server.Url, diagnostics: o => o.SnapshotMaxAge = TimeSpan.Zero);

        var first = await provider.Fleet().DiagnoseAsync(Cancellation);
        first.Snapshot.History.Value!.Select(p => p.ActiveWorkers).Should().Equal(7, null, null);
        fails = true;
        _time.Advance(TimeSpan.FromSeconds(15));
        var second = await provider.Fleet().DiagnoseAsync(Cancellation);

        second.Snapshot.History.Value!.Select(p => p.ActiveWorkers).Should().Equal(2);
        second.Collectors.Single(c => c.Name == "prometheus").Failure.Should().Be("shuttingDown");
    }

    [Theory]
    [InlineData(LivenessSource.JobLocks)]
    [InlineData(LivenessSource.Registry)]
    public async Task DiagnoseAsync_NoJobStoreConfigured_WorkersAreTakenFromTheMetrics(LivenessSource source)
    {
        var beat = At(-90).ToUnixTimeSeconds();
        await using var server = ScriptedServer.Prometheus(r => Result(r, At(0), r.Parameter("query")!.Contains("heartbeat", StringComparison.Ordinal) ? beat + 0.25 : 2));
        var notConfigured = new SectionFailure("not-configured", "no connection string");
        await using var provider = Create(server.Url, o => o.LivenessSource = source, store: new CollectedEvidence { Workers = notConfigured, Queue = notConfigured, Database = notConfigured });

        var reading = await provider.Fleet().DiagnoseAsync(Cancellation);

        reading.Snapshot.Workers.Value.Should().Be(new WorkersEvidence { LivenessSource = source, Active = 2, LastHeartbeatAt = At(-90).AddSeconds(0.25) });
        reading.Report.Status.Should().Be(Reports.FleetStatus.Inconclusive, "the queue is not known");
        reading.Snapshot.Queue.Unavailable.Should().Be(notConfigured);
    }

    [Fact]
    public async Task DiagnoseAsync_NoJobStoreAndNoWorkersInTheMetrics_IsNoVerdictUnlessTheyAreARegistry()
    {
        await using var server = ScriptedServer.Prometheus(r => r.Parameter("query")!.Contains("kube_", StringComparison.Ordinal) || r.Parameter("query")!.Contains("heartbeat", StringComparison.Ordinal) ? "[]" : Result(r, At(0), 0));
        var notConfigured = new SectionFailure("not-configured", "no connection string");
        var store = new CollectedEvidence { Workers = notConfigured, Queue = notConfigured, Database = new DatabaseEvidence { Status = DatabaseStatus.Ok } };
        await using var locks = Create(server.Url, store: store);
        await using var registry = Create(server.Url, o => o.LivenessSource = LivenessSource.Registry, store: store);

        (await locks.Fleet().DiagnoseAsync(Cancellation)).Report.Diagnoses.Should().BeEmpty();
        (await registry.Fleet().DiagnoseAsync(Cancellation)).Report.Diagnoses.Select(d => d.Code).Should().Equal("no-workers-running");
    }

    [Fact]
    public async Task DiagnoseAsync_JobStoreFails_MetricsTakeNoPlaceOfIt()
    {
        await using var server = ScriptedServer.Prometheus(r => Result(r, At(0), 2));
        var refused = new SectionFailure("refused", "nothing listens");
        await using var provider = Create(server.Url, store: new CollectedEvidence { Workers = refused, Queue = refused, Database = new DatabaseEvidence { Status = DatabaseStatus.Refused } });

        var reading = await provider.Fleet().DiagnoseAsync(Cancellation);

        reading.Snapshot.Workers.Unavailable.Should().Be(refused);
    }

    [Theory]
    [InlineData(false, "not-configured", true)]
    [InlineData(false, "permissionDenied", false)]
    [InlineData(true, null, true)]
    public async Task DiagnoseAsync_ContainersInTheMetrics_ServeWhereNoPlatformListsAny(bool isEmpty, string? failure, bool expected)
    {
        await using var server = ScriptedServer.Prometheus(r => r.Parameter("query")!.Contains("(running", StringComparison.Ordinal)
            ? """[{"metric":{"__name__":"kube_pod_container_status_running","namespace":"video","pod":"worker-1\u001b[31m","container":"worker"},"value":[1,"1"]}]"""
            : "[]");
        var platform = new ScriptedCollector("platform", [SnapshotSection.Deployments], _ => Task.FromResult(new CollectedEvidence
        {
            Deployments = isEmpty ? Section.List<DeploymentEvidence>([]) : Section.UnavailableList<DeploymentEvidence>(new SectionFailure(failure)),
        }));
        await using var provider = Create(server.Url, more: platform);

        var deployments = (await provider.Fleet().DiagnoseAsync(Cancellation)).Snapshot.Deployments;

        (deployments.Value?.SelectMany(d => d.Instances!)).Should().BeEquivalentTo(expected ? [new InstanceEvidence { Id = "worker-1", State = InstanceState.Running }] : null as InstanceEvidence[]);
    }

    [Fact]
    public async Task DiagnoseAsync_DeploymentsKnown_RestartsAreCompletedAndNothingIsListedTwice()
    {
        await using var server = ScriptedServer.Prometheus(r => r.Parameter("query") is { } query && query.Contains("increase", StringComparison.Ordinal)
            ? $$"""[{"metric":{"namespace":"video","pod":"worker-1","container":"worker"},"value":[1,"3.2"]},{"metric":{"namespace":"video","pod":"other-1","container":"worker"},"value":[1,"9"]}]"""
            : Result(r, At(0), 2));
        var platform = new ScriptedCollector("platform", [SnapshotSection.Deployments], _ => Task.FromResult(new CollectedEvidence
        {
            Deployments = Section.List(
                Deployment(DeploymentPlatform.Kubernetes, "worker", 1, "worker-1", "worker-2"),
                Deployment(DeploymentPlatform.Kubernetes, "stays", 7, "worker-1"),
                Deployment(DeploymentPlatform.Docker, "docker", 0, "worker-1"),
                Deployment(DeploymentPlatform.Kubernetes, "silent", null, "worker-3")),
        }));
        await using var provider = Create(server.Url, more: platform);

        var deployments = (await provider.Fleet().DiagnoseAsync(Cancellation)).Snapshot.Deployments.Value!;

        deployments.Select(d => (d.Name, d.RestartsLast5Minutes)).Should().Equal(("worker", 4), ("stays", 7), ("docker", 0), ("silent", null));
    }

    private static DeploymentEvidence Deployment(DeploymentPlatform platform, string name, long? restarts, params string[] instances) => new()
    {
        Platform = platform,
        Name = name,
        RestartsLast5Minutes = restarts,
        Instances = [.. instances.Select(i => new InstanceEvidence { Id = i, State = InstanceState.Running })],
    };

    private static string Result(SeenRequest request, DateTimeOffset at, double value) => request.Target.Contains("query_range", StringComparison.Ordinal)
        ? $$"""[{"metric":{},"values":[[{{at.ToUnixTimeSeconds()}},"{{value.ToString(CultureInfo.InvariantCulture)}}"]]}]"""
        : $$"""[{"metric":{},"value":[{{at.ToUnixTimeSeconds()}},"{{value.ToString(CultureInfo.InvariantCulture)}}"]}]""";

    private static string Matrix(DateTimeOffset at, int value) => $$$"""{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[{{{at.ToUnixTimeSeconds()}}},"{{{value}}}"]]}]}}""";

    private static string Vector(string value) => $$$"""{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"{{{value}}}"]}]}}""";

    private static DateTimeOffset At(int seconds) => new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero).AddSeconds(seconds);

    private static async Task AnswerPlainlyAsync(TcpListener listener)
    {
        while (true)
        {
            try
            {
                using var client = await listener.AcceptTcpClientAsync();
                await client.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
            }
            catch (SocketException)
            {
                return;
            }
            catch (IOException)
            {
                // The client has hung up on what is no TLS.
            }
        }
    }

    private void AssertUnharmedAndSafe(FleetReading reading, string place)
    {
        reading.Snapshot.Workers.IsKnown.Should().BeTrue();
        reading.Report.Status.Should().Be(Reports.FleetStatus.Healthy);
        reading.Report.Unknowns.Should().Contain(u => u.Section == "history");
        var published = Encoding.UTF8.GetString(ReportJson.Write(reading.Report)) + Encoding.UTF8.GetString(SnapshotJson.Write(reading.Snapshot)) + string.Join('\n', _log.GetSnapshot().Select(r => r.ToString()));
        published.Should().NotContainEquivalentOf(Canary).And.NotContainEquivalentOf(place.Replace("http://", "", StringComparison.Ordinal));
    }

    private ServiceProvider Create(
        string? url,
        Action<PrometheusOptions>? configure = null,
        Action<CliplyDiagnosticsOptions>? diagnostics = null,
        TimeProvider? time = null,
        CollectedEvidence? store = null,
        IEvidenceCollector? more = null) => Fleets.Create(
        [ScriptedCollector.JobStore(_ => Task.FromResult(store ?? ScriptedCollector.HealthyStore(_time.GetUtcNow()))), .. more is null ? (IEvidenceCollector[])[] : [more]],
        o =>
        {
            (o.CollectorDeadline, o.CollectionDeadline) = (TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(40));
            diagnostics?.Invoke(o);
        },
        services =>
        {
            services.Replace(ServiceDescriptor.Singleton(time ?? _time));
            services.AddSingleton<ILoggerProvider>(new FakeLoggerProvider(_log));
            services.AddLogging(l => l.SetMinimumLevel(LogLevel.Trace));
            new CliplyDiagnosticsBuilder(services).AddPrometheus(url, configure);
        });

    /// <summary>Timers that run, by a clock that stands still.</summary>
    private sealed class StoppedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
