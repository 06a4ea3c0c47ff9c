using System.Net;
using System.Reflection;
using System.Text;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.WorkerHeartbeats;

/// <summary>Counts running jobs by kind.</summary>
internal sealed class WorkerActivity : IWorkerActivity
{
    /// <summary>How many kinds are announced.</summary>
    public const int MaxKinds = 50;

    /// <summary>How much of a kind, version or host name is announced, in characters.</summary>
    public const int MaxText = 200;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _running = new(StringComparer.Ordinal);
    private readonly string _host = Printable(Dns.GetHostName());
    private readonly string? _version;
    private int _runningJobs;
    private bool _isTold;

    public WorkerActivity(IOptions<WorkerHeartbeatOptions> options, TimeProvider time)
    {
        WorkerId = options.Value.WorkerId ?? FormattableString.Invariant($"{_host}:{Environment.ProcessId}:{time.GetUtcNow().ToUnixTimeMilliseconds()}");
        var version = options.Value.Version ?? Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        _version = version is null ? null : Printable(version);
    }

    public string WorkerId { get; }

    public IDisposable Begin(string kind)
    {
        ArgumentException.ThrowIfNullOrEmpty(kind);
        lock (_gate)
        {
            _isTold = true;
            _runningJobs++;
            _running[kind] = _running.GetValueOrDefault(kind) + 1;
        }

        return new Job(this, kind);
    }

    /// <summary>What is to be announced now. The number of jobs is unknown as long as the host has never told of one.</summary>
    public WorkerBeat Now()
    {
        lock (_gate)
        {
            return new WorkerBeat
            {
                Id = WorkerId,
                Host = _host,
                ProcessId = Environment.ProcessId,
                Version = _version,
                RunningJobs = _isTold ? _runningJobs : null,
                Kinds = [.. _running.Keys.Order(StringComparer.Ordinal).Take(MaxKinds).Select(Printable)],
            };
        }
    }

    private void End(string kind)
    {
        lock (_gate)
        {
            _runningJobs--;
            if (_running[kind] is > 1 and var count)
            {
                _running[kind] = count - 1;
            }
            else
            {
                _running.Remove(kind);
            }
        }
    }

    /// <summary>A text that every database takes: PostgreSQL refuses NUL, and no encoding has half a surrogate pair.</summary>
    private static string Printable(string text)
    {
        var clean = new StringBuilder(Math.Min(text.Length, MaxText));
        foreach (var rune in text.EnumerateRunes())
        {
            if (clean.Length + rune.Utf16SequenceLength > MaxText)
            {
                break;
            }

            clean.Append(Rune.IsControl(rune) ? Rune.ReplacementChar.ToString() : rune.ToString());
        }

        return clean.ToString();
    }

    private sealed class Job(WorkerActivity activity, string kind) : IDisposable
    {
        private int _isEnded;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isEnded, 1) == 0)
            {
                activity.End(kind);
            }
        }
    }
}
