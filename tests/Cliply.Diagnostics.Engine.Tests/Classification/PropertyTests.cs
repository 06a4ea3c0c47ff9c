using System.Text;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Json;
using Cliply.Diagnostics.Reports;
using CsCheck;

namespace Cliply.Diagnostics.Tests.Classification;

/// <summary>What holds for every snapshot there can be.</summary>
public sealed class PropertyTests
{
    private const long Iterations = 3_000;

    private static readonly Gen<DateTimeOffset> Time = Gen.OneOf(
        Gen.Int[-4_000, 4_000].Select(s => Snapshots.Now.AddSeconds(s)),
        Gen.OneOfConst(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, Snapshots.Now, Snapshots.Ago(300), Snapshots.Ago(600), Snapshots.Ago(900)));

    private static readonly Gen<long> Count = Gen.OneOf(Gen.Long[0, 12], Gen.Long[0, 1_000], Gen.OneOfConst(0L, 1L, 20L, 21L, 100L, 101L, 300L, 301L, 3_601L, long.MaxValue));

    private static readonly Gen<long?> MaybeCount = Maybe(Count);

    private static readonly Gen<DateTimeOffset?> MaybeTime = Maybe(Time);

    private static readonly Gen<double?> MaybePercent = Maybe(Gen.OneOf(Gen.Double[0, 120], Gen.OneOfConst(0.0, 20.0, 90.0, 95.0, double.MaxValue)));

    private static readonly Gen<string> Text = Gen.OneOf(Gen.OneOfConst("worker", "worker; rm -rf /", "$(id)", "[red]", "a'b", "", "\n", "é"), Gen.String[0, 8]);

    private static readonly Gen<string> Pattern = Gen.OneOfConst(
        "env-not-configured", "ffmpeg-not-found", "yt-dlp-not-found", "database-unreachable", "database-authentication", "database-too-many-connections", "host-not-found", "network-timeout",
        "node-heap-out-of-memory", "oom-killed", "segmentation-fault", "unhandled-rejection", "uncaught-exception", "ffmpeg-timeout", "source-file-missing", "credentials-expired", "stuck-job-recovery", "polling", "own");

    private static readonly Gen<WorkersEvidence> Workers = Gen.Select(
        Gen.OneOfConst(LivenessSource.Registry, LivenessSource.JobLocks), Count, MaybeCount, MaybeTime,
        (source, active, stale, last) => new WorkersEvidence { LivenessSource = source, Active = active, Stale = stale, LastHeartbeatAt = last });

    private static readonly Gen<QueueKind> Kind = Gen.Select(
        Gen.OneOfConst("TRANSCRIBE", "CLIP_RENDER", "YOUTUBE_DOWNLOAD", "PUBLISH_TIKTOK"), MaybeCount, MaybeCount, MaybeCount, MaybeCount,
        (kind, runnable, running, failed, dead) => new QueueKind { Kind = kind, Runnable = runnable, Running = running, Failed = failed, DeadLetter = dead });

    private static readonly Gen<QueueError> Error = Gen.Select(MaybeText(Pattern), MaybeCount, MaybeTime, (pattern, count, at) => new QueueError { Pattern = pattern, Count = count, LastAt = at });

    private static readonly Gen<QueueEvidence> Queue = Gen.Select(
        Gen.Select(Count, Count, Count), Gen.Select(MaybeCount, MaybeCount, MaybeCount), Gen.Select(MaybeCount, MaybeCount, MaybeCount, MaybeCount), Kind.Array[0, 4], Error.Array[0, 3], Gen.Bool, Gen.Bool,
        (counts, age, rates, kinds, errors, hasKinds, hasErrors) => new QueueEvidence
        {
            Runnable = counts.Item1,
            Running = counts.Item2,
            DeadLetter = counts.Item3,
            OldestRunnableAgeSeconds = age.Item1,
            StaleRunning = age.Item2,
            Scheduled = age.Item3,
            ClaimedLast5Minutes = rates.Item1,
            CompletedLast5Minutes = rates.Item2,
            FailedLast5Minutes = rates.Item3,
            DeadLetteredLastHour = rates.Item4,
            Kinds = hasKinds ? kinds : null,
            Errors = hasErrors ? errors : null,
        });

