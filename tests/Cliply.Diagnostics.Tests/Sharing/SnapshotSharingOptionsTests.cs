using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.JobStores;
using Cliply.Diagnostics.Sharing;
using Cliply.Diagnostics.Tests.Fakes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Tests.Sharing;

public sealed class SnapshotSharingOptionsTests
{
    [Fact]
    public void Options_FromConfigurationAndCode_AddUp()
    {
        using var host = Build(
            new() { ["Cliply:Diagnostics:SnapshotSharing:Schema"] = "monitoring", ["Cliply:Diagnostics:SnapshotSharing:Group"] = "eu" },
            services => services.AddCliplyHealthChecks().ShareSnapshots(o => o.Table = "shared").ShareSnapshots());

        host.Services.GetRequiredService<IOptions<SnapshotSharingOptions>>().Value.Should().BeEquivalentTo(new SnapshotSharingOptions { Schema = "monitoring", Table = "shared", Group = "eu" });
        host.Services.GetServices<ISnapshotExchange>().Should().ContainSingle().Which.Should().BeOfType<PostgresSnapshotExchange>();
    }

    [Fact]
    public void Collectors_OfTheMachine_AreNotShared()
    {
        using var host = Build([], services => services.AddCliplyDiagnostics().AddSystemd().AddProcesses(o => o.Name = "node").AddLogs("x"));

        host.Services.GetServices<IEvidenceCollector>().Where(c => c.SeesWholeFleet).Select(c => c.Name).Should().Equal("postgresql");
    }

    [Fact]
    public void Exchange_BothCalled_LastWins()
    {
        using var host = Build([], services => services.AddDistributedMemoryCache().AddCliplyDiagnostics().ShareSnapshots().ShareSnapshotsInDistributedCache());

        host.Services.GetServices<ISnapshotExchange>().Should().ContainSingle().Which.Should().BeOfType<DistributedCacheSnapshotExchange>();
    }

    [Fact]
    public Task StartAsync_JobStoreIsNotPostgreSql_FailsAndSaysWhatToCall() => FailsAsync(
        services =>
        {
            services.AddCliplyDiagnostics().ShareSnapshots();
            services.Replace(ServiceDescriptor.Singleton<IJobStoreCollector>(new ScriptedStore(TimeProvider.System)));
        },
        "ShareSnapshots shares through the job store in PostgreSQL, and the job store is another one. Call ShareSnapshotsInDistributedCache instead, or leave it out.");

    [Fact]
    public Task StartAsync_NoCacheIsRegistered_FailsAndSaysWhatToRegister() => FailsAsync(
        services => services.AddCliplyDiagnostics().ShareSnapshotsInDistributedCache(),
        "ShareSnapshotsInDistributedCache needs an IDistributedCache, and none is registered. Register one, as with AddStackExchangeRedisCache, or call ShareSnapshots instead.");

    [Fact]
    public Task StartAsync_NothingIsKept_FailsAndNamesTheKey() => FailsAsync(
        services => services.AddCliplyDiagnostics(o => o.SnapshotMaxAge = TimeSpan.Zero).ShareSnapshots(),
        "Cliply:Diagnostics:SnapshotMaxAge (00:00:00) leaves nothing to share. Raise it, or leave ShareSnapshots out.");

    [Fact]
    public Task StartAsync_TableIsEmpty_FailsAndNamesTheKey() => FailsAsync(
        services => services.AddCliplyDiagnostics().ShareSnapshots(o => o.Table = ""),
        "Table: The SnapshotSharingOptions.Table field is required.");

    [Fact]
    public async Task StartAsync_CacheIsRegisteredAfterwards_Starts()
    {
        using var host = Build([], services =>
        {
            services.AddCliplyDiagnostics().ShareSnapshotsInDistributedCache();
            services.AddDistributedMemoryCache();
        });

        await host.StartAsync(TestContext.Current.CancellationToken);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    private static async Task FailsAsync(Action<IServiceCollection> services, string expected)
    {
        using var host = Build([], services);

        (await FluentActions.Awaiting(() => host.StartAsync(TestContext.Current.CancellationToken)).Should().ThrowAsync<OptionsValidationException>())
            .Which.Message.Should().Be(expected);
    }

    private static IHost Build(Dictionary<string, string?> configuration, Action<IServiceCollection> services)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(configuration);
        services(builder.Services);
        return builder.Build();
    }
}
