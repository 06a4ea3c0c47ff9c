using System.Text.RegularExpressions;
using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Runbook;
using Cliply.Diagnostics.Scenarios;
using static Cliply.Diagnostics.Tests.Snapshots;

namespace Cliply.Diagnostics.Tests.Reports;

/// <summary>Every page of the report is whole: texts, commands and their marks, runbook anchors, filled placeholders.</summary>
public sealed partial class PagesTests
{
    private static readonly DiagnosticSnapshot Broken = new()
    {
        SchemaVersion = 1,
        CapturedAt = Now,
        Workers = new WorkersEvidence { LivenessSource = LivenessSource.Registry, Active = 3, Stale = 1, LastHeartbeatAt = Ago(400) },
        Queue = new QueueEvidence
        {
            Runnable = 500,
            Running = 1,
            DeadLetter = 200,
            DeadLetteredLastHour = 50,
            OldestRunnableAgeSeconds = 4000,
            StaleRunning = 1,
            ClaimedLast5Minutes = 0,
            CompletedLast5Minutes = 1,
            FailedLast5Minutes = 99,
            Kinds = [new QueueKind { Kind = "YOUTUBE_DOWNLOAD", Runnable = 500, Running = 1, Failed = 9, DeadLetter = 200 }],
        },
        Binaries = Section.List(new BinaryEvidence { Name = "ffmpeg", Status = BinaryStatus.NotFound }, new BinaryEvidence { Name = "yt-dlp", Status = BinaryStatus.Failed, Path = "/usr/bin/yt-dlp" }),
        Database = new DatabaseEvidence { Status = DatabaseStatus.TooManyConnections, SqlState = "53300", MissingFunctions = ["worker_fail"], MissingIndexes = [new MissingIndex { Purpose = "running jobs", Sql = "create index concurrently x on jobs (state) where state in ('running')" }] },
        Environment = new EnvironmentEvidence { MissingRequired = ["SUPABASE_URL"], MissingRecommended = ["LOG_LEVEL"], Invalid = [] },
        Deployments = Section.List(Deployment(4, Running("worker-7d9f"), Waiting("worker-8e0a", "CrashLoopBackOff")) with { Name = "clips", RestartsLast5Minutes = 9 }),
        Resources = Section.List(new ResourceEvidence { Instance = "worker-7d9f", CpuPercent = 99, MemoryBytes = 99, MemoryLimitBytes = 100, IoWaitPercent = 30 }),
        Logs = Section.List(Log() with { Findings = [Finding("uncaught-exception")] }),
        History = Section.List<HistoryPoint>(),
    };

    private static readonly DiagnosticSnapshot NobodyThere = Broken.W(w => w with { Active = 0, LastHeartbeatAt = Ago(-120) }).Deployed(2);

    private static readonly DiagnosticSnapshot AllStuck = Broken.W(w => w with { LastHeartbeatAt = Ago(4000) });

    private static IEnumerable<DiagnosticSnapshot> Examples => DiagnosisEntries.All.SelectMany(e => e.Forms).Select(f => f.Example(new DiagnosisThresholds()));

    private static IEnumerable<Diagnosis> Pages => new[] { Broken, NobodyThere, AllStuck }.Concat(Examples).SelectMany(s => s.Classify().Diagnoses);

    [Fact]
    public void Pages_Together_CoverEveryScenario() =>
        BuiltInScenarios.All.Select(s => s.Code).Except(Pages.Select(p => p.Code)).Should().BeEmpty("the examples of a diagnosis show it");

    [Fact]
    public void Page_Any_HasAllItsParts()
    {
        foreach (var page in Pages)
        {
            new[] { page.Title, page.Summary, page.Impact }.Should().OnlyContain(t => !string.IsNullOrWhiteSpace(t), page.Code);
            page.NextChecks.Should().NotBeEmpty(page.Code);
            page.Verification.Should().NotBeEmpty(page.Code);
            page.Evidence.Should().NotBeEmpty(page.Code).And.OnlyContain(e => e.Metric != "" && e.Value != "" && e.Expected != "" && e.Source != "" && e.At != default, page.Code);
            if (page.Severity != Severity.Info)
            {
                page.Remediation.Select(r => r.Horizon).Distinct().Order().Should().Equal(RemediationHorizon.Quick, RemediationHorizon.Medium, RemediationHorizon.Long);
            }
        }
    }

