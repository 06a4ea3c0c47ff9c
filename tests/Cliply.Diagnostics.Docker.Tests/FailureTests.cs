using System.Diagnostics;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Docker.Tests.Fakes;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Json;

namespace Cliply.Diagnostics.Docker.Tests;

/// <summary>What an engine, or the way to it, can do wrong: the section says so in time, and the others are unharmed.</summary>
[Collection(nameof(Alone))]
public sealed class FailureTests
{
    private const string List = "/containers/json";
    private const string Inspect = $"/containers/{Payloads.WorkerId}/json";
    private const string Stats = $"/containers/{Payloads.WorkerId}/stats";
    private const string Logs = $"/containers/{Payloads.WorkerId}/logs";
    private const string Key = "Cliply:Diagnostics:Docker:Endpoint";

    [Fact]
    public async Task Engine_Answers_AllSectionsAreKnown()
    {
        await using var engine = FakeEngine.WithOneWorker();

        var reading = await ReadAsync(engine.Endpoint);

        reading.Snapshot.Deployments.Value.Should().ContainSingle().Which.Should().BeEquivalentTo(new DeploymentEvidence
        {
            Platform = DeploymentPlatform.Docker,
            Name = "worker-1",
            DesiredReplicas = 1,
            ReadyReplicas = 1,
            RestartsLast5Minutes = 0,
            Instances = [new InstanceEvidence { Id = "worker-1", State = InstanceState.Running, Restarts = 0, StartedAt = DateTimeOffset.Parse("2026-11-24T05:20:01.9876543Z", null) }],
        });
        reading.Snapshot.Resources.Value.Should().ContainSingle().Which.Should().Be(new ResourceEvidence { Instance = "worker-1", CpuPercent = 20, MemoryBytes = 450_000_000, MemoryLimitBytes = 1_073_741_824 });
        var log = reading.Snapshot.Logs.Value.Should().ContainSingle().Subject;
        log.LastLineAt.Should().Be(DateTimeOffset.Parse("2026-11-24T05:20:00.1234567Z", null));
        log.Should().BeEquivalentTo(new { Source = "docker:worker-1", Lines = 1, DominantPattern = "polling" });
        await NoConnectionIsLeft(engine);
    }

    [Fact]
    public async Task Socket_NoneThere_IsNotConfigured()
    {
        var folder = Directory.CreateTempSubdirectory("cliply-");
        var search = new DockerEndpointSearch(name => name == "XDG_RUNTIME_DIR" ? folder.FullName : null, [$"{folder.FullName}/docker.sock", "$XDG_RUNTIME_DIR/podman/podman.sock"]);

        search.TryFind(new DockerOptions(), out _, out var failure).Should().BeFalse();

        failure.Should().Be(new SectionFailure("not-configured", $"no socket of Docker or Podman was found; set {Key} or DOCKER_HOST to an address such as unix:///var/run/docker.sock"));
        folder.Delete();
    }

    [Fact]
    public void Socket_SeveralThere_TheFirstServes()
    {
        var folder = Directory.CreateTempSubdirectory("cliply-");
        File.WriteAllText($"{folder.FullName}/second.sock", "");
        File.WriteAllText($"{folder.FullName}/third.sock", "");
        var variables = new Dictionary<string, string> { ["XDG_RUNTIME_DIR"] = folder.FullName };
        var search = new DockerEndpointSearch(variables.GetValueOrDefault, [$"{folder.FullName}/first.sock", "$XDG_RUNTIME_DIR/second.sock", $"{folder.FullName}/third.sock"]);

        Found(new DockerOptions()).SocketPath.Should().Be($"{folder.FullName}/second.sock");

        variables["DOCKER_HOST"] = $"unix://{folder.FullName}/third.sock";
        Found(new DockerOptions()).SocketPath.Should().Be($"{folder.FullName}/third.sock");

        Found(new DockerOptions { Endpoint = "tcp://engine.example" }).Address.Should().Be("http://engine.example:2375/");

        (variables["DOCKER_TLS_VERIFY"], variables["DOCKER_CERT_PATH"]) = ("1", "/certificates");
        Found(new DockerOptions { Endpoint = "tcp://engine.example" }).Should().BeEquivalentTo(new { Address = new Uri("https://engine.example:2376/"), CertificateFolder = "/certificates" });
        folder.Delete(recursive: true);

        DockerEndpoint Found(DockerOptions options) => search.TryFind(options, out var endpoint, out _) ? endpoint : throw new InvalidOperationException("Nothing was found.");
    }

