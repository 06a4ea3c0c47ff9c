using k8s.Models;

namespace Cliply.Diagnostics.Kubernetes.Tests;

public sealed class WebManifestTests
{
    private static readonly Manifest Web = new("web.yaml");
    private static readonly V1Deployment Deployment = Web.Read<V1Deployment>();
    private static readonly V1Service Service = Web.Read<V1Service>();

    private static V1PodSpec Pod => Deployment.Spec.Template.Spec;

    private static V1Container Container => Pod.Containers.Single();

    [Fact]
    public void Deployment_Runs_UnderTheAccountOfTheRole()
    {
        var account = new Manifest("role.yaml").Read<V1ServiceAccount>();

        Web.Documents.Should().HaveCount(2);
        (Deployment.ApiVersion, Deployment.Metadata.NamespaceProperty, Pod.ServiceAccountName).Should().Be(("apps/v1", account.Metadata.NamespaceProperty, account.Metadata.Name));
    }

    [Fact]
    public void Service_Selects_ThePodsAndTheirPort()
    {
        var labels = Deployment.Spec.Template.Metadata.Labels;

        Deployment.Spec.Selector.MatchLabels.Should().BeEquivalentTo(labels);
        Service.Spec.Selector.Should().BeEquivalentTo(labels);
        Service.Metadata.NamespaceProperty.Should().Be(Deployment.Metadata.NamespaceProperty);
        var port = Container.Ports.Single();
        (Service.Spec.Ports.Single().Name, Service.Spec.Ports.Single().TargetPort.Value).Should().Be((port.Name, port.Name));
        Container.Env.Single(e => e.Name == "ASPNETCORE_HTTP_PORTS").Value.Should().Be($"{port.ContainerPort}");
    }

    /// <summary>The host looks for its workers by the label "app=worker".</summary>
    [Fact]
    public void Pods_Are_NoWorkers() => Deployment.Spec.Template.Metadata.Labels["app"].Should().NotBe("worker");

    [Fact]
    public void Probes_Ask_TheirEndpointsWithTimeToAnswer()
    {
        var port = Container.Ports.Single().Name;
        (string, V1Probe)[] probes = [("/startupz", Container.StartupProbe), ("/livez", Container.LivenessProbe), ("/readyz", Container.ReadinessProbe)];

        foreach (var (path, probe) in probes)
        {
            (probe.HttpGet.Path, probe.HttpGet.Port.Value).Should().Be((path, port));

            // The host answers within 0.8 s; a probe must not overlap the next one.
            probe.TimeoutSeconds.Should().BeInRange(1, 2);
            probe.PeriodSeconds.Should().BeGreaterThanOrEqualTo(2);
        }

        (Container.StartupProbe.PeriodSeconds * Container.StartupProbe.FailureThreshold).Should().BeGreaterThanOrEqualTo(30, "a first collection may take that long on a cold node");
    }

    [Fact]
    public void Pod_May_NothingThatItNeedsNot()
    {
        Pod.SecurityContext.RunAsNonRoot.Should().BeTrue();
        Pod.SecurityContext.SeccompProfile.Type.Should().Be("RuntimeDefault");
        Container.SecurityContext.AllowPrivilegeEscalation.Should().BeFalse();
        Container.SecurityContext.ReadOnlyRootFilesystem.Should().BeTrue();
        Container.SecurityContext.Capabilities.Drop.Should().Equal("ALL");
        Container.VolumeMounts.Select(m => m.Name).Should().Equal(Pod.Volumes.Select(v => v.Name));
        Container.Env.Single(e => e.Name == "DATABASE_URL").Value.Should().BeNull("it comes from a Secret");
    }

    [Fact]
    public void ServiceMonitor_Selects_TheServiceAndItsPort()
    {
        var file = new Manifest("service-monitor.yaml");
        var monitor = file.Of("ServiceMonitor");

        file.Documents.Should().HaveCount(1);
        monitor["apiVersion"]!.GetValue<string>().Should().Be("monitoring.coreos.com/v1");
        monitor["metadata"]!["namespace"]!.GetValue<string>().Should().Be(Service.Metadata.NamespaceProperty);
        monitor["spec"]!["selector"]!["matchLabels"]!.AsObject().ToDictionary(l => l.Key, l => l.Value!.GetValue<string>()).Should().BeSubsetOf(Service.Metadata.Labels);
        var endpoint = monitor["spec"]!["endpoints"]!.AsArray().Single()!;
        (endpoint["port"]!.GetValue<string>(), endpoint["path"]!.GetValue<string>()).Should().Be((Service.Spec.Ports.Single().Name, "/metrics"));
        monitor["spec"]!.AsObject().Select(p => p.Key).Should().Equal("selector", "endpoints");
        endpoint.AsObject().Select(p => p.Key).Should().Equal("port", "path", "interval", "scrapeTimeout");
    }
}
