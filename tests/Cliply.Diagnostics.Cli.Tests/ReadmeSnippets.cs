using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.WorkerHeartbeats;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Cliply.Diagnostics.Cli.Tests;

/// <summary>Every snippet of the README, line by line, so that it compiles.</summary>
internal static class ReadmeSnippets
{
    public static void Register(Builder builder)
    {
        builder.Services.AddCliplyHealthChecks();

        builder.Services.AddCliplySqliteJobStore("Data Source=jobs.db");

        builder.Services.AddCliplyHealthChecks()
            .AddKubernetes(options => options.LabelSelector = "app=worker")
            .AddPrometheus("http://prometheus:9090", options => options.Matchers = "cluster=\"eu\"");

        builder.Services.AddCliplyHealthChecks()
            .AddSystemd("cliply-worker@*")
            .AddLogs("/var/log/cliply");

        builder.Services.AddCliplyWorkerHeartbeat();

        builder.Services.AddCliplyHealthChecks(options =>
        {
            options.ReadingsBeforeChange = 3;
            options.Thresholds.BacklogJobs = 500;
            options.JobStore.Schema = "queue";
        });
    }

    /// <summary>Apart from the above: a SQLite file can't be shared.</summary>
    public static void Share(Builder builder)
    {
        builder.Services.AddCliplyHealthChecks().ShareSnapshots();

        builder.Services.AddCliplyHealthChecks().AddWebhook(options => options.Url = builder.Configuration["ALERT_WEBHOOK"]);
    }

    public static void Map(WebApplication app)
    {
        app.MapCliplyProbes(); // /livez, /readyz, /startupz
        app.MapCliplyMetrics(); // /metrics
        app.MapCliplyDiagnostics().RequireAuthorization("operators"); // /diagnostics
    }

    public static async Task WorkAsync(Queue queue, IWorkerActivity activity)
    {
        var job = await queue.ClaimAsync(activity.WorkerId); // activity: the host's IWorkerActivity
        using var running = activity.Begin(job.Kind);
    }

    public static async Task AskAsync(IServiceProvider provider, CancellationToken cancellationToken)
    {
        var reading = await provider.GetRequiredService<IFleetDiagnostics>().DiagnoseAsync(cancellationToken);
        foreach (var diagnosis in reading.Report.Diagnoses)
        {
            Console.WriteLine($"{diagnosis.Severity}: {diagnosis.Summary}");
        }
    }

    /// <summary>Stands for a host's builder.</summary>
    internal sealed record Builder(IServiceCollection Services)
    {
        public Dictionary<string, string?> Configuration { get; } = new() { ["ALERT_WEBHOOK"] = "https://alerts.example/hook" };
    }

    /// <summary>Stands for a host's queue.</summary>
    internal abstract class Queue
    {
        public abstract Task<(Guid Id, string Kind)> ClaimAsync(string workerId);
    }
}
