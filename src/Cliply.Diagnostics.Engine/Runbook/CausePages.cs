using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.Scenarios;
using Cliply.Diagnostics.Scenarios.Shared;

namespace Cliply.Diagnostics.Runbook;

/// <summary>A page for each cause, in the order in which the scenarios first name them.</summary>
internal static class CausePages
{
    private const string EitherProgram = "ffmpeg or yt-dlp";

    public static IReadOnlyList<CausePage> All { get; } =
    [
        Database(DatabaseStatus.Refused, "The host answers, but no server listens on that port: PostgreSQL or the pooler is down, or the host or port in the connection string is wrong."),
        Database(DatabaseStatus.HostNotFound, "The name of the database's host leads nowhere: a typing error, a DNS fault, or a host that has only an IPv6 address, as direct hosts of Supabase have."),
        Database(DatabaseStatus.Timeout, "The database takes the connection and is silent, or packets are dropped on the way: it is overloaded, blocked, or behind a firewall that says nothing."),
        Database(DatabaseStatus.AuthenticationFailed, "The database is there and does not let anybody in with this user, password and database name: a rotated password that was not deployed, a wrong role, a wrong database."),
        Database(DatabaseStatus.TlsFailed, "The client wants encryption that the server does not offer, or does not trust its certificate."),
        Database(DatabaseStatus.PermissionDenied, "The login works, but the role has no right to read the job table, or row-level security hides every row from it."),
        Database(DatabaseStatus.SchemaMissing, "The login works, and the job table or one of its columns is not there: another database than was meant, or migrations that have not run."),
        Database(DatabaseStatus.TooManyConnections, "All connections of the server or the pooler are taken, often by a leak, by too many workers, or by a client that bypasses the pooler."),
        Database(DatabaseStatus.ReadOnly, "The database can be read and takes no writes: it is a standby, or was made read-only, as by a full disk. No job can be claimed."),
        Database(DatabaseStatus.ShuttingDown, "The server restarts, fails over or recovers after a crash. This passes within minutes; if it does not, the server's log says why."),
        Database(DatabaseStatus.Error, "The database answers with an error that fits none of the known ones."),
        new(
            CauseCodes.MissingEnvironment,
            "Environment variables are missing or can't work",
            "Variables that a worker needs are not set where it starts: left out of the .env file or the deployment, or lost with a rollout.",
            DiagnosisCodes.EnvironmentIncomplete) { Runbook = "worker-debugging.md#cause-missing-environment-variables" },
        new(
            CauseCodes.InvalidEnvironment,
            "Variables are set to something that can't work",
            "A variable is there, but holds a placeholder, a cut value, or a URL that is none. It is not missing, so that nothing complains until it is used.",
            DiagnosisCodes.EnvironmentIncomplete) { Runbook = "worker-debugging.md#cause-missing-environment-variables" },
        new(
            CauseCodes.MissingFunction,
            "Worker functions are not in the database",
            "A function that workers call to claim, beat, finish or fail is not in the database, though others are: a migration is missing or was undone by a later one.",
            DiagnosisCodes.JobStoreDrift),
        new(
            CauseCodes.NotInPath,
            MissingBinaryPage.CauseTitle(CauseCodes.NotInPath, EitherProgram),
            "The program is on the machine or in the image, but the worker's PATH does not lead to its folder.",
            DiagnosisCodes.FfmpegUnavailable) { SeeAlso = [DiagnosisCodes.YtDlpUnavailable] },
        new(
            CauseCodes.NotInstalled,
            MissingBinaryPage.CauseTitle(CauseCodes.NotInstalled, EitherProgram),
            "The program is not in the image or on the machine: the Dockerfile does not install it, or another image was deployed.",
            DiagnosisCodes.FfmpegUnavailable) { SeeAlso = [DiagnosisCodes.YtDlpUnavailable], Runbook = "worker-debugging.md#cause-ffmpeg-missing" },
        new(
            CauseCodes.NotExecutable,
            MissingBinaryPage.CauseTitle(CauseCodes.NotExecutable, EitherProgram),
            "The file is there, but the worker's user may not run it: a lost x bit, a file system mounted noexec, or a folder that can't be entered.",
            DiagnosisCodes.FfmpegUnavailable) { SeeAlso = [DiagnosisCodes.YtDlpUnavailable] },
        new(
            CauseCodes.BrokenBinary,
            MissingBinaryPage.CauseTitle(CauseCodes.BrokenBinary, EitherProgram),
            "The program starts and fails, or hangs: a missing library, a build for another processor, a cut download, an outdated Python below yt-dlp.",
            DiagnosisCodes.FfmpegUnavailable) { SeeAlso = [DiagnosisCodes.YtDlpUnavailable] },
        new(
            CauseCodes.OutOfMemory,
            "Out of memory",
            "The worker needs more memory than it may have, and the kernel or Node itself ends it: a limit that is too low, a leak, or one very large file.",
            DiagnosisCodes.WorkersCrashLooping) { SeeAlso = [DiagnosisCodes.ResourcesExhausted], Runbook = "worker-debugging.md#cause-worker-out-of-memory" },
        new(
            CauseCodes.NativeCrash,
            "Crash in ffmpeg or another native library",
            "Native code crashed the process: no exception can be caught, and the log ends in the middle. Often one input file does it, again and again. Escalate to engineering.",
            DiagnosisCodes.WorkersCrashLooping),
        new(
            CauseCodes.UncaughtException,
            "Uncaught exception in a job handler",
            "An error that the job handler does not catch ends the whole worker, with all jobs that it runs: a bug in the worker's code. Escalate to engineering.",
            DiagnosisCodes.WorkersCrashLooping),
        new(
            CauseCodes.MissingBinary,
            "A program that jobs call is missing",
            "ffmpeg or yt-dlp can't be used where the workers run, so that every job that calls it fails.",
            DiagnosisCodes.FfmpegUnavailable) { SeeAlso = [DiagnosisCodes.YtDlpUnavailable], Runbook = "worker-debugging.md#cause-ffmpeg-missing" },
        new(
            CauseCodes.DatabaseConnection,
            "Workers can't reach or use the database",
            "From where the workers run, the database can't be reached, does not let them in, or has no connection left. It may well answer from elsewhere.",
            DiagnosisCodes.DatabaseUnavailable) { Runbook = "worker-debugging.md#cause-database-connection-refused" },
        new(
            CauseCodes.InvalidPayload,
            "A job's payload crashes the worker",
            "One job, or one kind of job, brings down every worker that takes it; it is retried, and brings down the next one.",
            DiagnosisCodes.WorkersCrashLooping) { SeeAlso = [DiagnosisCodes.DeadLetterSpike], Runbook = "worker-debugging.md#42-identify-problematic-jobs" },
        new(
            CauseCodes.ScaledToZero,
            "The deployment is scaled to zero",
            "Somebody or something asked for 0 workers: a maintenance that was not undone, an autoscaler, a wrong value in a rollout. Nothing is broken.",
            DiagnosisCodes.NoWorkersRunning) { Runbook = "worker-debugging.md#cause-worker-deployment-scaled-to-zero" },
        new(
            CauseCodes.NotDeployed,
            "No worker is deployed",
            "Where we looked there is no worker deployment at all: it was deleted, never created, or has another name or label than was looked for.",
            DiagnosisCodes.NoWorkersRunning),
        new(
            CauseCodes.StartupFailure,
            "Instances can't start",
            "The platform can't start the worker: the image can't be pulled, a secret or volume is missing, no machine has room.",
            DiagnosisCodes.NoWorkersRunning) { SeeAlso = [DiagnosisCodes.WorkersBelowDesired], Runbook = "worker-debugging.md#12-check-worker-startup-logs" },
        new(
            CauseCodes.AllCrashed,
            "All workers have crashed",
            "Workers were there and have ended with an error, and none was started again.",
            DiagnosisCodes.NoWorkersRunning) { SeeAlso = [DiagnosisCodes.WorkersCrashLooping] },
        new(
            CauseCodes.InfiniteLoop,
            "Infinite loop in a job handler",
            "The worker does the same again and again without getting anywhere: a loop that does not end, or a retry without a pause.",
            DiagnosisCodes.WorkersStuck) { SeeAlso = [DiagnosisCodes.WorkersNotClaiming] },
        new(
            CauseCodes.ResourceExhaustion,
            "CPU, memory or disk at its limit",
            "The worker has no CPU, memory or disk time left, so that even its heartbeats come late or not at all.",
            DiagnosisCodes.WorkersStuck) { SeeAlso = [DiagnosisCodes.ResourcesExhausted], Runbook = "worker-debugging.md#31-check-worker-resource-usage" },
        new(
            CauseCodes.NetworkPartition,
            "Heartbeats can't get through the network",
            "The worker may well work, but can't reach the database to say so: a firewall rule, DNS, a lost route.",
            DiagnosisCodes.WorkersStuck) { SeeAlso = [DiagnosisCodes.DatabaseUnavailable] },
        new(
            CauseCodes.HungProcess,
            "The worker process hangs or is deadlocked",
            "The process is there and does nothing: no log line, no heartbeat. It waits for something that never comes, such as a child process or a lock.",
            DiagnosisCodes.WorkersStuck) { Runbook = "worker-debugging.md#33-restart-stuck-workers" },
        new(
            CauseCodes.ClaimQueryEmpty,
            "The claim query returns nothing",
            "Workers ask for jobs and get none, although some are due: a filter on kind, priority or state in the claim query leaves them out.",
            DiagnosisCodes.WorkersNotClaiming) { Runbook = "worker-debugging.md#23-check-run_at-timestamps" },
        new(
            BuiltInLogPatterns.CredentialsExpired,
            "Credentials of a platform have expired",
            "A platform that jobs talk to, such as a storage or a social network, refuses the credentials because they have expired, were revoked or rotated.",
            DiagnosisCodes.JobsFailing) { SeeAlso = [DiagnosisCodes.DeadLetterSpike] },
        new(
            BuiltInLogPatterns.SourceFileMissing,
            "The file to work on is missing",
            "The job's input is not where it should be: an earlier step failed, it was cleaned up too early, or the volume is not mounted.",
            DiagnosisCodes.JobsFailing) { SeeAlso = [DiagnosisCodes.DeadLetterSpike] },
        new(
            BuiltInLogPatterns.FfmpegTimeout,
            "ffmpeg does not finish in time",
            "ffmpeg runs longer than the job allows: very long or damaged files, too little CPU, or a time limit that is too short.",
            DiagnosisCodes.JobsFailing) { SeeAlso = [DiagnosisCodes.DeadLetterSpike, DiagnosisCodes.ResourcesExhausted] },
        new(
            CauseCodes.Memory,
            "Memory near its limit: a leak, or large files",
            "An instance has used almost all memory that it may have. At the limit it is killed, with the jobs that it runs.",
            DiagnosisCodes.ResourcesExhausted) { SeeAlso = [DiagnosisCodes.WorkersCrashLooping] },
        new(
            CauseCodes.Cpu,
            "CPU at its limit: an infinite loop, or heavy processing",
            "An instance uses all CPU that it may have. Encoding video does that by itself; a worker that gets nothing done is in a loop.",
            DiagnosisCodes.ResourcesExhausted) { SeeAlso = [DiagnosisCodes.WorkersStuck] },
        new(
            CauseCodes.IoWait,
            "High I/O wait: a slow disk",
            "Processes wait for disks much of the time: a slow or throttled volume, or too many jobs that copy large files at once.",
            DiagnosisCodes.ResourcesExhausted),
        new(
            BuiltInLogPatterns.StuckJobRecovery,
            "Jobs were taken from workers that had stopped",
            "The queue took these jobs back from workers whose heartbeats had stopped, until their retries were used up. The workers are the problem, not the jobs.",
            DiagnosisCodes.DeadLetterSpike) { SeeAlso = [DiagnosisCodes.WorkersStuck, DiagnosisCodes.WorkersCrashLooping] },
        new(
            CauseCodes.InsufficientCapacity,
            "Too few workers for the jobs that come",
            "The workers do their work, and more comes in than they get done.",
            DiagnosisCodes.QueueBacklog) { Runbook = "worker-debugging.md#quick-fixes--5-minutes" },
        new(
            CauseCodes.InstanceCrashed,
            "An instance has crashed",
            "One of the workers has ended with an error and does not run, while others do.",
            DiagnosisCodes.WorkersBelowDesired) { SeeAlso = [DiagnosisCodes.WorkersCrashLooping] },
    ];

    public static CausePage? Find(string code) => All.FirstOrDefault(p => p.Code == code);

    private static CausePage Database(DatabaseStatus status, string meaning)
    {
        var (code, title) = DatabaseUnavailableScenario.CauseOf(status);
        return new CausePage(code, title, meaning, DiagnosisCodes.DatabaseUnavailable);
    }
}
