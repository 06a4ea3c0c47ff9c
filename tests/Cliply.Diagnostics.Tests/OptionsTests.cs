using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Tests;

/// <summary>The configuration section, and what a contradiction in it says when the host starts.</summary>
public sealed class OptionsTests
{
    [Fact]
    public void Options_FromConfiguration_AreBoundAndListsReplaceTheDefaults()
    {
        using var host = Build(new()
        {
            ["Cliply:Diagnostics:SnapshotMaxAge"] = "00:00:09",
            ["Cliply:Diagnostics:Thresholds:BacklogJobs"] = "250",
            ["Cliply:Diagnostics:JobStore:Columns:State"] = "job_state",
            ["Cliply:Diagnostics:Environment:Required:0"] = "QUEUE_NAME",
        });

        var options = host.Services.GetRequiredService<IOptions<CliplyDiagnosticsOptions>>().Value;

        options.SnapshotMaxAge.Should().Be(TimeSpan.FromSeconds(9));
        options.Thresholds.BacklogJobs.Should().Be(250);
        options.JobStore.Columns.State.Should().Be("job_state");
        options.Environment.Required.Should().Equal("QUEUE_NAME");
        options.Environment.Recommended.Should().Equal("SENTRY_DSN", "LOG_LEVEL");
    }

    [Theory]
    [InlineData("Thresholds:HeartbeatFresh", "00:20:00", "Cliply:Diagnostics:Thresholds:HeartbeatFresh (00:20:00) must not be greater than Cliply:Diagnostics:Thresholds:HeartbeatStale (00:10:00). Lower the first or raise the second.")]
    [InlineData("CollectorDeadline", "00:00:04", "Cliply:Diagnostics:CollectorDeadline (00:00:04) must be less than Cliply:Diagnostics:CollectionDeadline (00:00:03). Lower the first or raise the second.")]
    [InlineData("CollectorDeadline", "00:00:03", "Cliply:Diagnostics:CollectorDeadline (00:00:03) must be less than Cliply:Diagnostics:CollectionDeadline (00:00:03). Lower the first or raise the second.")]
    [InlineData("CollectorDeadline", "canary", "Cliply:Diagnostics:CollectorDeadline can't be read. Expected a duration such as 00:00:02.")]
    [InlineData("JobStore:CountingCap", "canary", "Cliply:Diagnostics:JobStore:CountingCap can't be read. Expected a whole number.")]
    [InlineData("Thresholds:FailingJobsPercent", "canary", "Cliply:Diagnostics:Thresholds:FailingJobsPercent can't be read. Expected a number.")]
    [InlineData("Thresholds:ClockSkew", "00:06:00", "Cliply:Diagnostics:Thresholds:ClockSkew (00:06:00) must not be greater than Cliply:Diagnostics:Thresholds:HeartbeatFresh (00:05:00). Lower the first or raise the second.")]
    [InlineData("Thresholds:DeadLetters", "101", "Cliply:Diagnostics:Thresholds:DeadLetters (101) must not be greater than Cliply:Diagnostics:Thresholds:DeadLettersCritical (100). Lower the first or raise the second.")]
    [InlineData("Thresholds:FailingJobsPercent", "50.5", "Cliply:Diagnostics:Thresholds:FailingJobsPercent (50.5) must not be greater than Cliply:Diagnostics:Thresholds:FailingJobsCriticalPercent (50). Lower the first or raise the second.")]
    [InlineData("JobStore:CountingCap", "100", "Cliply:Diagnostics:Thresholds:BacklogJobs (100) must be less than Cliply:Diagnostics:JobStore:CountingCap (100). Lower the first or raise the second.; Cliply:Diagnostics:Thresholds:DeadLettersCritical (100) must be less than Cliply:Diagnostics:JobStore:CountingCap (100). Lower the first or raise the second.")]
    [InlineData("History:Length", "00:20:00", "Cliply:Diagnostics:Thresholds:FluctuationWindow (00:30:00) must not be greater than Cliply:Diagnostics:History:Length (00:20:00). Lower the first or raise the second.")]
    [InlineData("History:Interval", "00:31:00", "Cliply:Diagnostics:History:Interval (00:31:00) must not be greater than Cliply:Diagnostics:Thresholds:FluctuationWindow (00:30:00). Lower the first or raise the second.")]
    [InlineData("History:Length", "2.00:00:00", "Cliply:Diagnostics:History:Length (2.00:00:00) holds more than 10000 times Cliply:Diagnostics:History:Interval (00:00:15). Lower the first or raise the second.")]
    [InlineData("History:Interval", "00:00:00", "Interval: The field CliplyDiagnosticsOptions.History.Interval must be between 00:00:01 and 01:00:00.")]
    [InlineData("ConnectionString", "postgres://u:canary@h:x/d", "Cliply:Diagnostics:ConnectionString can't be used: its port is not a number from 1 to 65535. Use postgres://user:password@host:5432/database, with special characters percent-encoded, or an Npgsql connection string such as Host=…;Database=….")]
    [InlineData("Thresholds:HeartbeatStale", "00:00:00", "HeartbeatStale: The field CliplyDiagnosticsOptions.Thresholds.HeartbeatStale must be between 00:00:00.001 and 7.00:00:00.; Cliply:Diagnostics:Thresholds:HeartbeatFresh (00:05:00) must not be greater than Cliply:Diagnostics:Thresholds:HeartbeatStale (00:00:00). Lower the first or raise the second.")]
    [InlineData("Thresholds:BacklogJobs", "-1", "BacklogJobs: The field CliplyDiagnosticsOptions.Thresholds.BacklogJobs must be between 1 and 2147483647.")]
    public async Task StartAsync_Contradiction_FailsAndNamesBothKeys(string key, string value, string expected)
    {
        using var host = Build(new() { [$"Cliply:Diagnostics:{key}"] = value });

        (await FluentActions.Awaiting(() => host.StartAsync(TestContext.Current.CancellationToken)).Should().ThrowAsync<OptionsValidationException>())
            .Which.Message.Should().Be(expected);
    }

    [Theory]
    [InlineData("Thresholds:HeartbeatFresh", "00:10:00")]
    [InlineData("CollectorDeadline", "00:00:02.999")]
    [InlineData("Thresholds:ClockSkew", "00:05:00")]
    [InlineData("Thresholds:DeadLetters", "100")]
    [InlineData("Thresholds:FailingJobsPercent", "50")]
    [InlineData("JobStore:CountingCap", "101")]
    [InlineData("History:Length", "00:30:00")]
    [InlineData("History:Interval", "00:30:00")]
    public async Task StartAsync_AtTheLimit_Starts(string key, string value)
    {
        using var host = Build(new() { [$"Cliply:Diagnostics:{key}"] = value });

        await host.StartAsync(TestContext.Current.CancellationToken);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    private static IHost Build(Dictionary<string, string?> settings)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(settings);
        builder.Services.AddCliplyHealthChecks();
        return builder.Build();
    }
}
