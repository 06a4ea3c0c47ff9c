// A host with a scenario, a log pattern and a collector of its own, asked by a controller and in the background.
using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios;
using Microsoft.AspNetCore.Mvc;

try
{
    var builder = WebApplication.CreateBuilder(args);
    builder.Services.AddControllers();
    builder.Services.AddCliplyHealthChecks();
    builder.Services.AddSingleton<IScenario>(new DiskScenario(builder.Configuration.GetValue("DiskLimit", 90.0)));
    builder.Services.AddSingleton<ILogPattern, DiskFullPattern>();
    builder.Services.AddSingleton<IEvidenceCollector, VolumeCollector>();
    builder.Services.AddHostedService<Reporter>();
    var app = builder.Build();
    app.MapControllers();
    await app.RunAsync();
    return 0;
}
catch (Exception exception) when (exception is not HostAbortedException)
{
    await Console.Error.WriteLineAsync(exception.Message);
    return 1;
}

internal sealed class DiskScenario(double limit) : IScenario
{
    private static readonly IReadOnlyList<string> Steps = ["Free space.", "Look again."];

    public string Code => "disk-almost-full";

    public Diagnosis? Diagnose(FleetFacts facts)
    {
        var full = facts.Snapshot.Resources.Value?.Where(r => r.CpuPercent > limit).ToList() ?? [];
        if (full.Count == 0 || facts.AgeOf(facts.Snapshot.CapturedAt) > TimeSpan.FromMinutes(5))
        {
            return null;
        }

        var lines = new List<EvidenceLine>();
        foreach (var resource in full)
        {
            lines.Add(new EvidenceLine($"resources.{resource.Instance}", Text(resource), $"<= {limit}", "volumes", facts.Snapshot.CapturedAt));
        }

        return new Diagnosis
        {
            Code = Code,
            Title = "Disk almost full",
            Severity = Severity.Warning,
            Summary = $"{full.Count} volumes are over {limit} %.",
            Evidence = lines,
            Verification = Steps,
            Runbook = "https://runbooks.example/disk",
        };
    }

    public bool Explains(Diagnosis own, Diagnosis other, FleetFacts facts) => other.Code == DiagnosisCodes.JobsFailing && facts.HasPattern("disk-full");

    private static string Text(ResourceEvidence resource) => $"{resource.CpuPercent:0} %";
}

internal sealed class DiskFullPattern : ILogPattern
{
    public string Code => "disk-full";

    public IReadOnlyList<string> Phrases { get; } = ["no space left on device", "ENOSPC"];

    public bool Confirms(ReadOnlySpan<char> text, int start, int length) => !text[..start].Contains("simulated", StringComparison.OrdinalIgnoreCase);
}

internal sealed class VolumeCollector(TimeProvider time) : IEvidenceCollector
{
    public string Name => "volumes";

    public IReadOnlyList<SnapshotSection> Sections => [SnapshotSection.Resources];

    public bool SeesWholeFleet => false;

    public Task<CollectedEvidence> CollectAsync(CancellationToken cancellationToken)
    {
        var drive = new DriveInfo("/");
        var percent = 100.0 * (drive.TotalSize - drive.AvailableFreeSpace) / drive.TotalSize;
        return Task.FromResult(new CollectedEvidence { CapturedAt = time.GetUtcNow(), Resources = Section.List(new ResourceEvidence { Instance = Environment.MachineName, CpuPercent = percent }) });
    }
}

[ApiController]
[Route("fleet")]
public sealed class FleetController(IFleetDiagnostics diagnostics) : ControllerBase
{
    [HttpGet]
    public async Task<ActionResult<string>> GetAsync(CancellationToken cancellationToken)
    {
        var pending = diagnostics.DiagnoseAsync(cancellationToken);
        await Task.WhenAny(pending, Task.Delay(TimeSpan.FromSeconds(1), cancellationToken));
        return pending.IsCompletedSuccessfully ? pending.Result.Report.Status.ToString() : Accepted();
    }
}

internal sealed class Reporter(IFleetDiagnostics diagnostics, ILogger<Reporter> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var reading = await diagnostics.DiagnoseAsync(stoppingToken);
            logger.LogInformation("The fleet is {Status}, read at {Time}", reading.Report.Status, DateTime.UtcNow);
            await Task.Delay(TimeSpan.FromMinutes(1), stoppingToken);
        }
    }
}
