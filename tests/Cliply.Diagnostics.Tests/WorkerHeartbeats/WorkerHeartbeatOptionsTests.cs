using Cliply.Diagnostics.WorkerHeartbeats;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Tests.WorkerHeartbeats;

public sealed class WorkerHeartbeatOptionsTests
{
    [Fact]
    public void Options_FromConfigurationAndDelegate_TheDelegateWins()
    {
        using var host = Build(
            new() { ["Cliply:Diagnostics:WorkerHeartbeat:Interval"] = "00:00:09", ["Cliply:Diagnostics:WorkerHeartbeat:Version"] = "7", ["Cliply:Diagnostics:WorkerHeartbeat:WorkerId"] = "from-configuration" },
            o => o.WorkerId = "from-code");

        var options = host.Services.GetRequiredService<IOptions<WorkerHeartbeatOptions>>().Value;

        (options.Interval, options.Version, options.WorkerId).Should().Be((TimeSpan.FromSeconds(9), "7", "from-code"));
        host.Services.GetRequiredService<IWorkerActivity>().WorkerId.Should().Be("from-code");
    }

    [Fact]
    public void Options_Default_BeatEveryFiveSeconds()
    {
        var options = new WorkerHeartbeatOptions();

        (options.Interval, options.Version, options.WorkerId).Should().Be((TimeSpan.FromSeconds(5), null, null));
    }

    [Theory]
    [InlineData("WorkerHeartbeat:Interval", "00:05:00", "Cliply:Diagnostics:WorkerHeartbeat:Interval (00:05:00) must be less than Cliply:Diagnostics:Thresholds:HeartbeatFresh (00:05:00). Lower the first or raise the second.")]
    [InlineData("WorkerHeartbeat:Interval", "00:00:00", "Interval: The field WorkerHeartbeatOptions.Interval must be between 00:00:00.100 and 01:00:00.")]
    [InlineData("WorkerHeartbeat:WorkerId", " ", "Cliply:Diagnostics:WorkerHeartbeat:WorkerId must not be blank or hold control characters. Use one such as host:pid:start, or leave it out.")]
    [InlineData("WorkerHeartbeat:WorkerId", "a\0b", "Cliply:Diagnostics:WorkerHeartbeat:WorkerId must not be blank or hold control characters. Use one such as host:pid:start, or leave it out.")]
    [InlineData("WorkerHeartbeat:WorkerId", "a\ud800b", "Cliply:Diagnostics:WorkerHeartbeat:WorkerId must not be blank or hold control characters. Use one such as host:pid:start, or leave it out.")]
    [InlineData("JobStore:WorkersRetainedFor", "00:10:00", "Cliply:Diagnostics:Thresholds:HeartbeatStale (00:10:00) must be less than Cliply:Diagnostics:JobStore:WorkersRetainedFor (00:10:00). Lower the first or raise the second.")]
    public async Task StartAsync_Contradiction_FailsAndNamesTheKeys(string key, string value, string expected)
    {
        using var host = Build(new() { [$"Cliply:Diagnostics:{key}"] = value });

        var failure = await FluentActions.Awaiting(() => host.StartAsync(TestContext.Current.CancellationToken)).Should().ThrowAsync<OptionsValidationException>();

        failure.Which.Message.Should().Be(expected);
    }

    [Fact]
    public void AddCliplyWorkerHeartbeat_Twice_IsOneService()
    {
        var services = new ServiceCollection();

        services.AddCliplyWorkerHeartbeat().AddCliplyWorkerHeartbeat();

        services.Count(d => d.ServiceType == typeof(IHostedService)).Should().Be(1);
        services.Count(d => d.ServiceType == typeof(IWorkerActivity)).Should().Be(1);
        using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
        provider.GetServices<IHostedService>().Should().ContainSingle().Which.Should().BeOfType<WorkerHeartbeatService>();
    }

    private static IHost Build(Dictionary<string, string?> settings, Action<WorkerHeartbeatOptions>? configure = null)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddCliplyWorkerHeartbeat(configure);
        return builder.Build();
    }
}
