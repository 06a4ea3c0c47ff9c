using Cliply.Diagnostics.Collection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Kubernetes.Tests;

public sealed class KubernetesOptionsTests
{
    [Fact]
    public void AddKubernetes_Twice_AddsOneCollectorAndKeepsTheBuilder()
    {
        var services = new ServiceCollection();

        var builder = services.AddCliplyHealthChecks().AddKubernetes().AddKubernetes(o => o.Namespace = "media");

        builder.Should().BeAssignableTo<IHealthChecksBuilder>();
        builder.Services.Should().BeSameAs(services);
        services.Where(d => d.ServiceType == typeof(IEvidenceCollector) && d.ImplementationType == typeof(KubernetesCollector)).Should().ContainSingle();
        using var provider = services.BuildServiceProvider();
        provider.GetRequiredService<IOptions<KubernetesOptions>>().Value.Namespace.Should().Be("media");
        provider.GetServices<IEvidenceCollector>().Single(c => c.Name == "kubernetes").SeesWholeFleet.Should().BeTrue();
    }

    [Fact]
    public void Options_AreBound_AndTheDelegateWins()
    {
        var options = Read(new()
        {
            ["Cliply:Diagnostics:Kubernetes:Kubeconfig"] = "/etc/kubeconfig",
            ["Cliply:Diagnostics:Kubernetes:Context"] = "prod",
            ["Cliply:Diagnostics:Kubernetes:Namespace"] = "media",
            ["Cliply:Diagnostics:Kubernetes:LabelSelector"] = "role=worker",
            ["Cliply:Diagnostics:Kubernetes:Container"] = "main",
            ["Cliply:Diagnostics:Kubernetes:MaxPods"] = "100",
        }, o => o.Context = "stage");

        options.Should().BeEquivalentTo(new KubernetesOptions { Kubeconfig = "/etc/kubeconfig", Context = "stage", Namespace = "media", LabelSelector = "role=worker", Container = "main", MaxPods = 100 });
    }

    [Theory]
    [InlineData("LabelSelector", "app like worker", "Cliply:Diagnostics:Kubernetes:LabelSelector can't be read as a label selector. Use one such as app=worker or app in (worker,cron),tier!=web.")]
    [InlineData("Namespace", "Media/..", "Cliply:Diagnostics:Kubernetes:Namespace is no name that Kubernetes allows. Use up to 63 lower-case letters, digits and hyphens, with no hyphen at either end.")]
    [InlineData("Container", "-worker", "Cliply:Diagnostics:Kubernetes:Container is no name that Kubernetes allows. Use up to 63 lower-case letters, digits and hyphens, with no hyphen at either end.")]
    [InlineData("MaxPods", "0", "MaxPods: The field KubernetesOptions.MaxPods must be between 1 and 50000.")]
    [InlineData("LabelSelector", "", "LabelSelector: The KubernetesOptions.LabelSelector field is required.")]
    public void Options_AreWrong_NameTheKey(string key, string value, string expected)
    {
        var reading = () => Read(new() { [$"Cliply:Diagnostics:Kubernetes:{key}"] = value });

        reading.Should().Throw<OptionsValidationException>().Which.Failures.Should().ContainSingle().Which.Should().Be(expected);
    }

    private static KubernetesOptions Read(Dictionary<string, string?> configuration, Action<KubernetesOptions>? configure = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(configuration).Build());
        services.AddCliplyDiagnostics().AddKubernetes(configure);
        using var provider = services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<KubernetesOptions>>().Value;
    }
}
