using System.Text.Json;
using System.Text.Json.Nodes;
using Cliply.Diagnostics.Docker.Tests.Fakes;
using Cliply.Diagnostics.Escalations;
using Cliply.Diagnostics.Evidence;
using Microsoft.Extensions.DependencyInjection;

namespace Cliply.Diagnostics.Docker.Tests;

/// <summary>Payloads of a real Docker engine; Podman's answers are in the tests with real containers.</summary>
public sealed class DockerEscalationTests : IDisposable
{
    private const string Canary = "canary-docker-env";
    private const string ImageId = "sha256:0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0";

    private readonly string _folder = Directory.CreateTempSubdirectory("cliply-compose-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task I_can_hand_over_a_compose_project()
    {
        await using var engine = WithCompose($"{_folder}/compose.yaml,{_folder}/compose.override.yaml");
        Write("compose.yaml", $"services:\n  worker:\n    image: cliply-worker:2.4.1\n    build: ./apps/worker\n    environment:\n      DATABASE_URL: {Canary}\n  web:\n    build: ./apps/web\n");
        Write("apps/worker/Dockerfile", $"FROM node:22\nENV A={Canary}\n");

        var details = await CollectAsync(engine);

        details.Logs.Should().Equal(new WorkerLog("worker-1", "2026-11-24T05:20:00.123456789Z Polling for jobs\n"));
        details.Workers.Should().Equal(new WorkerVersion("worker-1")
        {
            Image = "cliply-worker:2.4.1",
            Digest = "registry.example/cliply-worker@sha256:11112222333344445555666677778888999900001111222233334444555566ff",
            Version = "2.4.1",
            StartedAt = DateTimeOffset.Parse("2026-11-24T05:20:01.9876543Z", null),
            Restarts = 0,
        });
        details.Rollouts.Should().BeEquivalentTo([new Rollout("worker", null, DateTimeOffset.FromUnixTimeSeconds(1_795_497_600), ["cliply-worker:2.4.1"])]);
        details.Files.Select(f => f.Name).Should().Equal("docker/worker-1.json", "docker/compose.yaml", "docker/Dockerfile");
        details.Files[1].Text.Should().Be("services:\n  worker:\n    image: cliply-worker:2.4.1\n    build: ./apps/worker\n    environment:\n      DATABASE_URL: ‹removed›\n  web:\n    build: ./apps/web\n");
        details.Files[2].Text.Should().Be("FROM node:22\nENV A=‹removed›\n");
        details.Missing.Should().Equal(new MissingDetail("docker/compose.override.yaml", new SectionFailure("not-configured", "it is not on this machine; run this where the workers are deployed from")));
        JsonSerializer.Serialize(details).Should().NotContain(Canary);
        await NothingIsOpenAsync(engine);
    }

    [Fact]
    public async Task CollectAsync_Container_IsReducedToWhatMatters()
    {
        await using var engine = FakeEngine.WithOneWorker();
        var inspected = JsonNode.Parse(Payloads.Read("docker-inspect-running.json"))!;
        inspected["State"]!["Health"] = JsonNode.Parse("""{"Status":"unhealthy","FailingStreak":3,"Log":[{"Start":"2026-11-24T05:20:01Z","End":"2026-11-24T05:20:02Z","ExitCode":1,"Output":"connect ECONNREFUSED"}]}""");
        inspected["Config"]!["Healthcheck"] = JsonNode.Parse("""{"Test":["CMD","node","health.js"],"Interval":30000000000,"Timeout":3000000000,"Retries":3}""");
        inspected["Config"]!["Labels"] = JsonNode.Parse("""{"org.opencontainers.image.version":"2.4.1-rc1","com.example.role":"worker"}""");
        inspected["Mounts"] = JsonNode.Parse("""[{"Type":"volume","Name":"scratch","Source":"/var/lib/docker/volumes/scratch/_data","Destination":"/tmp/work","Driver":"local","Mode":"z","RW":true,"Propagation":""},{"Type":"bind","Source":"/srv/fonts","Destination":"/fonts","Mode":"ro","RW":false,"Propagation":"rprivate"}]""");
        inspected["NetworkSettings"] = JsonNode.Parse("""{"Ports":{"9090/tcp":[{"HostIp":"127.0.0.1","HostPort":"9090"}],"9091/tcp":null},"Networks":{"jobs":{"NetworkID":"7e"},"bridge":{"NetworkID":"8e"}}}""");
        engine.Json($"/containers/{Payloads.WorkerId}/json", inspected.ToJsonString());
        engine.Json($"/images/{ImageId}/json", Payloads.Read("docker-image.json"));

        var details = await CollectAsync(engine);

        details.Files.Should().ContainSingle().Which.Text.Should().Be($$"""
            {
              "name": "worker-1",
              "id": "{{Payloads.WorkerId}}",
              "image": "cliply-worker:2.4.1",
              "imageId": "{{ImageId}}",
              "imageDigests": [
                "registry.example/cliply-worker@sha256:11112222333344445555666677778888999900001111222233334444555566ff"
              ],
              "createdAt": "2026-11-24T05:20:00+00:00",
              "state": "running",
              "startedAt": "2026-11-24T05:20:01.9876543+00:00",
              "exitCode": 0,
              "outOfMemory": false,
              "restarts": 0,
              "health": {
                "status": "unhealthy",
                "failingStreak": 3,
                "lastOutput": "connect ECONNREFUSED"
              },
              "entrypoint": [],
              "command": [
                "node",
                "dist/worker.js"
              ],
              "workingFolder": "/app",
              "user": "node",
              "environmentNames": [
                "DATABASE_URL",
                "NODE_ENV"
              ],
              "restartPolicy": {
                "name": "unless-stopped"
              },
              "limits": {
                "memoryBytes": 1073741824,
                "memoryAndSwapBytes": 2147483648,
                "processors": 0.5
              },
              "healthCheck": {
                "test": [
                  "CMD",
                  "node",
                  "health.js"
                ],
                "intervalSeconds": 30,
                "timeoutSeconds": 3,
                "retries": 3
              },
              "mounts": [
                {
                  "type": "volume",
                  "source": "scratch",
                  "destination": "/tmp/work",
                  "isReadOnly": false
                },
                {
                  "type": "bind",
                  "source": "/srv/fonts",
                  "destination": "/fonts",
                  "isReadOnly": true
                }
              ],
              "ports": {
                "9090/tcp": [
                  "127.0.0.1:9090"
                ],
                "9091/tcp": []
              },
              "networks": [
                "bridge",
                "jobs"
              ],
              "labels": {
                "com.example.role": "worker",
                "org.opencontainers.image.version": "2.4.1-rc1"
              }
            }

            """);
        details.Missing.Should().BeEmpty();
    }

    [Fact]
    public async Task CollectAsync_ProxyForbidsImages_CostsTheDigestAlone()
    {
        await using var engine = FakeEngine.WithOneWorker();
        engine.Json($"/images/{ImageId}/json", """{"message":"made up: forbidden"}""", "403 Forbidden");

        var details = await CollectAsync(engine);

        details.Workers.Should().ContainSingle().Which.Digest.Should().Be(ImageId);
        details.Missing.Should().Equal(new MissingDetail("image digests", new SectionFailure("permissionDenied", "the engine, or a proxy before it, forbids this; allow GET on /images")));
    }

    [Fact]
    public async Task CollectAsync_LabelNamesAnotherFile_IsNotTaken()
    {
        Write("secret", $"password: {Canary}\n");
        await using var engine = WithCompose($"{_folder}/secret,/etc/passwd,/dev/zero,relative.yaml");

        var details = await CollectAsync(engine);

        var notCompose = new SectionFailure("not-supported", "it can't be read as a Compose file, so that the values of variables could not be removed from it");
        details.Files.Select(f => f.Name).Should().Equal("docker/worker-1.json");
        details.Missing.Should().Equal(
            new MissingDetail("docker/secret", notCompose),
            new MissingDetail("docker/passwd", notCompose),
            new MissingDetail("docker/zero", new SectionFailure("not-supported", "it is no regular file")),
            new MissingDetail("docker/relative.yaml", new SectionFailure("not-configured", "it is not on this machine; run this where the workers are deployed from")));
    }

    [Fact]
    public async Task CollectAsync_DockerfileIsMissingOrElsewhere_SaysWhichServicesItIs()
    {
        Write("compose.yaml", "services:\n  worker:\n    build: https://git.example/worker.git\n");
        await using var elsewhere = WithCompose($"{_folder}/compose.yaml");
        (await CollectAsync(elsewhere)).Missing.Should().Equal(new MissingDetail("Dockerfile of worker", new SectionFailure("not-supported", "its build context is no folder of this machine")));

        Write("compose.yaml", "services:\n  worker:\n    build: .\n");
        await using var nowhere = WithCompose($"{_folder}/compose.yaml");
        (await CollectAsync(nowhere)).Missing.Should().Equal(new MissingDetail("Dockerfile of worker", new SectionFailure("not-configured", "it is not on this machine; run this where the workers are deployed from")));

        Write("Dockerfile", $"password={Canary}\n");
        await using var another = WithCompose($"{_folder}/compose.yaml");
        (await CollectAsync(another)).Missing.Should().Equal(new MissingDetail("Dockerfile of worker", new SectionFailure("not-supported", "it is no Dockerfile")));
    }

    [Fact]
    public async Task CollectAsync_LogStalls_HandsOverTheRestWhenTheTimeIsOver()
    {
        await using var engine = FakeEngine.WithOneWorker();
        engine.Json($"/images/{ImageId}/json", Payloads.Read("docker-image.json"));
        engine.Does($"/containers/{Payloads.WorkerId}/logs", async (stream, token) =>
        {
            await FakeEngine.WriteAsync(stream, "HTTP/1.1 200 OK\r\nContent-Type: application/vnd.docker.raw-stream\r\nTransfer-Encoding: chunked\r\n\r\n", token);
            var frame = FakeEngine.Frame(1, "2026-11-24T05:20:00.123456789Z Polling for jobs\n");
            await FakeEngine.WriteAsync(stream, $"{frame.Length:x}\r\n", token);
            await stream.WriteAsync(frame, token);
            await FakeEngine.WriteAsync(stream, "\r\n", token);
            await FakeEngine.StallAsync(stream, token);
        });
        using var time = new CancellationTokenSource(TimeSpan.FromSeconds(8));

        var details = await CollectAsync(engine, cancellationToken: time.Token);

        details.Logs.Should().Equal(new WorkerLog("worker-1", "2026-11-24T05:20:00.123456789Z Polling for jobs\n", IsCut: true));
        details.Files.Should().ContainSingle();
        details.Missing.Should().Equal(new MissingDetail("log of worker-1", new SectionFailure("timeout", "no answer in time")));
        await NothingIsOpenAsync(engine);
    }

    [Fact]
    public async Task CollectAsync_LimitOfBytes_KeepsTheNewestLinesAndSaysSo()
    {
        await using var engine = FakeEngine.WithOneWorker();
        engine.Json($"/images/{ImageId}/json", Payloads.Read("docker-image.json"));
        engine.Bytes($"/containers/{Payloads.WorkerId}/logs", [.. Enumerable.Range(0, 50).SelectMany(i => FakeEngine.Frame(1, $"2026-11-24T05:20:00.123456789Z line {i:D2} \u001B[31m\0\n"))]);

        var details = await CollectAsync(engine, new EscalationRequest { MaxBytesPerLog = 100 });

        details.Logs.Should().Equal(new WorkerLog("worker-1", "2026-11-24T05:20:00.123456789Z line 48 \u001B[31m\0\n2026-11-24T05:20:00.123456789Z line 49 \u001B[31m\0\n", IsCut: true));
    }

    [Fact]
    public async Task CollectAsync_InspectFails_KeepsWhatTheListTells()
    {
        await using var engine = FakeEngine.WithOneWorker();
        engine.Json($"/containers/{Payloads.WorkerId}/json", "{}", "500 Internal Server Error");

        var details = await CollectAsync(engine);

        // The client looks at the container before its log, to know whether it has a terminal.
        var failure = new SectionFailure("error", "the engine answered with HTTP status 500");
        details.Missing.Should().Equal(new MissingDetail("docker/worker-1.json", failure), new MissingDetail("log of worker-1", failure));
        details.Workers.Should().Equal(new WorkerVersion("worker-1") { Image = "cliply-worker:2.4.1", Digest = ImageId, Version = "2.4.1" });
        details.Rollouts.Should().ContainSingle();
    }

    [Fact]
    public async Task CollectAsync_NoWorkers_SaysWhichOptionsChooseThem()
    {
        await using var engine = new FakeEngine();
        engine.Json("/containers/json", "[]");

        (await CollectAsync(engine)).Missing.Should().Equal(new MissingDetail("containers", new SectionFailure("not-configured", "no container is a worker's by Cliply:Diagnostics:Docker:Labels and NamePattern")));
    }

    [Fact]
    public async Task CollectAsync_NoSocket_SaysSo()
    {
        await using var fleet = Fleets.Create(o => o.Endpoint = $"unix://{_folder}/none.sock", Fleets.Healthy);

        var details = await fleet.GetRequiredService<IEscalationSource>().CollectAsync(new EscalationRequest(), TestContext.Current.CancellationToken);

        details.Missing.Should().ContainSingle().Which.Reason.Code.Should().Be("refused");
    }

    [Fact]
    public void AddDocker_Twice_RegistersOneSource()
    {
        using var provider = new ServiceCollection().AddCliplyDiagnostics().AddDocker().AddDocker().Services.BuildServiceProvider();

        provider.GetServices<IEscalationSource>().Select(s => s.Name).Should().Equal("docker");
    }

    /// <summary>A worker that Compose has made; the image can be looked at.</summary>
    private FakeEngine WithCompose(string files)
    {
        var engine = FakeEngine.WithOneWorker();
        var listed = JsonNode.Parse(Payloads.Read("docker-list.json"))!;
        listed[0]!["Labels"] = new JsonObject
        {
            ["com.docker.compose.project"] = "shop",
            ["com.docker.compose.project.config_files"] = files,
            ["com.docker.compose.project.working_dir"] = _folder,
            ["com.docker.compose.service"] = "worker",
        };
        engine.Json("/containers/json", listed.ToJsonString());
        engine.Json($"/images/{ImageId}/json", Payloads.Read("docker-image.json"));
        return engine;
    }

    private void Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private static async Task<EscalationDetails> CollectAsync(FakeEngine engine, EscalationRequest? request = null, CancellationToken? cancellationToken = null)
    {
        await using var fleet = Fleets.Create(o => o.Endpoint = engine.Endpoint, Fleets.Healthy);
        return await fleet.GetRequiredService<IEscalationSource>().CollectAsync(request ?? new EscalationRequest(), cancellationToken ?? TestContext.Current.CancellationToken);
    }

    private static async Task NothingIsOpenAsync(FakeEngine engine)
    {
        for (var attempt = 0; attempt < 400 && engine.Open > 0; attempt++)
        {
            await Task.Delay(25, TestContext.Current.CancellationToken);
        }

        engine.Open.Should().Be(0);
    }
}
