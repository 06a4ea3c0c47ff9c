using k8s.Models;

namespace Cliply.Diagnostics.Kubernetes.Tests;

public sealed class RoleTests
{
    private static readonly Manifest Role = new("role.yaml");

    [Fact]
    public async Task Role_Allows_EveryRequestAndNothingElse()
    {
        var role = Role.Read<V1Role>();
        var allowed = role.Rules.SelectMany(rule => rule.ApiGroups.SelectMany(g => rule.Resources.SelectMany(r => rule.Verbs.Select(v => (Verb: v, Group: g, Resource: r))))).ToList();

        var asked = (await RequestsAsync()).Select(r => (r.Verb, r.Group, r.Resource)).Distinct().ToList();

        asked.Should().BeEquivalentTo(allowed);
        allowed.Should().OnlyHaveUniqueItems().And.OnlyContain(rule => rule.Verb == "get" || rule.Verb == "list");
        role.Rules.Should().OnlyContain(rule => rule.ResourceNames == null && rule.NonResourceURLs == null);
    }

    [Fact]
    public void RoleBinding_Binds_TheAccountToTheRole()
    {
        var binding = Role.Read<V1RoleBinding>();
        var role = Role.Read<V1Role>();
        var account = Role.Read<V1ServiceAccount>();

        Role.Documents.Should().HaveCount(3);
        (binding.RoleRef.ApiGroup, binding.RoleRef.Kind, binding.RoleRef.Name).Should().Be(("rbac.authorization.k8s.io", "Role", role.Metadata.Name));
        binding.Metadata.NamespaceProperty.Should().Be(role.Metadata.NamespaceProperty);
        var subject = binding.Subjects.Single();
        (subject.Kind, subject.Name, subject.NamespaceProperty).Should().Be(("ServiceAccount", account.Metadata.Name, account.Metadata.NamespaceProperty));
    }

    /// <summary>All that there is to ask: something that crashed, something that does not start, a StatefulSet with too few pods.</summary>
    private static async Task<IReadOnlyList<RecordedRequest>> RequestsAsync()
    {
        var now = Fleet.Now;
        await using var server = await FakeApiServer.StartAsync();
        server.Deployments.Add(Payloads.Workload("worker", replicas: 2));
        server.Deployments.Add(Payloads.Workload("worker-other", replicas: 2, podLabel: "other"));
        server.StatefulSets.Add(Payloads.Workload("worker-set", replicas: 2, kind: "StatefulSet"));
        server.Pods.Add(Payloads.Pod("worker-1", now.AddHours(-1), Payloads.Running(now.AddMinutes(-1)), Payloads.Terminated("Error", 1, now.AddMinutes(-2)), restarts: 1));
        server.Pods.Add(Payloads.Pod("worker-2", now.AddHours(-1), Payloads.Waiting("ContainerCreating"), phase: "Pending"));
        server.Metrics = [];
        server.Logs["worker-1"] = server.Logs["worker-1/previous"] = Fleet.LogLine(now, "a line");
        await using var fleet = Fleet.Of(server);
        var snapshot = (await fleet.ReadAsync()).Snapshot;
        snapshot.Logs.Value.Should().HaveCount(2);
        server.Pods.Add(Payloads.RunningPod("worker-3", now).WithOwner("DaemonSet", "worker-each"));
        await fleet.EscalateAsync();
        return server.Requests;
    }
}
