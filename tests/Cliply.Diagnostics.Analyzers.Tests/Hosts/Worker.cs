// A worker: its heartbeat, a webhook that is told of problems, and a password that comes from a file of the orchestrator.
using Cliply.Diagnostics.WorkerHeartbeats;

var builder = Host.CreateApplicationBuilder(args);
var password = File.Exists("/run/secrets/db") ? (await File.ReadAllTextAsync("/run/secrets/db")).Trim() : Environment.GetEnvironmentVariable("PGPASSWORD");
builder.Services.AddCliplyWorkerHeartbeat(options =>
{
    options.Interval = TimeSpan.FromSeconds(5);
    options.Version = typeof(Worker).Assembly.GetName().Version?.ToString();
});
builder.Services.AddCliplyHealthChecks(options =>
{
    options.ConnectionString = $"Host=db;Username=worker;Password={password};Database=cliply";
    options.Thresholds.HeartbeatFresh = TimeSpan.FromMinutes(2);
    options.Thresholds.HeartbeatStale = TimeSpan.FromMinutes(5);
}).AddSystemd("cliply-worker@*").AddLogs("/var/log/cliply").AddWebhook(options => options.Url = builder.Configuration["ALERT_WEBHOOK"]);
builder.Services.AddHostedService<Worker>();
await builder.Build().RunAsync();

internal sealed class Worker(IWorkerActivity activity, ILogger<Worker> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            using var running = activity.Begin("TRANSCRIBE");
            logger.LogInformation("{Worker} works at {Time}", activity.WorkerId, DateTimeOffset.UtcNow);
        }
    }
}
