using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Sqlite.Tests;

/// <summary>Hosts that share what they have collected of a SQLite file.</summary>
public sealed class SqliteSharingTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cliply-sqlite-").FullName;
    private readonly MemoryDistributedCache _cache = new(Options.Create(new MemoryDistributedCacheOptions()));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string File => Path.Combine(_folder, "jobs.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task StartAsync_ShareSnapshotsWithoutPostgreSql_FailsAndSaysWhatToCall()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddCliplyDiagnostics().ShareSnapshots();
        builder.Services.AddCliplySqliteJobStore($"Data Source={File}");
        using var host = builder.Build();

        (await FluentActions.Awaiting(() => host.StartAsync(Cancellation)).Should().ThrowAsync<OptionsValidationException>())
            .Which.Message.Should().Be("ShareSnapshots shares through the job store in PostgreSQL, and the job store is another one. Call ShareSnapshotsInDistributedCache instead, or leave it out.");
    }

    [Fact]
    public async Task DiagnoseAsync_ThroughACache_OneHostReadsTheFileAndTheOtherTakesIt()
    {
        Create();
        await using var one = Build();
        await using var two = Build();

        var first = await DiagnoseAsync(one);
        var second = await DiagnoseAsync(two);

        first.Collectors.Select(c => c.Name).Should().Contain("sqlite").And.NotContain("shared");
        second.Collectors.Select(c => c.Name).Should().Contain("shared").And.NotContain("sqlite").And.Contain("binaries").And.Contain("environment");
        second.Snapshot.Queue.Value!.Runnable.Should().Be(1);
        second.Snapshot.CapturedAt.Should().Be(first.Snapshot.CapturedAt);
        second.Snapshot.Database.Value!.Status.Should().Be(DatabaseStatus.Ok);
    }

    [Fact]
    public async Task DiagnoseAsync_FileIsGone_IsDiagnosedThoughTheCacheHoldsEvidence()
    {
        Create();
        await using var one = Build();
        await using var two = Build();
        await DiagnoseAsync(one);
        System.IO.File.Delete(File);

        var reading = await DiagnoseAsync(two);

        reading.Snapshot.Database.Value!.Status.Should().NotBe(DatabaseStatus.Ok);
        reading.Collectors.Select(c => c.Name).Should().Contain("sqlite").And.NotContain("shared");
    }

    private static Task<FleetReading> DiagnoseAsync(ServiceProvider provider) => provider.GetRequiredService<IFleetDiagnostics>().DiagnoseAsync(Cancellation);

    private ServiceProvider Build()
    {
        var services = new ServiceCollection();
        services.AddCliplyDiagnostics(o => (o.SnapshotMaxAge, o.CollectorDeadline, o.CollectionDeadline) = (TimeSpan.FromMinutes(5), TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(40))).ShareSnapshotsInDistributedCache();
        services.AddSingleton<IDistributedCache>(_cache);
        services.AddCliplySqliteJobStore($"Data Source={File}");
        return services.BuildServiceProvider();
    }

    private void Create()
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "create table jobs (id integer primary key, kind text not null, state text not null, run_at text, locked_by text); insert into jobs (kind, state) values ('TRANSCRIBE', 'queued')";
        command.ExecuteNonQuery();
    }
}
