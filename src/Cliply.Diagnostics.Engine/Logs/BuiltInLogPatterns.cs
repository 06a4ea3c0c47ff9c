using System.Numerics;

namespace Cliply.Diagnostics.Logs;

/// <summary>
/// The patterns of the runbook, found in worker logs and in job errors. Where a text shows several, the first in this
/// order names it.
/// </summary>
public static class BuiltInLogPatterns
{
    /// <summary>"NAME is not configured", where NAME is not one of the recommended variables (runbook: 1.2).</summary>
    public const string EnvNotConfigured = "env-not-configured";

    /// <summary>ffmpeg is not there (runbook: scenario 5).</summary>
    public const string FfmpegNotFound = "ffmpeg-not-found";

    /// <summary>yt-dlp is not there.</summary>
    public const string YtDlpNotFound = "yt-dlp-not-found";

    /// <summary>The database can't be reached (runbook: 1.2, 2.1).</summary>
    public const string DatabaseUnreachable = "database-unreachable";

    /// <summary>The database refuses the password.</summary>
    public const string DatabaseAuthentication = "database-authentication";

    /// <summary>The database has no connection left.</summary>
    public const string DatabaseTooManyConnections = "database-too-many-connections";

    /// <summary>A host name can't be resolved.</summary>
    public const string HostNotFound = "host-not-found";

    /// <summary>The network does not answer.</summary>
    public const string NetworkTimeout = "network-timeout";

    /// <summary>Node's heap is full (runbook: 4.1).</summary>
    public const string NodeHeapOutOfMemory = "node-heap-out-of-memory";

    /// <summary>The kernel killed a process for its memory.</summary>
    public const string OomKilled = "oom-killed";

    /// <summary>Native code crashed (runbook: 4.1).</summary>
    public const string SegmentationFault = "segmentation-fault";

    /// <summary>An asynchronous error nobody handled (runbook: 4.1).</summary>
    public const string UnhandledRejection = "unhandled-rejection";

    /// <summary>An exception nobody caught (runbook: 1.2).</summary>
    public const string UncaughtException = "uncaught-exception";

    /// <summary>ffmpeg did not finish in time.</summary>
    public const string FfmpegTimeout = "ffmpeg-timeout";

    /// <summary>The file to work on is not there.</summary>
    public const string SourceFileMissing = "source-file-missing";

    /// <summary>A platform refuses the credentials.</summary>
    public const string CredentialsExpired = "credentials-expired";

    /// <summary>The job was taken from a worker whose heartbeat had stopped.</summary>
    public const string StuckJobRecovery = "stuck-job-recovery";

    /// <summary>Healthy: a job was claimed.</summary>
    public const string JobClaimed = "job-claimed";

    /// <summary>Healthy: a job was completed.</summary>
    public const string JobCompleted = "job-completed";

    /// <summary>Healthy: a heartbeat was sent.</summary>
    public const string HeartbeatSent = "heartbeat-sent";

    /// <summary>Healthy: the worker asks for jobs.</summary>
    public const string Polling = "polling";

    /// <summary>All of them. Missing programs come before missing files, for Node reports both with ENOENT.</summary>
    public static IReadOnlyList<ILogPattern> All { get; } =
    [
        CreateEnvNotConfigured(["SENTRY_DSN", "LOG_LEVEL"]),
        new PhrasePattern(FfmpegNotFound, "ffmpeg not found", "ffmpeg: command not found", "ffmpeg: not found", "spawn ffmpeg ENOENT"),
        new PhrasePattern(YtDlpNotFound, "yt-dlp not found", "yt-dlp: command not found", "yt-dlp: not found", "spawn yt-dlp ENOENT"),
        new PhrasePattern(DatabaseUnreachable, "cannot connect to database", "connection refused", "ECONNREFUSED", "failed to query jobs"),
        new PhrasePattern(DatabaseAuthentication, "password authentication failed"),
        new PhrasePattern(DatabaseTooManyConnections, "too many connections", "too many clients", "remaining connection slots", "max client connections", "EMAXCONN"),
        new WordPattern(HostNotFound, "ENOTFOUND"),
        new WordPattern(NetworkTimeout, "ETIMEDOUT"),
        new PhrasePattern(NodeHeapOutOfMemory, "JavaScript heap out of memory"),
        new WordPattern(OomKilled, "OOMKilled", "oom-killed", "oom killed", "oom-kill", "out of memory: killed process"),
        new PhrasePattern(SegmentationFault, "segmentation fault", "SIGSEGV"),
        new PhrasePattern(UnhandledRejection, "unhandled promise rejection", "unhandledRejection", "unhandled rejection"),
        new PhrasePattern(UncaughtException, "uncaught exception", "uncaughtException", "unhandled exception"),
        new PhrasePattern(FfmpegTimeout, "ffmpeg timeout", "ffmpeg timed out", "ffmpeg-timeout", "ffmpeg process timed out"),
        new PhrasePattern(SourceFileMissing, "ENOENT", "no such file or directory"),
        new WordPattern(CredentialsExpired, "401", "invalid credentials"),
        new PhrasePattern(StuckJobRecovery, "heartbeat stale"),
        new PhrasePattern(JobClaimed, "claimed job"),
        new JobCompletedPattern(),
        new PhrasePattern(HeartbeatSent, "heartbeat sent"),
        new PhrasePattern(Polling, "polling for jobs"),
    ];

