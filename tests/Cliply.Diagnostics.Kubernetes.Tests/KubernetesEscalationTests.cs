using System.Text.Json;
using System.Text.Json.Nodes;
using Cliply.Diagnostics.Escalations;
using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Kubernetes.Tests;

public sealed class KubernetesEscalationTests
{
    private const string Canary = "canary-made-up-value";
    private const string Digest = "registry.example/cliply/worker@sha256:0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0";

    [Fact]
    public async Task I_can_hand_over_a_deployment_that_crashes_after_a_rollout()
    {
        var now = Fleet.Now;
        await using var server = await FakeApiServer.StartAsync();
        server.Deployments.Add(Deployment());
        var pod = Payloads.Pod("worker-1", now.AddHours(-1), Payloads.Running(now.AddMinutes(-1)), Payloads.Terminated("Error", 1, now.AddMinutes(-2)), restarts: 3);
        pod["status"]!["containerStatuses"]![1]!["imageID"] = Digest;
        server.Pods.Add(pod);
        server.ReplicaSets.Add(Payloads.ReplicaSet("worker", 9, now.AddDays(-9), "registry.example/cliply/worker:1.41.0"));
        server.ReplicaSets.Add(Payloads.ReplicaSet("worker", 10, now.AddHours(-1), "registry.example/cliply/worker:1.42.0"));
        server.ReplicaSets.Add(Payloads.ReplicaSet("web", 5, now.AddHours(-1), "registry.example/cliply/web:1.42.0"));
        server.Events.Add(Payloads.Event("Pod", "worker-1", "BackOff", now.AddMinutes(-2)));
        server.Events.Add(Payloads.Event("Pod", "worker-1", "Pulled", now.AddMinutes(-3), type: "Normal"));
        server.Events.Add(Payloads.Event("Pod", "worker-1", "Scheduled", now.AddMinutes(-61), type: "Normal"));
        server.Events.Add(Payloads.Event("Pod", "web-1", "BackOff", now.AddMinutes(-2)));
        server.Logs["worker-1"] = "2026-11-25T07:48:16.000000000Z Polling\u001B[0m for jobs\n";
        server.Logs["worker-1/previous"] = "2026-11-25T07:46:16.000000000Z Claimed job 17\n2026-11-25T07:47:16.000000000Z Unhandled promise rejection\n";
        await using var fleet = Fleet.Of(server);

        var details = await fleet.EscalateAsync();

        details.Missing.Should().BeEmpty();
        details.Logs.Should().Equal(
            new WorkerLog("worker-1", "2026-11-25T07:48:16.000000000Z Polling\u001B[0m for jobs\n"),
            new WorkerLog("worker-1", "2026-11-25T07:46:16.000000000Z Claimed job 17\n2026-11-25T07:47:16.000000000Z Unhandled promise rejection\n", IsPrevious: true));
        details.Workers.Should().Equal(new WorkerVersion("worker-1")
        {
            Image = "registry.example/cliply/worker:1.42.0", Digest = Digest, Version = "1.42.0", StartedAt = Whole(now.AddMinutes(-1)), Restarts = 3,
        });
        details.Rollouts.Should().BeEquivalentTo(
            [
                new Rollout("worker", "10", Whole(now.AddHours(-1)), ["registry.example/cliply/worker:1.42.0"]),
                new Rollout("worker", "9", Whole(now.AddDays(-9)), ["registry.example/cliply/worker:1.41.0"]),
            ],
            o => o.WithStrictOrdering());
        details.Files.Select(f => f.Name).Should().Equal("kubernetes/deployment-worker.json", "kubernetes/events.txt");
        details.Files[0].Text.Should().Be("""
            {
              "apiVersion": "apps/v1",
              "kind": "Deployment",
              "metadata": {
                "name": "worker",
                "namespace": "media",
                "creationTimestamp": "2026-03-02T10:11:12Z",
                "labels": {
                  "app": "worker",
                  "env": "production"
                },
                "annotations": {
                  "deployment.kubernetes.io/revision": "10",
                  "kubectl.kubernetes.io/last-applied-configuration": "‹removed›",
                  "objectset.rio.cattle.io/applied": "‹removed›"
                }
              },
              "spec": {
                "replicas": 2,
                "template": {
                  "metadata": {
                    "labels": {
                      "app": "worker"
                    }
                  },
                  "spec": {
                    "containers": [
                      {
                        "name": "worker",
                        "image": "registry.example/cliply/worker:1.42.0",
                        "env": [
                          {
                            "name": "DATABASE_URL",
                            "valueFrom": {
                              "secretKeyRef": {
                                "name": "worker-secrets",
                                "key": "database-url"
                              }
                            }
                          },
                          {
                            "name": "NODE_ENV",
                            "value": "‹removed›"
                          }
                        ],
                        "envFrom": [
                          {
                            "configMapRef": {
                              "name": "worker-config"
                            }
                          }
                        ]
                      }
                    ]
                  }
                }
              }
            }

            """);
        details.Files[1].Text.Should().Be($"""
            {Payloads.Time(now.AddMinutes(-3))} Normal Pulled worker-1 (9 times): made up for this test: Pulled
            {Payloads.Time(now.AddMinutes(-2))} Warning BackOff worker-1 (9 times): made up for this test: BackOff

            """);
        JsonSerializer.Serialize(details).Should().NotContain(Canary);
        server.Requests.Should().NotContain(r => r.Resource.Contains("secret", StringComparison.OrdinalIgnoreCase) || r.Resource.Contains("configmap", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task CollectAsync_StatefulSetAndDaemonSet_HaveTheirManifestsAndRevisions()
    {
        var now = Fleet.Now;
        await using var server = await FakeApiServer.StartAsync();
        server.StatefulSets.Add(Payloads.Workload("worker-set", replicas: 1, ready: 1, kind: "StatefulSet"));
        server.DaemonSets.Add(Payloads.Workload("worker-each", replicas: 1, kind: "DaemonSet"));
        server.Pods.Add(Payloads.RunningPod("worker-set-0", now.AddHours(-1)).WithOwner("StatefulSet", "worker-set"));
        server.Pods.Add(Payloads.RunningPod("worker-each-x", now.AddHours(-1)).WithOwner("DaemonSet", "worker-each"));
        for (var i = 1; i <= 12; i++)
        {
            server.ControllerRevisions.Add(Payloads.ControllerRevision("StatefulSet", "worker-set", i, now.AddDays(-i), $"worker:{i}"));
        }

        server.ControllerRevisions.Add(Payloads.ControllerRevision("DaemonSet", "worker-each", 1, now.AddDays(-1), "worker:1"));
        await using var fleet = Fleet.Of(server);

        var details = await fleet.EscalateAsync();

        details.Files.Select(f => f.Name).Should().Equal("kubernetes/daemonset-worker-each.json", "kubernetes/statefulset-worker-set.json", "kubernetes/events.txt");
        details.Files[2].Text.Should().BeEmpty();
        details.Rollouts.Select(r => (r.Deployment, r.Revision)).Should().Equal([("worker-each", "1"), .. Enumerable.Range(3, 10).Reverse().Select(i => ("worker-set", $"{i}"))]);
        details.Rollouts[0].Images.Should().Equal("worker:1");
        JsonSerializer.Serialize(details).Should().NotContain(Canary);
    }

    [Theory]
    [InlineData("replicasets", "rollouts of Deployments", "list replicasets")]
    [InlineData("events", "kubernetes/events.txt", "list events")]
    [InlineData("pods/log", "log of worker-1", "get pods/log")]
    public async Task CollectAsync_OneIsForbidden_CostsThatAlone(string resource, string what, string right)
    {
        await using var server = await WithOneWorkerAsync();
        server.Instead[resource] = FakeApiServer.Failing(403, "Forbidden");
        await using var fleet = Fleet.Of(server);

        var details = await fleet.EscalateAsync();

        details.Missing.Should().Equal(new MissingDetail(what, new SectionFailure("permissionDenied", $"'{right}' is not allowed; apply deploy/kubernetes/role.yaml in the workers' namespace")));
        (details.Logs.Count, details.Files.Count, details.Workers.Count, details.Rollouts.Count).Should().Be((resource == "pods/log" ? 0 : 1, resource == "events" ? 1 : 2, 1, resource == "replicasets" ? 0 : 1));
    }

    [Fact]
    public async Task CollectAsync_WorkloadsAreForbidden_APodShowsHowItIsMade()
    {
        await using var server = await WithOneWorkerAsync();
        server.Instead["deployments"] = FakeApiServer.Failing(403, "Forbidden");
        await using var fleet = Fleet.Of(server);

        var details = await fleet.EscalateAsync();

        var denied = new SectionFailure("permissionDenied", "'list deployments' is not allowed; apply deploy/kubernetes/role.yaml in the workers' namespace");
        details.Missing.Should().Equal(new MissingDetail("Deployments", denied), new MissingDetail("kubernetes/deployment-worker.json", denied));
        details.Files[0].Name.Should().Be("kubernetes/pod-worker-1.json");
        var manifest = JsonNode.Parse(details.Files[0].Text)!;
        ((string?)manifest["kind"], (string?)manifest["apiVersion"], (string?)manifest["spec"]!["containers"]![1]!["env"]![1]!["value"]).Should().Be(("Pod", "v1", "‹removed›"));
        manifest.AsObject().Select(p => p.Key).Should().Equal("apiVersion", "kind", "metadata", "spec");
        manifest["metadata"]!.AsObject().ContainsKey("managedFields").Should().BeFalse();
        details.Rollouts.Should().ContainSingle("the pods tell which Deployment is theirs");
    }

    [Fact]
    public async Task CollectAsync_TooManyBytes_KeepsTheNewestLinesAndSaysSo()
    {
        await using var server = await WithOneWorkerAsync();
        server.Logs["worker-1"] = string.Concat(Enumerable.Range(0, 100).Select(i => $"line {i:D3} {new string('x', 90)}\n"));
        await using var fleet = Fleet.Of(server);

        var details = await fleet.EscalateAsync(new EscalationRequest { MaxBytesPerLog = 1_000 });

        var log = details.Logs.Should().ContainSingle().Subject;
        log.IsCut.Should().BeTrue();
        var lines = log.Text.TrimEnd('\n').Split('\n');
        lines.Should().HaveCountGreaterThan(3).And.OnlyContain(l => l.Length == 99);
        lines[^1].Should().StartWith("line 099 ");
        log.Text.Length.Should().BeLessThan(1_000);
    }

    [Fact]
    public async Task CollectAsync_ServerStalls_HandsOverWhatIsThereWhenTheTimeIsOver()
    {
        await using var server = await WithOneWorkerAsync();
        server.Instead["pods/log"] = FakeApiServer.Stalling;
        server.Instead["replicasets"] = FakeApiServer.Stalling;
        await using var fleet = Fleet.Of(server);
        using var time = new CancellationTokenSource(TimeSpan.FromSeconds(10));

        var details = await fleet.EscalateAsync(cancellationToken: time.Token);

        details.Workers.Should().ContainSingle();
        details.Files.Select(f => f.Name).Should().Equal("kubernetes/deployment-worker.json", "kubernetes/events.txt");
        details.Missing.Should().Equal(
            new MissingDetail("rollouts of Deployments", new SectionFailure("timeout", "the API server did not answer 'list replicasets' in time")),
            new MissingDetail("log of worker-1", new SectionFailure("timeout", "the API server did not answer 'get pods/log' in time")));
    }

    [Theory]
    [InlineData("""{"kind":"DeploymentList","items":[]}""")]
    [InlineData("""{"kind":"DeploymentList","items":[{"metadata":{"name":"another"}}]}""")]
    [InlineData("""[1]""")]
    [InlineData("""{"items":[{"metadata":{"name":"worker"},"spec":"\ud800"}]}""")]
    public async Task ManifestOf_AnotherAnswer_IsNoManifest(string answer)
    {
        using var body = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(answer));

        var read = () => ManifestText.ReadAsync(body, ApiResource.Deployments, "Deployment", "worker", TestContext.Current.CancellationToken);

        await read.Should().ThrowAsync<JsonException>();
    }

    [Fact]
    public async Task CollectAsync_NothingMatches_SaysWhatToName()
    {
        await using var server = await FakeApiServer.StartAsync();
        await using var fleet = Fleet.Of(server);

        (await fleet.EscalateAsync()).Missing.Should().Equal(new MissingDetail("pods", new SectionFailure("not-configured", "no workload or pod is a worker's by Cliply:Diagnostics:Kubernetes:LabelSelector")));
    }

    [Fact]
    public async Task CollectAsync_NoKubeconfig_SaysSo()
    {
        await using var fleet = Fleet.Of("http://127.0.0.1:9", configure: o => o.Kubeconfig = "/no/such/file");

        var details = await fleet.EscalateAsync();

        details.Missing.Should().ContainSingle().Which.Should().Be(new MissingDetail("pods", new SectionFailure("error", "the file that Cliply:Diagnostics:Kubernetes:Kubeconfig names is not there")));
    }

    private static async Task<FakeApiServer> WithOneWorkerAsync()
    {
        var server = await FakeApiServer.StartAsync();
        server.Deployments.Add(Deployment());
        server.Pods.Add(Payloads.RunningPod("worker-1", Fleet.Now.AddHours(-1)));
        server.ReplicaSets.Add(Payloads.ReplicaSet("worker", 10, Fleet.Now.AddHours(-1), "registry.example/cliply/worker:1.42.0"));
        server.Logs["worker-1"] = "2026-11-25T07:48:16.000000000Z Polling for jobs\n";
        return server;
    }

    private static JsonObject Deployment() => Payloads.Parse($$$"""
        {
          "metadata": {
            "name": "worker", "namespace": "media", "uid": "uid-of-worker", "resourceVersion": "48211950", "generation": 7, "creationTimestamp": "2026-03-02T10:11:12Z",
            "labels": { "app": "worker", "env": "production" },
            "annotations": {
              "deployment.kubernetes.io/revision": "10",
              "kubectl.kubernetes.io/last-applied-configuration": "{\"kind\":\"Deployment\",\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"env\":[{\"name\":\"NODE_ENV\",\"value\":\"{{{Canary}}}\"} ] } ] } } } }\n",
              "objectset.rio.cattle.io/applied": "H4sIAAAAAAAA{{{new string('x', 300)}}}{{{Canary}}}" },
            "managedFields": [ { "manager": "kubectl", "operation": "Update", "fieldsV1": { "f:spec": {} } } ]
          },
          "spec": {
            "replicas": 2,
            "template": {
              "metadata": { "creationTimestamp": null, "labels": { "app": "worker" } },
              "spec": { "containers": [ { "name": "worker", "image": "registry.example/cliply/worker:1.42.0",
                "env": [ { "name": "DATABASE_URL", "valueFrom": { "secretKeyRef": { "name": "worker-secrets", "key": "database-url" } } }, { "name": "NODE_ENV", "value": "{{{Canary}}}" } ],
                "envFrom": [ { "configMapRef": { "name": "worker-config" } } ] } ] }
            }
          },
          "status": { "observedGeneration": 7, "replicas": 2, "readyReplicas": 2 }
        }
        """);

    /// <summary>The API knows whole seconds.</summary>
    private static DateTimeOffset Whole(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
}