    [Fact]
    public void Page_Runbook_LeadsToAHeading()
    {
        var slugs = File.ReadAllLines(Path.Combine(AppContext.BaseDirectory, "Data", "worker-debugging.md"))
            .Where(l => l.StartsWith('#'))
            .Select(l => "worker-debugging.md#" + NotInSlug().Replace(l.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-'))
            .ToList();

        Pages.Select(p => p.Runbook).Should().OnlyContain(r => slugs.Contains(r!));
    }

    [Fact]
    public void Page_ScenariosOneToFive_HaveCommandsForEveryPlatform()
    {
        foreach (var page in Pages.Where(p => p.Scenario is not null))
        {
            Commands(page).Select(c => c.Platform).Should().Contain([CommandPlatform.Docker, CommandPlatform.Kubernetes, CommandPlatform.Systemd], page.Code);
            page.Remediation.SelectMany(r => r.Commands).Should().Contain(c => c.Effect == CommandEffect.Changing, page.Code);
        }
    }

    [Fact]
    public void Command_Any_IsMarkedByWhatItDoes()
    {
        foreach (var command in Pages.SelectMany(Commands))
        {
            (command.Effect == CommandEffect.Changing).Should().Be(Changes().IsMatch(command.Command), command.Command);
            command.Command.Should().NotMatchRegex("<[a-z-]+>|\\{[a-zA-Z]+\\}", command.Command);
        }
    }

    [Fact]
    public void Command_Placeholders_AreFilledFromTheEvidence()
    {
        var commands = Broken.Classify().Diagnoses.SelectMany(Commands).Select(c => c.Command).ToList();

        commands.Should().Contain("kubectl logs worker-8e0a --previous --tail=200")
            .And.Contain("kubectl describe pod worker-8e0a")
            .And.Contain("kubectl rollout restart deployment clips")
            .And.Contain("kubectl set env deployment clips SUPABASE_URL=\"$SUPABASE_URL\"");
        NobodyThere.Deployed(7).Classify().Diagnoses.SelectMany(Commands).Select(c => c.Command).Should().Contain("kubectl scale deployment worker --replicas=7");
    }

    [Fact]
    public void Command_InstallOnAHost_RestartsTheUnitOfTheEvidence() =>
        (Broken with { Deployments = Section.List(Deployment(2, Running("a")) with { Platform = DeploymentPlatform.Systemd, Name = "clips" }) }).Classify().Diagnoses.SelectMany(Commands).Select(c => c.Command)
            .Should().Contain("apt-get install -y ffmpeg && systemctl restart clips");

    [Fact]
    public void Command_NoWorkerRuns_FindsTheStoppedContainers()
    {
        DockerOf(Healthy.W(w => w with { Active = 0, LastHeartbeatAt = null }), "no-workers-running").Should().Contain("docker restart $(docker ps -aq -f name=worker)")
            .And.Contain("docker logs --tail 100 \"$(docker ps -aq -f name=worker | head -1)\"");
        DockerOf(NotClaiming, "workers-not-claiming").Should().Contain("docker restart $(docker ps -q -f name=worker)");

        static IEnumerable<string> DockerOf(DiagnosticSnapshot snapshot, string code) => Commands(snapshot.Classify().Diagnoses.Single(d => d.Code == code)).Select(c => c.Command);
    }

    [Theory]
    [InlineData("worker; rm -rf /", "'worker; rm -rf /'")]
    [InlineData("$(id)", "'$(id)'")]
    [InlineData("it's", "'it'\\''s'")]
    [InlineData("-rf", "'-rf'")]
    [InlineData("", "''")]
    [InlineData("worker-7d9f.ns/x", "worker-7d9f.ns/x")]
    public void Command_HostileName_IsOneShellWord(string name, string word) =>
        (Healthy with { Deployments = Section.List(Deployment(2, Running("a")) with { Name = name, RestartsLast5Minutes = 9 }) }).Classify().Diagnoses.SelectMany(Commands).Select(c => c.Command)
            .Should().Contain($"kubectl rollout restart deployment {word}");

    [Fact]
    public void Impact_NamesTheKindsThatSuffer() =>
        Broken.Classify().Diagnoses.Single(d => d.Code == "queue-backlog").Impact.Should().Be("Users wait longer for their results: YOUTUBE_DOWNLOAD (500).");

    [Theory]
    [InlineData("no-workers-running", "0 of 2 desired workers run while 500 jobs wait, the oldest for 66 min.")]
    [InlineData("environment-incomplete", "Required and not set: SUPABASE_URL.")]
    [InlineData("clock-skew", "The last heartbeat lies 2 min in the future.")]
    [InlineData("dead-letter-spike", "200 jobs have run out of retries, 50 of them within the last hour.")]
    [InlineData("jobs-failing", "99 of the 100 attempts that ended within 5 minutes failed (99 %).")]
    [InlineData("resources-exhausted", "memory, CPU and I/O wait at or over the limit on 1 instance.")]
    [InlineData("job-store-unindexed", "Reading the queue costs a scan (running jobs). To end that: create index concurrently x on jobs (state) where state in ('running')")]
    public void Summary_HoldsTheNumbers(string code, string expected) => NobodyThere.Classify().Diagnoses.Single(d => d.Code == code).Summary.Should().Be(expected);

    [Fact]
    public void Summary_MissingIndexWithoutSql_EndsWithThePurpose() =>
        Healthy.D(d => d with { MissingIndexes = [new MissingIndex { Purpose = "running jobs" }] }).Classify().Diagnoses.Single().Summary.Should().Be("Reading the queue costs a scan (running jobs).");

    [Fact]
    public void Summary_DatabaseUnavailable_SaysWhatTheCollectorSays() =>
        (Healthy with { Queue = new SectionFailure("schemaMissing", "the table public.jobs is not there") }).D(d => d with { Status = DatabaseStatus.SchemaMissing }).Classify().Diagnoses.Single().Summary
            .Should().Be("The job store can't be used: the table public.jobs is not there.");

    [Fact]
    public void Summary_CountThatStoppedAtTheCap_SaysOrMore() =>
        Healthy.Q(q => q with { Runnable = 10_000, LowerBounds = ["runnable"] }).Classify().Diagnoses.Single(d => d.Code == "queue-backlog").Summary.Should().Be("10000 or more jobs wait, the oldest for 20 s.");

    private static IEnumerable<RunbookCommand> Commands(Diagnosis page) => page.NextChecks.SelectMany(c => c.Commands).Concat(page.Remediation.SelectMany(r => r.Commands));

    [GeneratedRegex("[^\\p{L}\\p{N} _-]")]
    private static partial Regex NotInSlug();

    [GeneratedRegex("restart|scale|delete|rollout undo|apply|compose up|build|push|set env|set resources|set-property|docker update|systemctl (start|enable|edit)|apt-get|create index")]
    private static partial Regex Changes();
}
