using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Json;
using Cliply.Diagnostics.Reports;
using RulesEngine.Models;

namespace Cliply.Diagnostics.Benchmarks;

/// <summary>Classifying beside RulesEngine 6, which evaluates five of the rules and writes no texts.</summary>
[MemoryDiagnoser]
public class ClassifyBenchmarks
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private readonly DiagnosisClassifier _classifier = new();
    private readonly DiagnosticSnapshot _healthy = Healthy();
    private readonly DiagnosticSnapshot _broken = Broken();
    private readonly RulesEngine.RulesEngine _rules = new(JsonSerializer.Deserialize<Workflow[]>("""
        [{ "WorkflowName": "fleet", "Rules": [
          { "RuleName": "backlog", "Expression": "queue.Runnable > 100 || queue.OldestRunnableAgeSeconds > 3600" },
          { "RuleName": "dead-letters", "Expression": "queue.DeadLetter > 20 || queue.DeadLetteredLastHour > 10" },
          { "RuleName": "no-workers", "Expression": "workers.Active == 0" },
          { "RuleName": "stale", "Expression": "workers.Active > 0 && workers.Stale > 0" },
          { "RuleName": "failing", "Expression": "queue.FailedLast5Minutes >= 5 && queue.FailedLast5Minutes * 10 >= queue.FailedLast5Minutes + queue.CompletedLast5Minutes" } ] }]
        """)!);

    private RuleParameter[] _parameters = [];

    [GlobalSetup]
    public void Check()
    {
        _parameters = [new RuleParameter("queue", _healthy.Queue.Value), new RuleParameter("workers", _healthy.Workers.Value)];
        var found = _classifier.Classify(_broken).Diagnoses.Count;
        if (found != 10 || _classifier.Classify(_healthy).Status != FleetStatus.Healthy)
        {
            throw new InvalidOperationException($"Expected 10 diagnoses and a healthy fleet, found {found}.");
        }
    }

    [Benchmark]
    public DiagnosticReport HealthySnapshot() => _classifier.Classify(_healthy);

    [Benchmark]
    public DiagnosticReport TenDiagnosesWithAllTexts() => _classifier.Classify(_broken);

    [Benchmark(Baseline = true)]
    public async Task<List<RuleResultTree>> FiveRulesByRulesEngine() => await _rules.ExecuteAllRulesAsync("fleet", _parameters);

    [Benchmark]
    public byte[] TenDiagnosesAsJson() => ReportJson.Write(_classifier.Classify(_broken));

    private static DiagnosticSnapshot Healthy() => new()
    {
        SchemaVersion = 1,
        CapturedAt = Now,
        Workers = new WorkersEvidence { LivenessSource = LivenessSource.Registry, Active = 2, Stale = 0, LastHeartbeatAt = Now.AddSeconds(-4) },
        Queue = new QueueEvidence { Runnable = 3, Scheduled = 0, Running = 2, Failed = 0, DeadLetter = 0, OldestRunnableAgeSeconds = 20, StaleRunning = 0, ClaimedLast5Minutes = 9, CompletedLast5Minutes = 8, FailedLast5Minutes = 0, DeadLetteredLastHour = 0 },
        Binaries = Section.List(new BinaryEvidence { Name = "ffmpeg", Status = BinaryStatus.Available }, new BinaryEvidence { Name = "yt-dlp", Status = BinaryStatus.Available }),
        Database = new DatabaseEvidence { Status = DatabaseStatus.Ok, MissingFunctions = [], MissingIndexes = [] },
        Environment = new EnvironmentEvidence { MissingRequired = [], MissingRecommended = [], Invalid = [] },
    };

    private static DiagnosticSnapshot Broken() => Healthy() with
    {
        Workers = new WorkersEvidence { LivenessSource = LivenessSource.Registry, Active = 3, Stale = 1, LastHeartbeatAt = Now.AddSeconds(-400) },
        Queue = new QueueEvidence { Runnable = 500, Running = 1, DeadLetter = 200, DeadLetteredLastHour = 50, OldestRunnableAgeSeconds = 4000, StaleRunning = 1, ClaimedLast5Minutes = 5, CompletedLast5Minutes = 1, FailedLast5Minutes = 99 },
        Binaries = Section.List(new BinaryEvidence { Name = "ffmpeg", Status = BinaryStatus.NotFound }),
        Environment = new EnvironmentEvidence { MissingRequired = ["SUPABASE_URL"] },
        Deployments = Section.List(new DeploymentEvidence
        {
            Platform = DeploymentPlatform.Kubernetes,
            Name = "worker",
            DesiredReplicas = 4,
            RestartsLast5Minutes = 9,
            Instances = [new InstanceEvidence { Id = "worker-0", State = InstanceState.Running }, new InstanceEvidence { Id = "worker-1", State = InstanceState.Waiting, Reason = "CrashLoopBackOff" }],
        }),
        Resources = Section.List(new ResourceEvidence { Instance = "worker-0", CpuPercent = 99 }),
    };
}