    private static readonly Gen<InstanceEvidence> Instance = Gen.Select(
        Text, Gen.OneOfConst(InstanceState.Running, InstanceState.Waiting, InstanceState.Terminated),
        MaybeText(Gen.OneOfConst("CrashLoopBackOff", "ContainerCreating", "PodInitializing", "ImagePullBackOff", "OOMKilled", "Error")),
        Gen.Select(Code(), Code()), Gen.Select(MaybeTime, MaybeTime),
        (id, state, reason, codes, times) => new InstanceEvidence
        {
            Id = id,
            State = state,
            Reason = reason,
            ExitCode = codes.Item1,
            LastExitCode = codes.Item2,
            LastTerminationReason = codes.Item2 == 137 ? "OOMKilled" : null,
            StartedAt = times.Item1,
            LastTerminatedAt = times.Item2,
        });

    private static readonly Gen<DeploymentEvidence> Deployment = Gen.Select(
        Gen.OneOfConst(DeploymentPlatform.Kubernetes, DeploymentPlatform.Docker, DeploymentPlatform.Systemd, DeploymentPlatform.Process), Text, MaybeCount, MaybeCount, Instance.Array[0, 3],
        (platform, name, desired, restarts, instances) => new DeploymentEvidence { Platform = platform, Name = name, DesiredReplicas = desired, RestartsLast5Minutes = restarts, Instances = instances });

    private static readonly Gen<LogEvidence> Log = Gen.Select(
        Text, MaybeCount, MaybeTime, Maybe(Gen.Double[0, 1]), Gen.Select(Pattern, MaybeCount, MaybeTime, (p, c, t) => new LogFinding { Pattern = p, Count = c, LastAt = t }).Array[0, 3],
        (source, lines, last, share, findings) => new LogEvidence { Source = source, Lines = lines, LastLineAt = last, DominantLineShare = share, Findings = findings });

    private static readonly Gen<DiagnosticSnapshot> Snapshot = Gen.Select(
        Gen.Select(Workers, Queue, Gen.Int[0, 511], Time),
        Gen.Select(Gen.OneOfConst("ffmpeg", "yt-dlp"), Gen.OneOfConst(Enum.GetValues<BinaryStatus>()), (name, status) => new BinaryEvidence { Name = name, Status = status }).Array[0, 3],
        Gen.Select(Gen.OneOfConst(Enum.GetValues<DatabaseStatus>()), Gen.OneOfConst("worker_heartbeat", "worker_claim_next_job", "worker_recover_stuck_jobs").Array[0, 2], (status, functions) => new DatabaseEvidence { Status = status, MissingFunctions = functions, MissingIndexes = [] }),
        Gen.Select(Text.Array[0, 2], Text.Array[0, 2], (missing, recommended) => new EnvironmentEvidence { MissingRequired = missing, MissingRecommended = recommended }),
        Deployment.Array[0, 3],
        Gen.Select(MaybePercent, MaybePercent, MaybeCount, MaybeCount, (cpu, io, used, limit) => new ResourceEvidence { CpuPercent = cpu, IoWaitPercent = io, MemoryBytes = used, MemoryLimitBytes = limit }).Array[0, 2],
        Log.Array[0, 3],
        Gen.Select(MaybeTime, MaybeCount, (at, count) => new HistoryPoint { At = at, ActiveWorkers = count }).Array[0, 6],
        (main, binaries, database, environment, deployments, resources, logs, history) =>
        {
            var known = main.Item3;
            var failure = new SectionFailure("timeout", "no answer");
            return new DiagnosticSnapshot
            {
                SchemaVersion = 1,
                CapturedAt = main.Item4,
                Workers = (known & 1) != 0 ? main.Item1 : (known & 2) != 0 ? failure : default(Section<WorkersEvidence>),
                Queue = (known & 4) != 0 ? main.Item2 : default(Section<QueueEvidence>),
                Binaries = Section.List<BinaryEvidence>(binaries),
                Database = (known & 8) != 0 ? database : failure,
                Environment = (known & 16) != 0 ? environment : default(Section<EnvironmentEvidence>),
                Deployments = (known & 32) != 0 ? Section.List<DeploymentEvidence>(deployments) : default,
                Resources = (known & 64) != 0 ? Section.List<ResourceEvidence>(resources) : Section.UnavailableList<ResourceEvidence>(failure),
                Logs = (known & 128) != 0 ? Section.List<LogEvidence>(logs) : default,
                History = (known & 256) != 0 ? Section.List<HistoryPoint>([.. history.DistinctBy(p => p.At)]) : default,
            };
        });

