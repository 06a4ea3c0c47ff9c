using Cliply.Diagnostics.Collection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Docker.Tests;

/// <summary>How Docker is added to a host, and what a wrong setting says when it starts.</summary>
public sealed class DockerOptionsTests
{
    [Fact]
    public void I_can_add_docker_with_one_call()
    {
        using var host = Build([], services => services.AddCliplyHealthChecks(_ => { }).AddDocker().AddDocker(o => o.Containers = 7).AddCheck("own", () => HealthCheckResult.Healthy()));

        host.Services.GetServices<IEvidenceCollector>().Should().ContainSingle(c => c.Name == "docker");
        host.Services.GetRequiredService<IOptions<DockerOptions>>().Value.Containers.Should().Be(7);
    }

    [Fact]
    public void Options_FromConfiguration_AreBound()
    {
        using var host = Build(new()
        {
            ["Cliply:Diagnostics:Docker:Endpoint"] = "unix:///run/user/1000/docker.sock",
            ["Cliply:Diagnostics:Docker:Labels:0"] = "role=worker",
            ["Cliply:Diagnostics:Docker:NamePattern"] = "render-*",
            ["Cliply:Diagnostics:Docker:Containers"] = "20",
            ["Cliply:Diagnostics:Docker:CertificateFolder"] = "/certificates",
        });

        host.Services.GetRequiredService<IOptions<DockerOptions>>().Value.Should().BeEquivalentTo(new DockerOptions
        {
            Endpoint = "unix:///run/user/1000/docker.sock",
            Labels = { "role=worker" },
            NamePattern = "render-*",
            Containers = 20,
            CertificateFolder = "/certificates",
        });
    }

    [Theory]
    [InlineData("Endpoint", "ssh://canary@host", "Cliply:Diagnostics:Docker:Endpoint is no address that can be used. Use one such as unix:///var/run/docker.sock or tcp://127.0.0.1:2375.")]
    [InlineData("Endpoint", "canary", "Cliply:Diagnostics:Docker:Endpoint is no address that can be used. Use one such as unix:///var/run/docker.sock or tcp://127.0.0.1:2375.")]
    [InlineData("Labels:0", "=canary", "Cliply:Diagnostics:Docker:Labels holds an entry without a name. Use entries such as com.example.role=worker.")]
    [InlineData("NamePattern", "canary(", "NamePattern: The field DockerOptions.NamePattern may hold letters, digits, _ . - and the wildcards * and ?, as in *worker*.")]
    [InlineData("Containers", "0", "Containers: The field DockerOptions.Containers must be between 1 and 1000.")]
    public async Task Start_WithAWrongSetting_FailsAndNamesIt(string key, string value, string message)
    {
        using var host = Build(new() { [$"Cliply:Diagnostics:Docker:{key}"] = value });

        var start = () => host.StartAsync(TestContext.Current.CancellationToken);

        (await start.Should().ThrowAsync<OptionsValidationException>()).WithMessage(message);
    }

    private static IHost Build(Dictionary<string, string?> settings, Action<IServiceCollection>? services = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(settings);
        (services ?? (s => s.AddCliplyDiagnostics().AddDocker()))(builder.Services);
        return builder.Build();
    }
}
