using System.Diagnostics;
using System.Globalization;
using Cliply.Diagnostics.Collection;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Cliply.Diagnostics.Benchmarks;

/// <summary>One collection, as the library sends it, beside the two plain aggregates that it replaces. Prints one row of a table.</summary>
internal static class CollectionQuery
{
    private const string ByKindAndState = "select kind, state, count(*) from jobs where state in ('queued', 'pending', 'running', 'processing', 'failed', 'error', 'dead_letter') group by kind, state";

    private const string ActiveWorkers = "select count(distinct locked_by) from jobs where state in ('running', 'processing') and heartbeat_at > now() - interval '10 minutes'";

    public static async Task RunAsync(string connectionString, string finished)
    {
        await using var source = NpgsqlDataSource.Create(connectionString + ";Command Timeout=600");
        var byKindAndState = await MedianAsync(5, () => ExecuteAsync(source, ByKindAndState));
        var activeWorkers = await MedianAsync(5, () => ExecuteAsync(source, ActiveWorkers));

        var (unindexed, advice) = await CollectAsync(connectionString, 5);
        await ExecuteAsync(source, advice ?? throw new InvalidOperationException("The table was expected to lack the advised index."));
        await ExecuteAsync(source, "vacuum analyze jobs");
        var (indexed, _) = await CollectAsync(connectionString, 200);

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {finished} | {indexed:0.0} ms | {unindexed:0} ms | {byKindAndState:0} ms | {activeWorkers:0} ms | {(byKindAndState + activeWorkers) / indexed:0} × |"));
    }

    private static async Task<(double Median, string? Advice)> CollectAsync(string connectionString, int times)
    {
        var services = new ServiceCollection();
        services.AddCliplyDiagnostics(options =>
        {
            options.ConnectionString = connectionString;
            options.SnapshotMaxAge = TimeSpan.Zero;
            (options.CollectorDeadline, options.CollectionDeadline) = (TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2));
        });
        await using var provider = services.BuildServiceProvider();
        var diagnostics = provider.GetRequiredService<IFleetDiagnostics>();
        var first = await diagnostics.DiagnoseAsync();
        var queue = first.Snapshot.Queue.Value ?? throw new InvalidOperationException(first.Snapshot.Queue.Unavailable?.Message);
        await Console.Error.WriteLineAsync($"{queue.Runnable} runnable, {queue.Running} running, {queue.DeadLetter} dead letters, lower bounds: {string.Join(", ", queue.LowerBounds!)}");

        var durations = new List<double>();
        for (var i = 0; i < times; i++)
        {
            var reading = await diagnostics.DiagnoseAsync();
            durations.Add(reading.Collectors.Single(c => c.Name == "postgresql").Duration.TotalMilliseconds);
        }

        return (Median(durations), first.Snapshot.Database.Value!.MissingIndexes is [var index, ..] ? index.Sql : null);
    }

    private static async Task<double> MedianAsync(int times, Func<Task> run)
    {
        var durations = new List<double>();
        for (var i = 0; i < times; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await run();
            durations.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        return Median(durations);
    }

    private static double Median(List<double> durations)
    {
        durations.Sort();
        return durations[durations.Count / 2];
    }

    private static async Task ExecuteAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
        }
    }
}