    /// <summary><see cref="EnvNotConfigured"/> for a worker whose recommended variables are others.</summary>
    /// <param name="recommended">Names that a worker does without.</param>
    internal static ILogPattern CreateEnvNotConfigured(IEnumerable<string> recommended) => new EnvNotConfiguredPattern([.. recommended]);

    /// <summary>
    /// A built-in pattern looks at bytes as it looks at characters: all that it asks about is ASCII, and in UTF-8 no part of
    /// another character is.
    /// </summary>
    internal abstract class BuiltInPattern(string code, params string[] phrases) : ILogPattern
    {
        public string Code => code;

        public IReadOnlyList<string> Phrases => phrases;

        public bool Confirms(ReadOnlySpan<char> text, int start, int length) => ConfirmsIn(text, start, length);

        public abstract bool ConfirmsIn<T>(ReadOnlySpan<T> text, int start, int length)
            where T : unmanaged, IBinaryInteger<T>;

        protected static bool IsWordCharacter<T>(T c)
            where T : unmanaged, IBinaryInteger<T> =>
            Character(c) is var character && (char.IsAsciiLetterOrDigit(character) || character == '_');

        protected static bool IsWholeWord<T>(ReadOnlySpan<T> text, int start, int length)
            where T : unmanaged, IBinaryInteger<T> =>
            (start == 0 || !IsWordCharacter(text[start - 1])) && (start + length >= text.Length || !IsWordCharacter(text[start + length]));

        protected static bool EndsWith<T>(ReadOnlySpan<T> text, string asciiWord)
            where T : unmanaged, IBinaryInteger<T>
        {
            if (text.Length < asciiWord.Length)
            {
                return false;
            }

            for (var i = 0; i < asciiWord.Length; i++)
            {
                if (char.ToLowerInvariant(Character(text[text.Length - asciiWord.Length + i])) != char.ToLowerInvariant(asciiWord[i]))
                {
                    return false;
                }
            }

            return true;
        }

        private static char Character<T>(T c)
            where T : unmanaged, IBinaryInteger<T> => (char)ushort.CreateTruncating(c);
    }

    /// <summary>Shown wherever one of its phrases is.</summary>
    internal sealed class PhrasePattern(string code, params string[] phrases) : BuiltInPattern(code, phrases)
    {
        public override bool ConfirmsIn<T>(ReadOnlySpan<T> text, int start, int length) => true;
    }

    /// <summary>A phrase that counts only as a word of its own: "401", not "40123".</summary>
    private sealed class WordPattern(string code, params string[] phrases) : BuiltInPattern(code, phrases)
    {
        public override bool ConfirmsIn<T>(ReadOnlySpan<T> text, int start, int length) => IsWholeWord(text, start, length);
    }

    private sealed class EnvNotConfiguredPattern(string[] recommended) : BuiltInPattern(EnvNotConfigured, " is not configured")
    {
        public override bool ConfirmsIn<T>(ReadOnlySpan<T> text, int start, int length)
        {
            var first = start;
            while (first > 0 && IsWordCharacter(text[first - 1]))
            {
                first--;
            }

            var name = text[first..start];
            if (name.IsEmpty || (name[0] >= T.CreateTruncating('0') && name[0] <= T.CreateTruncating('9')))
            {
                return false;
            }

            foreach (var variable in recommended)
            {
                if (name.Length == variable.Length && EndsWith(name, variable))
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>"Job abc123 completed": the id stands between the two words.</summary>
    private sealed class JobCompletedPattern() : BuiltInPattern(JobCompleted, " completed")
    {
        public override bool ConfirmsIn<T>(ReadOnlySpan<T> text, int start, int length)
        {
            var space = T.CreateTruncating(' ');
            var before = text[..start];
            var id = before.LastIndexOf(space);
            return (EndsWith(before, "job") || (id >= 0 && EndsWith(before[..id].TrimEnd(space), "job"))) && IsWholeWord(text, start + 1, length - 1);
        }
    }
}
