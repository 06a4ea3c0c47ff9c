using Cliply.Diagnostics.Collection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Prometheus.Tests;

public sealed class PrometheusOptionsTests
{
    [Fact]
    public void Options_FromConfigurationUrlAndDelegate_TheLaterWins()
    {
        using var host = Build(
            new()
            {
                ["Url"] = "http://configured:9090",
                ["Matchers"] = "job=\"cliply\"",
                ["Step"] = "00:00:30",
                ["LivenessSource"] = "Registry",
                ["Headers:X-Scope-OrgID"] = "tenant",
            },
            "http://given:9090/prometheus",
            o => o.Step = TimeSpan.FromMinutes(1));

        var options = host.Services.GetRequiredService<IOptions<PrometheusOptions>>().Value;

        options.Url.Should().Be("http://given:9090/prometheus");
        options.Matchers.Should().Be("job=\"cliply\"");
        options.ContainerMatchers.Should().Be("container=\"worker\"");
        options.Step.Should().Be(TimeSpan.FromMinutes(1));
        options.Range.Should().Be(TimeSpan.FromHours(1));
        options.LivenessSource.Should().Be(Evidence.LivenessSource.Registry);
        options.Headers.Should().Equal(new Dictionary<string, string> { ["X-Scope-OrgID"] = "tenant" });
    }

    [Fact]
    public void AddPrometheus_Twice_CollectsOnceAndReturnsTheBuilder()
    {
        var services = new ServiceCollection();

        var builder = services.AddCliplyHealthChecks().AddPrometheus("http://one:9090").AddPrometheus("http://two:9090");

        builder.Should().BeAssignableTo<IHealthChecksBuilder>();
        builder.Services.Should().BeSameAs(services);
        using var provider = services.BuildServiceProvider();
        provider.GetServices<IEvidenceCollector>().Should().ContainSingle(c => c.Name == "prometheus").Which.SeesWholeFleet.Should().BeTrue();
        provider.GetRequiredService<IOptions<PrometheusOptions>>().Value.Url.Should().Be("http://two:9090");
    }

    [Theory]
    [InlineData("Url", "prometheus:9090", "Cliply:Diagnostics:Prometheus:Url can't be used: it is no absolute http or https URL. Use one such as http://prometheus:9090.")]
    [InlineData("Url", "http://user:CANARY-made-up@prometheus:9090", "Cliply:Diagnostics:Prometheus:Url can't be used: it holds a user or password. Take them out, and set Cliply:Diagnostics:Prometheus:UserName and Cliply:Diagnostics:Prometheus:Password.")]
    [InlineData("Url", "http://prometheus:9090/?token=CANARY-made-up", "Cliply:Diagnostics:Prometheus:Url can't be used: it has a query or a fragment. Use the base of the API alone, such as http://prometheus:9090.")]
    [InlineData("Matchers", "cliply", "Cliply:Diagnostics:Prometheus:Matchers can't be used: the label cliply is not followed by =, !=, =~ or !~. Use label matchers as between the braces of PromQL, such as job=\"cliply\".")]
    [InlineData("ContainerMatchers", "container=worker", "Cliply:Diagnostics:Prometheus:ContainerMatchers can't be used: the value of the label container is not in quotes, or its quotes or escapes are broken. Use label matchers as between the braces of PromQL, such as container=\"worker\".")]
    [InlineData("Range", "00:20:00", "Cliply:Diagnostics:Thresholds:FluctuationWindow (00:30:00) must not be greater than Cliply:Diagnostics:Prometheus:Range (00:20:00). Lower the first or raise the second.")]
    [InlineData("Range", "7.00:00:00", "Cliply:Diagnostics:Prometheus:Range (7.00:00:00) holds more than 10000 times Cliply:Diagnostics:Prometheus:Step (00:00:15). Lower the first or raise the second.")]
    [InlineData("Step", "00:00:00", "Step: The field PrometheusOptions.Step must be between 00:00:01 and 01:00:00.")]
    [InlineData("Password", "CANARY-made-up", "Cliply:Diagnostics:Prometheus:Password is set without Cliply:Diagnostics:Prometheus:UserName. Set both or neither.")]
    [InlineData("UserName", "a:b", "Cliply:Diagnostics:Prometheus:UserName can't be used: it holds a colon, which basic authentication can't send.")]
    [InlineData("BearerToken", "CANARY-made-up\n", "Cliply:Diagnostics:Prometheus:BearerToken can't be used: it holds a line break or another character that no header may hold. Look for a newline at its end.")]
    [InlineData("Headers:X-Scope-OrgID", "CANARY\r\nmade-up: up", "Cliply:Diagnostics:Prometheus:Headers:X-Scope-OrgID can't be used: its value is missing, or holds a line break or another character that no header may hold.")]
    [InlineData("Headers:Content-Type", "text/plain", "Cliply:Diagnostics:Prometheus:Headers holds a name that can't be sent as a request header. Use names such as X-Scope-OrgID.")]
    public async Task StartAsync_OptionThatCannotWork_FailsAndNamesTheKey(string key, string value, string expected)
    {
        using var host = Build(new() { ["Url"] = "http://prometheus:9090", [key] = value }, null);

        (await FluentActions.Awaiting(() => host.StartAsync(TestContext.Current.CancellationToken)).Should().ThrowAsync<OptionsValidationException>())
            .Which.Message.Should().Be(expected).And.NotContain("CANARY");
    }

    [Theory]
    [InlineData("UserName", "Cliply:Diagnostics:Prometheus:BearerToken and Cliply:Diagnostics:Prometheus:UserName are both set, and only one can be sent. Remove one of them.")]
    [InlineData("Headers:Authorization", "Cliply:Diagnostics:Prometheus:Headers:Authorization and Cliply:Diagnostics:Prometheus:BearerToken are both set, and only one can be sent. Remove one of them.")]
    public async Task StartAsync_TwoCredentials_FailsAndNamesBothKeys(string other, string expected)
    {
        using var host = Build(new() { ["BearerToken"] = "CANARY-made-up", [other] = "other" }, "http://prometheus:9090");

        (await FluentActions.Awaiting(() => host.StartAsync(TestContext.Current.CancellationToken)).Should().ThrowAsync<OptionsValidationException>())
            .Which.Message.Should().Be(expected);
    }

    [Theory]
    [InlineData("Range", "00:30:00")]
    [InlineData("Step", "01:00:00")]
    [InlineData("ContainerMatchers", "")]
    [InlineData("Url", "")]
    public async Task StartAsync_AtTheLimit_Starts(string key, string value)
    {
        using var host = Build(new() { [key] = value }, null);

        await host.StartAsync(TestContext.Current.CancellationToken);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    private static IHost Build(Dictionary<string, string?> settings, string? url, Action<PrometheusOptions>? configure = null)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(s => $"Cliply:Diagnostics:Prometheus:{s.Key}", s => s.Value));
        builder.Services.AddCliplyHealthChecks().AddPrometheus(url, configure);
        return builder.Build();
    }
}
