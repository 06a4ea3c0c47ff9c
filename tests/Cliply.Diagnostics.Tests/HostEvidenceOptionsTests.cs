using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Escalations;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.Processes;
using Cliply.Diagnostics.Systemd;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Tests;

/// <summary>Registering systemd, processes and logs: what is bound, added up and refused when the host starts.</summary>
public sealed class HostEvidenceOptionsTests
{
    [Fact]
    public void Options_FromConfigurationAndCode_AddUp()
    {
        using var host = Build(
            new()
            {
                ["Cliply:Diagnostics:Systemd:Units:0"] = "render",
                ["Cliply:Diagnostics:Processes:Name"] = "node",
                ["Cliply:Diagnostics:Processes:PidFiles:0"] = "/run/a.pid",
                ["Cliply:Diagnostics:Processes:DesiredReplicas"] = "3",
                ["Cliply:Diagnostics:LogFiles:Paths:0"] = "/var/log/a.log",
            },
            services => services.AddCliplyHealthChecks().AddSystemd("cliply-worker@*").AddSystemd(o => o.Units.Add("third")).AddProcesses(o => o.CommandLineContains = "w.js").AddProcesses().AddLogs("b.log").AddLogs());

        Value<SystemdOptions>(host).Units.Should().Equal("render", "cliply-worker@*", "third");
        Value<ProcessesOptions>(host).Should().BeEquivalentTo(new ProcessesOptions { Name = "node", CommandLineContains = "w.js", PidFiles = ["/run/a.pid"], DesiredReplicas = 3 });
        Value<LogFilesOptions>(host).Paths.Should().Equal("/var/log/a.log", "b.log");
        host.Services.GetServices<IEvidenceCollector>().Select(c => c.Name).Should().ContainInOrder("systemd", "processes", "logs").And.OnlyHaveUniqueItems();
        host.Services.GetServices<IEscalationSource>().Select(s => s.Name).Should().Equal("systemd", "processes", "logs");
    }

    [Fact]
    public void Builder_OfHealthChecks_StaysOne() =>
        new ServiceCollection().AddCliplyHealthChecks().AddSystemd().AddProcesses().AddLogs("x").Should().BeAssignableTo<IHealthChecksBuilder>();

    [Fact]
    public void Sections_OfEachCollector_AreThoseThatItFills()
    {
        using var host = Build([], services => services.AddCliplyDiagnostics().AddSystemd().AddProcesses(o => o.Name = "node").AddLogs("x"));

        host.Services.GetServices<IEvidenceCollector>().Where(c => c.Name is "systemd" or "processes" or "logs").Select(c => string.Join(' ', c.Sections)).Should().Equal(
            $"{SnapshotSection.Deployments} {SnapshotSection.Resources} {SnapshotSection.Logs}",
            $"{SnapshotSection.Deployments} {SnapshotSection.Resources}",
            $"{SnapshotSection.Logs}");
    }

    [Theory]
    [InlineData("Systemd:Units:0", "", "Cliply:Diagnostics:Systemd:Units:0 is empty. Name a unit, or remove it.")]
    [InlineData("Systemd:Units:0", "--root=/x", "Cliply:Diagnostics:Systemd:Units:0 is no unit's name. Use letters, digits and any of : - _ . \\ @, and * or ? to match several.")]
    [InlineData("Systemd:Units:0", "a;b", "Cliply:Diagnostics:Systemd:Units:0 is no unit's name. Use letters, digits and any of : - _ . \\ @, and * or ? to match several.")]
    [InlineData("Systemd:Units:0", "cliply-worker@", "Cliply:Diagnostics:Systemd:Units:0 is a template, which does not run itself. Use name@1 for one of its instances, or name@* for all.")]
    [InlineData("Systemd:Units:0", "cliply.timer", "Cliply:Diagnostics:Systemd:Units:0 is no service. Name the service that runs the worker.")]
    [InlineData("Processes:Name", "/usr/bin/node", "Cliply:Diagnostics:Processes:Name holds a path. Give the file's name alone, and the path as Cliply:Diagnostics:Processes:CommandLineContains.")]
    [InlineData("Processes:PidFiles:0", "run/a.pid", "Cliply:Diagnostics:Processes:PidFiles:0 is no absolute path. Give the whole path, from the root folder on.")]
    [InlineData("Processes:DesiredReplicas", "-1", "DesiredReplicas: The field ProcessesOptions.DesiredReplicas must be between 0 and 10000.")]
    [InlineData("LogFiles:Paths:1", " ", "Cliply:Diagnostics:LogFiles:Paths:0 is no path. Name a log file or a folder of them, or remove it.")]
    public async Task StartAsync_Wrong_FailsAndNamesTheKey(string key, string value, string expected)
    {
        using var host = Build(new() { [$"Cliply:Diagnostics:{key}"] = value }, services => services.AddCliplyDiagnostics().AddSystemd().AddProcesses(o => o.Name ??= "node").AddLogs("x"));

        (await FluentActions.Awaiting(() => host.StartAsync(TestContext.Current.CancellationToken)).Should().ThrowAsync<OptionsValidationException>())
            .Which.Message.Should().Be(expected);
    }

    [Fact]
    public async Task StartAsync_NothingNamed_FailsAndSaysWhatToSet()
    {
        using var processes = Build([], services => services.AddCliplyDiagnostics().AddProcesses());
        using var logs = Build([], services => services.AddCliplyDiagnostics().AddLogs());

        (await FluentActions.Awaiting(() => processes.StartAsync(TestContext.Current.CancellationToken)).Should().ThrowAsync<OptionsValidationException>())
            .Which.Message.Should().Be("Cliply:Diagnostics:Processes names no process. Set Cliply:Diagnostics:Processes:Name, Cliply:Diagnostics:Processes:CommandLineContains or Cliply:Diagnostics:Processes:PidFiles.");
        (await FluentActions.Awaiting(() => logs.StartAsync(TestContext.Current.CancellationToken)).Should().ThrowAsync<OptionsValidationException>())
            .Which.Message.Should().Be("Cliply:Diagnostics:LogFiles:Paths is empty. Name a log file or a folder of them, or remove AddLogs.");
    }

    private static T Value<T>(IHost host)
        where T : class => host.Services.GetRequiredService<IOptions<T>>().Value;

    private static IHost Build(Dictionary<string, string?> settings, Action<IServiceCollection> add)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(settings);
        add(builder.Services);
        return builder.Build();
    }
}
