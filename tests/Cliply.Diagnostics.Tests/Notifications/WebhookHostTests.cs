using System.Diagnostics;
using System.Text.Json.Nodes;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cliply.Diagnostics.Tests.Notifications;

/// <summary>A real host that tells a real receiver.</summary>
public sealed class WebhookHostTests : IAsyncDisposable
{
    private readonly Receiver _receiver = new();
    private volatile bool _isBroken;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I_am_told_that_a_problem_appears_and_clears_with_its_symptoms_inside()
    {
        using var host = CreateHost();
        await host.StartAsync(Cancellation);
        await Eventually.HoldsAsync(() => host.Services.GetRequiredService<IFleetDiagnostics>().Last is { Number: > 2 }, "some healthy readings");
        _receiver.Received.Should().BeEmpty();

        _isBroken = true;
        await Eventually.HoldsAsync(() => _receiver.Received.Count == 1, "the problem");
        _isBroken = false;
        await Eventually.HoldsAsync(() => _receiver.Received.Count == 2, "its end");
        await host.StopAsync(Cancellation);

        var (appeared, cleared) = (JsonNode.Parse(_receiver.Received[0].Body)!, JsonNode.Parse(_receiver.Received[1].Body)!);
        $"{appeared["event"]} {appeared["code"]} {appeared["severity"]} {string.Join(",", appeared["symptoms"]!.AsArray().Select(s => s!["code"]))}".Should().Be("appeared no-workers-running critical queue-backlog");
        $"{cleared["event"]} {cleared["code"]} {cleared["fleetStatus"]}".Should().Be("cleared no-workers-running healthy");
        cleared["fingerprint"]!.GetValue<string>().Should().Be(appeared["fingerprint"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_receiver_that_hangs_holds_up_neither_the_host_nor_its_end()
    {
        _receiver.Hangs = true;
        _isBroken = true;

        // Else the host itself would end the waiting after half a minute.
        using var host = CreateHost(builder => builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromMinutes(5)));
        var starting = Stopwatch.StartNew();
        await host.StartAsync(Cancellation);
        starting.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(60));
        await Eventually.HoldsAsync(() => _receiver.Received.Count == 1, "a message that nobody answers");
        var readings = host.Services.GetRequiredService<IFleetDiagnostics>().Last!.Number;
        await Eventually.HoldsAsync(() => host.Services.GetRequiredService<IFleetDiagnostics>().Last!.Number > readings + 2, "further readings meanwhile");

        var stopping = Stopwatch.StartNew();
        await host.StopAsync(Cancellation);

        // The attempt itself would take two minutes.
        stopping.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(60));
        host.Services.GetFakeLogCollector().GetSnapshot().Select(l => l.Message).Should().Contain("Notifications that are dropped, as the host stops: 1");
    }

    [Fact]
    public async Task Nothing_logged_holds_the_receivers_address()
    {
        _isBroken = true;
        _receiver.Answer((500, "0"), (500, "0"));
        using var host = CreateHost(builder => builder.Services.Configure<Cliply.Diagnostics.Notifications.WebhookOptions>(o => o.MaxAttempts = 2));
        await host.StartAsync(Cancellation);
        await Eventually.HoldsAsync(() => host.Services.GetFakeLogCollector().GetSnapshot().Any(l => l.Message.Contains("was not delivered", StringComparison.Ordinal)), "the failure");
        await host.StopAsync(Cancellation);

        host.Services.GetFakeLogCollector().GetSnapshot().Should().NotContain(l => $"{l.Message} {l.Exception}".Contains("made-up-token", StringComparison.OrdinalIgnoreCase));
    }

    public ValueTask DisposeAsync() => _receiver.DisposeAsync();

    private IHost CreateHost(Action<HostApplicationBuilder>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.SetMinimumLevel(LogLevel.Trace).AddFakeLogging();
        builder.Services.AddCliplyHealthChecks(o => o.SnapshotMaxAge = TimeSpan.Zero).AddWebhook(options =>
        {
            options.Url = _receiver.Url;
            options.RepeatInterval = TimeSpan.Zero;
            options.Timeout = TimeSpan.FromMinutes(2);
        });
        builder.Services.RemoveAll<IEvidenceCollector>();
        builder.Services.AddSingleton<IEvidenceCollector>(ScriptedCollector.JobStore(_ =>
        {
            var store = ScriptedCollector.HealthyStore();
            return Task.FromResult(!_isBroken ? store : store with
            {
                Workers = store.Workers.Value! with { Active = 0, LastHeartbeatAt = null },
                Queue = store.Queue.Value! with { Runnable = 300, OldestRunnableAgeSeconds = 5000 },
            });
        }));
        builder.Services.Configure<HealthCheckPublisherOptions>(options => (options.Delay, options.Period) = (TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(1)));
        configure?.Invoke(builder);
        return builder.Build();
    }
}