    [Fact]
    public void Classify_AnySnapshot_IsTotalDeterministicAndConsistent() => Snapshot.Sample(
        snapshot =>
        {
            var report = snapshot.Classify();
            var json = Encoding.UTF8.GetString(ReportJson.Write(report));

            json.Should().Be(Encoding.UTF8.GetString(ReportJson.Write(snapshot.Classify())));
            Encoding.UTF8.GetString(ReportJson.Write(ReportJson.Read(Encoding.UTF8.GetBytes(json)))).Should().Be(json);
            ReportMarkdown.Write(report).Should().NotBeEmpty();

            var worst = report.Diagnoses.Select(d => d.Severity).DefaultIfEmpty(Severity.Info).Max();
            report.Status.Should().Be(worst switch
            {
                Severity.Critical => FleetStatus.Unhealthy,
                Severity.Warning => FleetStatus.Degraded,
                _ => snapshot.Workers.IsKnown && snapshot.Queue.IsKnown ? FleetStatus.Healthy : FleetStatus.Inconclusive,
            });
            var codes = report.Diagnoses.Select(d => d.Code).ToList();
            codes.Should().OnlyHaveUniqueItems();
            report.Diagnoses.SelectMany(d => d.SymptomOf).Should().BeSubsetOf(codes);
            report.Diagnoses.Select(d => d.SymptomOf.Count > 0).Should().BeInAscendingOrder();
            report.Diagnoses.All(d => d.Causes.Select(c => c.Code).Distinct().Count() == d.Causes.Count).Should().BeTrue();
        },
        iter: Iterations);

    [Fact]
    public void Classify_ListsInAnotherOrder_GivesTheSameVerdict() => Gen.Select(Snapshot, Gen.Int).Sample(
        (snapshot, seed) => Verdict(Shuffled(snapshot, seed)).Should().Be(Verdict(snapshot)),
        iter: Iterations);

    /// <summary>Workers and queue decide whether a fleet may be called healthy; the contract lets no other section do so.</summary>
    [Fact]
    public void Classify_WorkersOrQueueBecomeUnknown_IsNeverHealthy() => Gen.Select(Snapshot, Gen.Bool).Sample(
        (snapshot, workers) => (workers ? snapshot with { Workers = default } : snapshot with { Queue = default }).Classify().Status.Should().NotBe(FleetStatus.Healthy),
        iter: Iterations);

    [Fact]
    public void Write_AnySnapshot_IsReadBack() => Snapshot.Sample(
        snapshot => Encoding.UTF8.GetString(SnapshotJson.Write(SnapshotJson.Read(SnapshotJson.Write(snapshot)))).Should().Be(Encoding.UTF8.GetString(SnapshotJson.Write(snapshot))),
        iter: Iterations);

    private static string Verdict(DiagnosticSnapshot snapshot)
    {
        var report = snapshot.Classify();
        return $"{report.Status} {report.Escalation.Recommended} " + string.Join("; ", report.Diagnoses.Select(d =>
            $"{d.Code} {d.Severity} {d.Confidence} [{string.Join(",", d.SymptomOf)}] {string.Join(",", d.Causes.Select(c => $"{c.Code}={c.Confidence}"))}"));
    }

    private static DiagnosticSnapshot Shuffled(DiagnosticSnapshot s, int seed)
    {
        return s with
        {
            Queue = s.Queue.Value is { } queue ? queue with { Kinds = Shuffle(queue.Kinds), Errors = Shuffle(queue.Errors) } : s.Queue,
            Binaries = List(s.Binaries),
            Database = s.Database.Value is { } database ? database with { MissingFunctions = Shuffle(database.MissingFunctions) } : s.Database,
            Deployments = s.Deployments.Value is { } deployments ? Section.List<DeploymentEvidence>([.. Shuffle(deployments)!.Select(d => d with { Instances = Shuffle(d.Instances) })]) : s.Deployments,
            Resources = List(s.Resources),
            Logs = List(s.Logs),
            History = List(s.History),
        };

        IReadOnlyList<T>? Shuffle<T>(IReadOnlyList<T>? items)
        {
            if (items is null)
            {
                return null;
            }

            T[] copy = [.. items];
            new Random(seed).Shuffle(copy);
            return copy;
        }

        Section<IReadOnlyList<T>> List<T>(Section<IReadOnlyList<T>> section) => section.Value is { } items ? Section.List(Shuffle(items)!) : section;
    }

    private static Gen<T?> Maybe<T>(Gen<T> gen)
        where T : struct => Gen.Select(gen, Gen.Int[0, 2], (value, choice) => choice == 0 ? null : (T?)value);

    private static Gen<string?> MaybeText(Gen<string> gen) => Gen.Select(gen, Gen.Int[0, 2], (value, choice) => choice == 0 ? null : (string?)value);

    private static Gen<int?> Code() => Gen.OneOfConst<int?>(null, 0, 1, 134, 137, 139, 143, -1);
}