    [Fact]
    public void DockerHost_OverSsh_IsNotSupported()
    {
        var search = new DockerEndpointSearch(name => name == "DOCKER_HOST" ? "ssh://canary-user@host" : null, []);

        search.TryFind(new DockerOptions(), out _, out var failure).Should().BeFalse();

        failure.Should().Be(new SectionFailure("not-supported", $"DOCKER_HOST is no address that can be used; set {Key} to one such as unix:///var/run/docker.sock or tcp://127.0.0.1:2375"));
    }

    [Fact]
    public async Task Socket_NamedButGone_IsRefused()
    {
        var reading = await ReadAsync("unix:///tmp/cliply-canary-gone/x.sock");

        AllAre(reading, "refused", $"there is no socket where {Key} points; start Docker or Podman, or change {Key}");
    }

    [Fact]
    public async Task Socket_NobodyListens_IsRefused()
    {
        var folder = Directory.CreateTempSubdirectory("cliply-");
        using (var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified))
        {
            socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint($"{folder.FullName}/x.sock"));
            var reading = await ReadAsync($"unix://{folder.FullName}/x.sock");
            AllAre(reading, "refused", $"nothing listens at its address; start Docker or Podman, or change {Key}");
        }

        var directory = await ReadAsync($"unix://{folder.FullName}");
        AllAre(directory, "refused", $"nothing listens at its address; start Docker or Podman, or change {Key}");
        folder.Delete(recursive: true);
    }

    [Fact]
    public void Socket_MayNotBeOpened_IsPermissionDenied()
    {
        var exception = new HttpRequestException("canary", new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.AccessDenied));

        DockerFailures.Of(exception, new DockerEndpoint(new Uri("http://localhost"), "/canary"))
            .Should().Be(new SectionFailure("permissionDenied", "this process may not open the socket; run it as a member of the socket's group, such as docker"));
    }

    [Fact]
    public async Task Host_Unknown_IsHostNotFound()
    {
        var reading = await ReadAsync("tcp://canary-host.invalid:2375", deadline: TimeSpan.FromSeconds(30));

        AllAre(reading, "hostNotFound", $"its host name can't be resolved; change {Key}");
    }

    [Theory]
    [InlineData("403 Forbidden", "permissionDenied", "the engine, or a proxy before it, forbids this; allow GET on /containers")]
    [InlineData("401 Unauthorized", "authenticationFailed", "the engine, or a proxy before it, asks for a login that is not given")]
    [InlineData("500 Internal Server Error", "error", "the engine answered with HTTP status 500")]
    [InlineData("302 Found", "error", "the answer is not one of a Docker engine")]
    public async Task List_AnswersWithStatus_SaysWhy(string status, string code, string message)
    {
        await using var engine = new FakeEngine();
        engine.Json(List, """{"message":"canary-text"}""", status);

        AllAre(await ReadAsync(engine.Endpoint), code, message);
        await NoConnectionIsLeft(engine);
    }

    [Theory]
    [InlineData("[{\"Id\":\"a\",\"Names\":[\"/worker\"")]
    [InlineData("{\"not\":\"a list\"}")]
    [InlineData("[{\"Id\":17}]")]
    [InlineData("null")]
    [InlineData("[null]")]
    [InlineData("[{\"Id\":\"\",\"Names\":[\"/worker\"]}]")]
    [InlineData("[{\"Id\":\"a\",\"Created\":9223372036854775807}]")]
    [InlineData("<html>canary</html>")]
    [InlineData("")]
    public async Task List_Malformed_IsAnError(string body)
    {
        await using var engine = new FakeEngine();
        engine.Json(List, body);

        AllAre(await ReadAsync(engine.Endpoint), "error", "the answer is not one of a Docker engine");
    }

    [Fact]
    public async Task List_IsNoHttp_IsAnError()
    {
        await using var engine = new FakeEngine();
        engine.Does(List, (stream, token) => FakeEngine.WriteAsync(stream, "SSH-2.0-OpenSSH_9.2\r\n\r\n", token));

        AllAre(await ReadAsync(engine.Endpoint), "error", "the answer is not one of a Docker engine");
    }

    [Fact]
    public async Task List_ConnectionBreaks_IsAnError()
    {
        await using var engine = new FakeEngine();
        engine.Does(List, async (stream, token) =>
        {
            await FakeEngine.WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n[", token);
            throw new IOException();
        });

        AllAre(await ReadAsync(engine.Endpoint), "error", "the connection broke");
    }

    [Fact]
    public async Task List_Stalls_IsTimeoutWithinTheBudget()
    {
        await using var engine = new FakeEngine();
        engine.Does(List, FakeEngine.StallAsync);
        var stopwatch = Stopwatch.StartNew();

        var reading = await ReadAsync(engine.Endpoint, TimeSpan.FromSeconds(2));

        // A quarter of a second is the rule; the rest is for a machine that others use too.
        stopwatch.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(6));
        reading.Collectors.Single(c => c.Name == "docker").Should().BeEquivalentTo(new { Failure = "timeout" });
        AllAre(reading, "timeout", "no answer in time");
        await NoConnectionIsLeft(engine);
    }

    [Theory]
    [InlineData("Content-Length: 104857600")]
    [InlineData("Transfer-Encoding: chunked")]
    public async Task List_OfHundredMegabytes_IsAnErrorInBoundedMemory(string length)
    {
        await using var engine = new FakeEngine();
        engine.Does(List, async (stream, token) =>
        {
            await FakeEngine.WriteAsync(stream, $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n{length}\r\n\r\n", token);
            var entry = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("[{\"Id\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"},", 1_000)));
            for (var sent = 0; sent < 104_857_600; sent += entry.Length)
            {
                if (length.StartsWith('T'))
                {
                    await FakeEngine.WriteAsync(stream, $"{entry.Length:x}\r\n", token);
                }

                await stream.WriteAsync(entry, token);
                if (length.StartsWith('T'))
                {
                    await FakeEngine.WriteAsync(stream, "\r\n", token);
                }
            }
        });
        await ReadAsync(engine.Endpoint);
        var before = GC.GetTotalAllocatedBytes(precise: true);

        var reading = await ReadAsync(engine.Endpoint);

        (GC.GetTotalAllocatedBytes(precise: true) - before).Should().BeLessThan(48 * 1024 * 1024);
        AllAre(reading, "error", "the answer is larger than 8 MiB; narrow Cliply:Diagnostics:Docker:Labels or NamePattern");
        await NoConnectionIsLeft(engine);
    }

    [Fact]
    public async Task List_HeadersNeverEnd_IsAnError()
    {
        await using var engine = new FakeEngine();
        engine.Does(List, async (stream, token) =>
        {
            await FakeEngine.WriteAsync(stream, "HTTP/1.1 200 OK\r\n", token);
            while (true)
            {
                await FakeEngine.WriteAsync(stream, $"X-Canary: {new string('x', 4_000)}\r\n", token);
            }
        });

        AllAre(await ReadAsync(engine.Endpoint), "error", "the answer is not one of a Docker engine");
        await NoConnectionIsLeft(engine);
    }

    [Fact]
    public async Task List_OfMoreContainersThanAreAskedFor_IsAnError()
    {
        await using var engine = new FakeEngine();
        engine.Json(List, $"[{string.Join(',', Enumerable.Range(0, DockerEngine.MostListed).Select(i => $$"""{"Id":"{{i}}","Names":["/worker-{{i}}"]}"""))}]");

        AllAre(await ReadAsync(engine.Endpoint), "error", "there are 2000 containers or more; narrow Cliply:Diagnostics:Docker:Labels or NamePattern");
    }

    [Theory]
    [InlineData(null, "timeout")]
    [InlineData("403 Forbidden", "permissionDenied")]
    [InlineData("200 OK", "error")]
    public async Task Inspect_StallsOrFails_DeploymentsAreKnownByTheList(string? status, string code)
    {
        await using var engine = FakeEngine.WithOneWorker();
        if (status is null)
        {
            engine.Does(Inspect, FakeEngine.StallAsync);
        }
        else
        {
            engine.Json(Inspect, "{}", status);
        }

        var reading = await ReadAsync(engine.Endpoint, TimeSpan.FromSeconds(4));

        reading.Snapshot.Deployments.Value.Should().ContainSingle().Which.Should().BeEquivalentTo(new DeploymentEvidence
        {
            Platform = DeploymentPlatform.Docker,
            Name = "worker-1",
            DesiredReplicas = 1,
            Instances = [new InstanceEvidence { Id = "worker-1", State = InstanceState.Running, StartedAt = DateTimeOffset.FromUnixTimeSeconds(1_795_497_600) }],
        });
        reading.Snapshot.Resources.Value.Should().ContainSingle().Which.Should().Be(new ResourceEvidence { Instance = "worker-1", MemoryBytes = 450_000_000 });
        reading.Snapshot.Logs.Unavailable!.Code.Should().Be(code);
        await NoConnectionIsLeft(engine);
    }

    [Fact]
    public async Task Stats_Stall_OnlyResourcesAreUnavailable()
    {
        await using var engine = FakeEngine.WithOneWorker();
        engine.Does(Stats, FakeEngine.StallAsync);

        var reading = await ReadAsync(engine.Endpoint, TimeSpan.FromSeconds(4));

        reading.Snapshot.Deployments.IsKnown.Should().BeTrue();
        reading.Snapshot.Logs.IsKnown.Should().BeTrue();
        reading.Snapshot.Resources.Unavailable.Should().Be(new SectionFailure("timeout", "no answer in time"));
        await NoConnectionIsLeft(engine);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("{\"read\":\"soon\"}")]
    [InlineData("not json")]
    [InlineData("")]
    public async Task Stats_Malformed_OnlyResourcesAreUnavailable(string body)
    {
        await using var engine = FakeEngine.WithOneWorker();
        engine.Json(Stats, body);

        var reading = await ReadAsync(engine.Endpoint);

        reading.Snapshot.Deployments.IsKnown.Should().BeTrue();
        reading.Snapshot.Logs.IsKnown.Should().BeTrue();
        reading.Snapshot.Resources.Unavailable.Should().Be(new SectionFailure("error", "the answer is not one of a Docker engine"));
    }

    [Fact]
    public async Task Stats_Empty_AreNotObservable()
    {
        await using var engine = FakeEngine.WithOneWorker();
        engine.Json(Stats, "{}");

        var reading = await ReadAsync(engine.Endpoint);

        reading.Snapshot.Resources.Value.Should().ContainSingle().Which.Should().Be(new ResourceEvidence { Instance = "worker-1", MemoryLimitBytes = 1_073_741_824 });
    }

    [Fact]
    public async Task List_WithOddEntries_IsReadAllTheSame()
    {
        await using var engine = FakeEngine.WithOneWorker();
        var entry = $$"""{"Id":"{{Payloads.WorkerId}}","Names":[null,"/worker-\u001b[31mred\u0007"],"Labels":{"com.docker.compose.oneoff":null,"com.docker.compose.service":"wor\u0000ker"},"State":null}""";
        engine.Json(List, $"[{entry},{entry}]");

        var reading = await ReadAsync(engine.Endpoint);

        reading.Snapshot.Deployments.Value.Should().ContainSingle().Which.Name.Should().Be("wor ker");
        reading.Snapshot.Deployments.Value!.Single().Instances.Should().ContainSingle().Which.Id.Should().Be("worker-red");
    }

    [Fact]
    public async Task Logs_Forbidden_OnlyLogsAreUnavailable()
    {
        await using var engine = FakeEngine.WithOneWorker();
        engine.Json(Logs, """{"message":"canary-text"}""", "403 Forbidden");

        var reading = await ReadAsync(engine.Endpoint);

        reading.Snapshot.Deployments.IsKnown.Should().BeTrue();
        reading.Snapshot.Resources.IsKnown.Should().BeTrue();
        reading.Snapshot.Logs.Unavailable.Should().Be(new SectionFailure("permissionDenied", "the engine, or a proxy before it, forbids this; allow GET on /containers"));
    }

    [Fact]
    public async Task Logs_OfAnUnreadableDriver_AreNotSupported()
    {
        await using var engine = FakeEngine.WithOneWorker();
        engine.Json(Logs, """{"message":"configured logging driver does not support reading"}""", "500 Internal Server Error");

        var reading = await ReadAsync(engine.Endpoint);

        reading.Snapshot.Logs.Unavailable.Should().Be(new SectionFailure("not-supported", "the containers' logging driver can't be read; use one such as local or json-file"));
    }

    [Fact]
    public async Task Logs_NeverEnd_WhatCameIsKnownButNotTheLastLine()
    {
        await using var engine = FakeEngine.WithOneWorker();
        var frames = Enumerable.Range(0, 1_000).SelectMany(i => FakeEngine.Frame(1, $"2026-11-24T05:20:00.123456789Z Retrying chunk {i}\n")).ToArray();
        engine.Does(Logs, async (stream, token) =>
        {
            await FakeEngine.WriteAsync(stream, "HTTP/1.1 200 OK\r\n\r\n", token);
            while (true)
            {
                await stream.WriteAsync(frames, token);
            }
        });
        var before = GC.GetTotalAllocatedBytes(precise: true);

        var reading = await ReadAsync(engine.Endpoint, TimeSpan.FromSeconds(8));

        (GC.GetTotalAllocatedBytes(precise: true) - before).Should().BeLessThan(128 * 1024 * 1024);
        reading.Snapshot.Logs.Value.Should().ContainSingle().Which.Should().BeEquivalentTo(new { Lines = 500, LastLineAt = (DateTimeOffset?)null, DominantLineShare = 1.0 });
        reading.Snapshot.Deployments.IsKnown.Should().BeTrue();
        await NoConnectionIsLeft(engine);
    }

    [Theory]
    [InlineData(new byte[] { 1, 0, 0 })]
    [InlineData(new byte[] { 1, 0, 0, 0, 0, 0, 0, 99, 65, 66, 67 })]
    [InlineData(new byte[] { 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 65, 66, 67 })]
    [InlineData(new byte[] { 1, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF, 65, 66, 67 })]
    [InlineData(new byte[] { 99, 0, 0, 0, 0, 0, 0, 3, 65, 66, 67 })]
    public async Task Logs_WithABrokenFrame_WhatCameBeforeIsKnown(byte[] broken)
    {
        await using var engine = FakeEngine.WithOneWorker();
        engine.Bytes(Logs, [.. FakeEngine.Frame(2, "2026-11-24T05:20:00.123456789Z Error: SUPABASE_URL is not configured\n"), .. broken]);

        var reading = await ReadAsync(engine.Endpoint);

        var log = reading.Snapshot.Logs.Value.Should().ContainSingle().Subject;
        log.LastLineAt.Should().BeNull();
        log.Findings.Should().ContainSingle(f => f.Pattern == "env-not-configured");
        await NoConnectionIsLeft(engine);
    }

    [Fact]
    public async Task Logs_OfNothingButABrokenFrame_AreUnavailable()
    {
        await using var engine = FakeEngine.WithOneWorker();
        engine.Bytes(Logs, [99, 0, 0, 0, 0, 0, 0, 3, 65, 66, 67]);

        var reading = await ReadAsync(engine.Endpoint);

        reading.Snapshot.Logs.Unavailable.Should().Be(new SectionFailure("error", "the connection broke"));
    }

    [Fact]
    public async Task Container_RemovedMeanwhile_IsLeftOut()
    {
        await using var engine = FakeEngine.WithOneWorker();
        foreach (var path in (string[])[Inspect, Stats, Logs])
        {
            engine.Json(path, """{"message":"No such container"}""", "404 Not Found");
        }

        var reading = await ReadAsync(engine.Endpoint);

        reading.Snapshot.Deployments.Value.Should().BeEmpty();
        reading.Snapshot.Resources.Value.Should().BeEmpty();
        reading.Snapshot.Logs.Value.Should().BeEmpty();
    }

    [Fact]
    public async Task Tls_WithItsAuthority_Answers_AndWithoutItDoesNot()
    {
        var folder = Directory.CreateTempSubdirectory("cliply-");
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        using var certificate = request.CreateSelfSigned(TimeProvider.System.GetUtcNow().AddDays(-1), TimeProvider.System.GetUtcNow().AddDays(1));
        await File.WriteAllTextAsync($"{folder.FullName}/ca.pem", certificate.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await using var engine = new FakeEngine(isTcp: true)
        {
            Wrap = async plain =>
            {
                var tls = new SslStream(plain);
                await tls.AuthenticateAsServerAsync(certificate);
                return tls;
            },
        };
        engine.Json(List, "[]");

        var trusted = await ReadAsync(engine.Endpoint, certificates: folder.FullName);
        var unknown = await ReadAsync(engine.Endpoint.Replace("tcp", "https", StringComparison.Ordinal));
        var plain = await ReadAsync(engine.Endpoint);

        trusted.Snapshot.Deployments.Value.Should().BeEmpty();
        AllAre(unknown, "tlsFailed", "no encrypted connection could be agreed on; check Cliply:Diagnostics:Docker:CertificateFolder and the engine's certificate");
        plain.Snapshot.Deployments.Unavailable!.Code.Should().Be("error");
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Report_OfAnyOfThis_HoldsNoSecret()
    {
        await using var engine = FakeEngine.WithOneWorker();
        engine.Bytes(Logs, FakeEngine.Frame(2, "2026-11-24T05:20:00.123456789Z connection refused postgres://worker:canary-docker-log@db/jobs\n"));

        var reading = await ReadAsync(engine.Endpoint);

        Encoding.UTF8.GetString(SnapshotJson.Write(reading.Snapshot)).Should().Contain("database-unreachable").And.NotContainEquivalentOf("canary");
    }

    private static async Task<FleetReading> ReadAsync(string endpoint, TimeSpan? deadline = null, string? certificates = null)
    {
        await using var fleet = Fleets.Create(o => (o.Endpoint, o.CertificateFolder) = (endpoint, certificates), Fleets.Healthy, deadline);
        var reading = await fleet.DiagnoseAsync();
        reading.Snapshot.Queue.IsKnown.Should().BeTrue();
        reading.Snapshot.Workers.IsKnown.Should().BeTrue();
        return reading;
    }

    private static void AllAre(FleetReading reading, string code, string message)
    {
        reading.Snapshot.Deployments.Unavailable.Should().Be(new SectionFailure(code, message));
        reading.Snapshot.Resources.Unavailable.Should().Be(new SectionFailure(code, message));
        reading.Snapshot.Logs.Unavailable.Should().Be(new SectionFailure(code, message));
        message.Should().NotContain("canary");
    }

    private static async Task NoConnectionIsLeft(FakeEngine engine)
    {
        for (var tries = 0; engine.Open > 0 && tries < 200; tries++)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        engine.Open.Should().Be(0);
    }
}
