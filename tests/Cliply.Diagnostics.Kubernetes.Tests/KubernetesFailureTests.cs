using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Json;
using Cliply.Diagnostics.Reports;
using Microsoft.AspNetCore.Http;

namespace Cliply.Diagnostics.Kubernetes.Tests;

public sealed class KubernetesFailureTests
{
    private static readonly TimeSpan ShortDeadline = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Unauthorized_IsAuthenticationFailed()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Instead["pods"] = server.Instead["deployments"] = server.Instead["statefulsets"] = FakeApiServer.Failing(401, "Unauthorized");
        await using var fleet = Fleet.Of(server);

        var snapshot = (await fleet.ReadAsync()).Snapshot;

        ShouldAllBe(snapshot, "authenticationFailed", "the API server does not accept the credentials; log in again for the kubeconfig, or check the pod's service account");
        snapshot.Workers.IsKnown.Should().BeTrue();
    }

    [Theory]
    [InlineData("pods", "list pods")]
    [InlineData("deployments", "list deployments")]
    [InlineData("statefulsets", "list statefulsets")]
    public async Task Forbidden_NamesWhatIsNotAllowed(string resource, string what)
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Instead[resource] = FakeApiServer.Failing(403, "Forbidden");
        await using var fleet = Fleet.Of(server);

        var snapshot = (await fleet.ReadAsync()).Snapshot;

        snapshot.Deployments.Unavailable.Should().Be(new SectionFailure("permissionDenied", $"'{what}' is not allowed; apply deploy/kubernetes/role.yaml in the workers' namespace"));
    }

    [Fact]
    public async Task Forbidden_DeploymentsWhilePodsRun_StillShowsWhatRuns()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Instead["deployments"] = server.Instead["statefulsets"] = FakeApiServer.Failing(403, "Forbidden");
        server.Pods.Add(Payloads.RunningPod("worker-1", Fleet.Now.AddHours(-1)));
        await using var fleet = Fleet.Of(server);

        var deployment = (await fleet.ReadAsync()).Snapshot.Deployments.Value!.Single();

        (deployment.Name, deployment.DesiredReplicas, deployment.ReadyReplicas).Should().Be(("worker", null, null));
    }

    [Theory]
    [InlineData(403, "permissionDenied", "'list pods.metrics.k8s.io' is not allowed; apply deploy/kubernetes/role.yaml in the workers' namespace")]
    [InlineData(404, "not-supported", "the cluster has no metrics API; install metrics-server to see CPU and memory")]
    [InlineData(503, "error", "the cluster's metrics API is not available; check metrics-server")]
    public async Task Metrics_AreMissing_HarmsNothingElse(int status, string code, string message)
    {
        await using var server = await WithOneWorkerAsync();
        server.Instead["pods.metrics.k8s.io"] = FakeApiServer.Failing(status, "made up");
        await using var fleet = Fleet.Of(server);

        var snapshot = (await fleet.ReadAsync()).Snapshot;

        snapshot.Resources.Unavailable.Should().Be(new SectionFailure(code, message));
        snapshot.Deployments.Value.Should().ContainSingle();
        snapshot.Logs.Value.Should().ContainSingle();
    }

    [Fact]
    public async Task Metrics_Stall_CostsNeitherDeploymentsNorLogs()
    {
        await using var server = await WithOneWorkerAsync();
        server.Instead["pods.metrics.k8s.io"] = FakeApiServer.Stalling;
        await using var fleet = Fleet.Of(server, diagnostics: o => o.CollectorDeadline = TimeSpan.FromSeconds(10));

        var snapshot = (await fleet.ReadAsync()).Snapshot;

        snapshot.Resources.Unavailable.Should().Be(new SectionFailure("timeout", "the API server did not answer 'list pods.metrics.k8s.io' in time"));
        snapshot.Deployments.Value.Should().ContainSingle();
        snapshot.Logs.Value.Should().ContainSingle();
    }

    [Theory]
    [InlineData(403, "permissionDenied", "'get pods/log' is not allowed; apply deploy/kubernetes/role.yaml in the workers' namespace")]
    [InlineData(500, "error", "the API server answered 'get pods/log' with HTTP 500")]
    public async Task Logs_AreRefused_HarmsNothingElse(int status, string code, string message)
    {
        await using var server = await WithOneWorkerAsync();
        server.Instead["pods/log"] = FakeApiServer.Failing(status, "made up");
        await using var fleet = Fleet.Of(server);

        var snapshot = (await fleet.ReadAsync()).Snapshot;

        snapshot.Logs.Unavailable.Should().Be(new SectionFailure(code, message));
        snapshot.Deployments.Value.Should().ContainSingle();
        snapshot.Resources.Value.Should().ContainSingle();
    }

    [Fact]
    public async Task Logs_PodIsGone_IsNoFailure()
    {
        await using var server = await WithOneWorkerAsync();
        server.Instead["pods/log"] = FakeApiServer.Failing(404, "NotFound");
        await using var fleet = Fleet.Of(server);

        (await fleet.ReadAsync()).Snapshot.Logs.Value.Should().BeEmpty();
    }

    [Fact]
    public async Task Log_NeverEnds_IsCutAndTheRestIsKept()
    {
        await using var server = await WithOneWorkerAsync();
        server.Instead["pods/log"] = async context =>
        {
            var line = Encoding.UTF8.GetBytes(Fleet.LogLine(Fleet.Now, "a line that comes again and again"));
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync(line, context.RequestAborted);
            }
        };
        await using var fleet = Fleet.Of(server, diagnostics: o => o.Logs.Bytes = 16 * 1024);

        var log = (await fleet.ReadAsync()).Snapshot.Logs.Value!.Single();

        log.Lines.Should().BeInRange(100, 300);
        log.LastLineAt.Should().BeNull();
    }

    [Fact]
    public async Task Log_Trickles_CostsTheLogsOnly()
    {
        await using var server = await WithOneWorkerAsync();
        server.Instead["pods/log"] = async context =>
        {
            await context.Response.WriteAsync("2026-11-23T12:00:00Z half a line");
            await context.Response.Body.FlushAsync();
            await FakeApiServer.Stalling(context);
        };
        await using var fleet = Fleet.Of(server, diagnostics: o => o.CollectorDeadline = TimeSpan.FromSeconds(10));

        var snapshot = (await fleet.ReadAsync()).Snapshot;

        snapshot.Logs.Unavailable.Should().Be(new SectionFailure("timeout", "the API server did not answer 'get pods/log' in time"));
        snapshot.Deployments.Value.Should().ContainSingle();
    }

    [Fact]
    public async Task Stall_AnswersWithinTheBudgetAndLeavesNothing()
    {
        await using var server = await FakeApiServer.StartAsync();
        var open = 0;
        server.Instead["pods"] = server.Instead["deployments"] = server.Instead["statefulsets"] = server.Instead["pods.metrics.k8s.io"] = async context =>
        {
            Interlocked.Increment(ref open);
            await FakeApiServer.Stalling(context);
            Interlocked.Decrement(ref open);
        };
        await using var fleet = Fleet.Of(server, diagnostics: o => o.CollectorDeadline = ShortDeadline);

        var start = Stopwatch.GetTimestamp();
        var snapshot = (await fleet.ReadAsync()).Snapshot;

        Stopwatch.GetElapsedTime(start).Should().BeLessThan(ShortDeadline + TimeSpan.FromSeconds(4));
        ShouldAllBe(snapshot, "timeout", "the API server did not answer 'list pods' in time");
        await EventuallyAsync(() => Volatile.Read(ref open) == 0);
    }

    [Fact]
    public async Task Stall_InTheMiddleOfAList_IsTimeout()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Instead["pods"] = async context =>
        {
            await context.Response.WriteAsync("""{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[""");
            await context.Response.Body.FlushAsync();
            await FakeApiServer.Stalling(context);
        };
        await using var fleet = Fleet.Of(server, diagnostics: o => o.CollectorDeadline = ShortDeadline);

        var snapshot = (await fleet.ReadAsync()).Snapshot;

        snapshot.Deployments.Unavailable!.Code.Should().Be("timeout");
    }

    [Fact]
    public async Task Silence_AfterTheConnectionIsAccepted_IsTimeout()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var fleet = Fleet.Of($"http://127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}", diagnostics: o => o.CollectorDeadline = ShortDeadline);

        ShouldAllBe((await fleet.ReadAsync()).Snapshot, "timeout", "the API server did not answer 'list pods' in time");
    }

    [Fact]
    public async Task Headers_NeverEnd_IsUnexpected()
    {
        var header = Encoding.ASCII.GetBytes($"x-more: {new string('a', 1_000)}\r\n");
        await using var server = new RawServer(async (_, send) =>
        {
            await send("HTTP/1.1 200 OK\r\n"u8.ToArray());
            while (true)
            {
                await send(header);
            }
        });
        await using var fleet = Fleet.Of(server.Address);

        ShouldAllBe((await fleet.ReadAsync()).Snapshot, "unexpected", "the answer to 'list pods' is not one of the Kubernetes API");
        server.Sent.Should().BeLessThan(64 * 1024 * 1024);
    }

    [Theory]
    [InlineData("{\"kind\":\"PodList\",\"items\":[{\"metadata\":{\"name\":\"worker-1\"")]
    [InlineData("{\"kind\":\"PodList\",\"items\":{}}")]
    [InlineData("{\"kind\":\"PodList\",\"items\":[{\"metadata\":{\"creationTimestamp\":\"yesterday\"}}]}")]
    [InlineData("{\"kind\":\"PodList\",\"items\":[{\"status\":{\"containerStatuses\":[{\"restartCount\":1e99}]}}]}")]
    [InlineData("{\"kind\":\"Status\",\"status\":\"Failure\"}")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("<html>log in</html>")]
    public async Task Malformed_IsUnexpected(string body)
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Instead["pods"] = FakeApiServer.Sending(body);
        await using var fleet = Fleet.Of(server);

        ShouldAllBe((await fleet.ReadAsync()).Snapshot, "unexpected", "the answer to 'list pods' is not one of the Kubernetes API");
    }

    [Theory]
    [InlineData("""{"kind":"PodList","items":[""", """{"metadata":{"name":"worker","annotations":{"a":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}}},""")]
    [InlineData("""{"kind":"PodList","padding":"xxxx""", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")]
    [InlineData("", "                                                                ")]
    public async Task Huge_IsUnexpectedAndNotReadToItsEnd(string start, string more)
    {
        const long Size = 100 * 1024 * 1024;
        var chunk = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(more, 500)));
        await using var server = new RawServer(async (request, send) =>
        {
            if (!request.StartsWith("GET /api/v1/namespaces/media/pods?", StringComparison.Ordinal))
            {
                await send("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
                return;
            }

            await send(Encoding.UTF8.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n{start}"));
            for (var sent = 0L; sent < Size; sent += chunk.Length)
            {
                await send(chunk);
            }
        });
        await using var fleet = Fleet.Of(server.Address);

        ShouldAllBe((await fleet.ReadAsync()).Snapshot, "unexpected", "the answer to 'list pods' is larger than any that is read");
        server.Sent.Should().BeLessThan(64 * 1024 * 1024);
    }

    [Fact]
    public async Task Pages_NeverEnd_AreNotFollowedForEver()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Instead["pods"] = FakeApiServer.Sending("""{"kind":"PodList","metadata":{"continue":"again"},"items":[]}""");
        await using var fleet = Fleet.Of(server);

        (await fleet.ReadAsync()).Snapshot.Deployments.Unavailable!.Code.Should().Be("not-supported");
        server.Requests.Count(r => r.Resource == "pods" && r.Group == "").Should().Be(23);
    }

    [Theory]
    [InlineData("9e99999999999")]
    [InlineData("1e2147483647")]
    [InlineData("lots")]
    [InlineData("")]
    public async Task Quantity_IsHostile_IsNotObservable(string quantity)
    {
        await using var server = await WithOneWorkerAsync();
        server.Metrics = [Payloads.Metrics("worker-1", quantity, quantity)];
        await using var fleet = Fleet.Of(server);

        (await fleet.ReadAsync()).Snapshot.Resources.Value.Should().Equal(new ResourceEvidence { Instance = "worker-1", MemoryLimitBytes = 1_073_741_824 });
    }

    [Theory]
    [InlineData(302, "error", "'list pods' was redirected (HTTP 302); set the API server's own address")]
    [InlineData(404, "not-supported", "the API server does not know 'list pods'; check the server's address")]
    [InlineData(410, "error", "the list of pods expired while it was read; the next reading starts anew")]
    [InlineData(429, "error", "the API server is overloaded and put 'list pods' off")]
    [InlineData(500, "error", "the API server answered 'list pods' with HTTP 500")]
    public async Task OtherStatus_IsTold(int status, string code, string message)
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Instead["pods"] = context =>
        {
            context.Response.Headers.Location = "https://login.invalid/";
            return FakeApiServer.Failing(status, "made up")(context);
        };
        await using var fleet = Fleet.Of(server);

        ShouldAllBe((await fleet.ReadAsync()).Snapshot, code, message);
    }

    [Fact]
    public async Task ConnectionBreaks_IsErrorAndTheNextReadingRecovers()
    {
        await using var server = await WithOneWorkerAsync();
        server.Instead["pods"] = async context =>
        {
            await context.Response.WriteAsync("""{"kind":"PodList","items":[""");
            await context.Response.Body.FlushAsync();
            context.Abort();
        };
        await using var fleet = Fleet.Of(server);

        var broken = (await fleet.ReadAsync()).Snapshot;
        server.Instead.Clear();
        var recovered = (await fleet.ReadAsync()).Snapshot;

        ShouldAllBe(broken, "error", "the connection broke during 'list pods'");
        recovered.Deployments.Value.Should().ContainSingle();
    }

    [Fact]
    public async Task Refused_IsTold()
    {
        using var closed = new TcpListener(IPAddress.Loopback, 0);
        closed.Start();
        var port = ((IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();
        await using var fleet = Fleet.Of($"http://127.0.0.1:{port}");

        ShouldAllBe((await fleet.ReadAsync()).Snapshot, "refused", "nothing listens at the API server's address");
    }

    [Fact]
    public async Task HostIsUnknown_IsTold()
    {
        await using var fleet = Fleet.Of("https://api.invalid:6443");

        ShouldAllBe((await fleet.ReadAsync()).Snapshot, "hostNotFound", "the API server's host name can't be resolved");
    }

    [Fact]
    public async Task Certificate_IsNotTrusted_IsTlsFailed()
    {
        using var certificate = Certificate();
        await using var server = await FakeApiServer.StartAsync(certificate);
        await using var fleet = Fleet.Of(server);

        ShouldAllBe((await fleet.ReadAsync()).Snapshot, "tlsFailed", "no encrypted connection could be agreed on; check the kubeconfig's certificate-authority-data against the server's certificate");
        server.Requests.Should().BeEmpty();
    }

    [Fact]
    public async Task Certificate_IsOfTheKubeconfigsAuthority_IsTrusted()
    {
        using var certificate = Certificate();
        await using var server = await FakeApiServer.StartAsync(certificate);
        server.Deployments.Add(Payloads.Workload("worker", replicas: 0));
        await using var fleet = Fleet.Of(server.Address, authority: Convert.ToBase64String(Encoding.UTF8.GetBytes(certificate.ExportCertificatePem())));

        (await fleet.ReadAsync()).Snapshot.Deployments.Value!.Single().Name.Should().Be("worker");
    }

    [Fact]
    public async Task Token_IsInNoOutput()
    {
        await using var server = await WithOneWorkerAsync();
        server.Instead["deployments"] = FakeApiServer.Failing(403, "Forbidden");
        server.Instead["statefulsets"] = FakeApiServer.Sending($"Bearer {FakeApiServer.Canary}");
        server.Instead["pods.metrics.k8s.io"] = FakeApiServer.Failing(500, FakeApiServer.Canary);
        await using var fleet = Fleet.Of(server);

        var reading = await fleet.ReadAsync();

        server.Requests.Should().OnlyContain(r => r.Authorization == $"Bearer {FakeApiServer.Canary}");
        var output = Encoding.UTF8.GetString(SnapshotJson.Write(reading.Snapshot)) + Encoding.UTF8.GetString(ReportJson.Write(reading.Report)) + ReportMarkdown.Write(reading.Report);
        output.Should().NotContainEquivalentOf("canary").And.NotContain("127.0.0.1");
    }

    private static async Task<FakeApiServer> WithOneWorkerAsync()
    {
        var server = await FakeApiServer.StartAsync();
        server.Deployments.Add(Payloads.Workload("worker", replicas: 1, ready: 1));
        server.Pods.Add(Payloads.RunningPod("worker-1", Fleet.Now.AddHours(-1)));
        server.Metrics = [Payloads.Metrics("worker-1", "100m", "300Mi")];
        server.Logs["worker-1"] = Fleet.LogLine(Fleet.Now.AddSeconds(-2), "Job completed");
        return server;
    }

    private static void ShouldAllBe(DiagnosticSnapshot snapshot, string code, string message)
    {
        var failure = new SectionFailure(code, message);
        snapshot.Deployments.Unavailable.Should().Be(failure);
        snapshot.Resources.Unavailable.Should().Be(failure);
        snapshot.Logs.Unavailable.Should().Be(failure);
    }

    internal static X509Certificate2 Certificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=made-up-for-this-test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    private static async Task EventuallyAsync(Func<bool> condition)
    {
        for (var i = 0; i < 200 && !condition(); i++)
        {
            await Task.Delay(50);
        }

        condition().Should().BeTrue();
    }
}
