using System.Text;
using Cliply.Diagnostics.Binaries;
using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Systemd;

/// <summary>Runs systemctl and journalctl, and tells why they do not answer.</summary>
internal sealed class SystemdPrograms(BinarySearch search, TimeProvider time)
{
    private const int MaxShow = 4 * 1024 * 1024;

    /// <summary>The same answer whatever this host's language, time zone and terminal are.</summary>
    private static readonly Dictionary<string, string> Variables = new(StringComparer.Ordinal)
    {
        ["LC_ALL"] = "C", ["TZ"] = "UTC", ["SYSTEMD_COLORS"] = "0", ["SYSTEMD_PAGER"] = "", ["SYSTEMD_URLIFY"] = "0", ["SYSTEMD_LOG_LEVEL"] = "info",
    };

    public static readonly SectionFailure NoSystemd = new(SectionFailure.NotSupported, "systemd does not run on this host; remove AddSystemd, or run the diagnostics on the host of the workers and not in a container beside them");

    public static readonly SectionFailure BusDenied = new("permissionDenied", "systemd's bus can't be reached by this user from here; run the diagnostics on the host of the workers, as a user that may ask systemd for its units");

    public static readonly SectionFailure JournalDenied = new("permissionDenied", "this user may not read the journal; add it to the group systemd-journal");

    private static readonly SectionFailure NoSystemctl = new(SectionFailure.NotSupported, "there is no systemctl on PATH, so systemd does not run on this host; remove AddSystemd, or correct PATH");

    private static readonly SectionFailure NoJournalctl = new(SectionFailure.NotSupported, "there is no journalctl on PATH; install it, or read the workers' log files with AddLogs");

    private static readonly SectionFailure NoJournal = new(SectionFailure.NotSupported, "this host keeps no journal; read the workers' log files with AddLogs");

    /// <summary>Properties of units.</summary>
    /// <param name="properties">Their names.</param>
    /// <param name="units">The units; patterns match those that are loaded.</param>
    /// <param name="limit">How long it may take.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<(IReadOnlyList<SystemdUnit> Units, SectionFailure? Failure)> ShowAsync(string properties, IEnumerable<string> units, TimeSpan limit, CancellationToken cancellationToken)
    {
        var (result, failure) = await RunAsync("systemctl", NoSystemctl, ["show", "--no-pager", "--no-ask-password", $"--property={properties}", "--", .. units], MaxShow, limit, cancellationToken).ConfigureAwait(false);
        if (failure is not null || result is null)
        {
            return ([], failure);
        }

        var text = Encoding.UTF8.GetString(result.Output);
        if (result is { End: ProgramEnd.TooMuchOutput })
        {
            return ([], new SectionFailure("error", "systemctl printed more than 4 MiB; name fewer units"));
        }

        var errors = Encoding.UTF8.GetString(result.Errors);
        var found = SystemdShow.Parse(text);
        return found.Count > 0 || (result.ExitCode == 0 && string.IsNullOrWhiteSpace(text)) ? (found, null)
            : result.ExitCode != 0 ? ([], BusFailure(errors) ?? new SectionFailure("error", $"systemctl ended with exit code {result.ExitCode}"))
            : ([], Unreadable("systemctl"));
    }

    /// <summary>The unit files whose names match a pattern, loaded or not, with their state.</summary>
    public async Task<(IReadOnlyList<(string Id, string State)> Files, SectionFailure? Failure)> ListFilesAsync(string pattern, TimeSpan limit, CancellationToken cancellationToken)
    {
        var (result, failure) = await RunAsync("systemctl", NoSystemctl, ["list-unit-files", "--no-pager", "--no-legend", "--plain", "--full", "--no-ask-password", "--", pattern], MaxShow, limit, cancellationToken).ConfigureAwait(false);
        if (failure is not null || result is null)
        {
            return ([], failure);
        }

        var files = new List<(string, string)>();
        foreach (var line in Encoding.UTF8.GetString(result.Output).Split('\n'))
        {
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var id, var state, ..] && id.EndsWith(".service", StringComparison.Ordinal))
            {
                files.Add((id, state));
            }
        }

        // It ends with 1 where nothing matches, and says nothing.
        var errors = Encoding.UTF8.GetString(result.Errors);
        return files.Count > 0 || (result.End == ProgramEnd.Exited && (result.ExitCode == 0 || string.IsNullOrWhiteSpace(errors)))
            ? (files, null)
            : ([], BusFailure(errors) ?? new SectionFailure("error", $"systemctl ended with exit code {result.ExitCode}"));
    }

    /// <summary>The newest entries of a unit's journal; what has arrived in time is returned, whatever happens then.</summary>
    /// <returns>The entries, and what makes them less than was asked for; or why there are none.</returns>
    public Task<(JournalTail? Tail, string? Partial, SectionFailure? Failure)> TailAsync(string unit, int lines, int bytes, TimeSpan limit, CancellationToken cancellationToken) =>
        TailAsync(unit, lines, bytes, [], output => JournalTail.Parse(output, bytes), limit, cancellationToken);

    /// <summary>Likewise with systemd's own notes among them, of which a restart makes some five; where a time is given, only what was written no later.</summary>
    public Task<(JournalTail? Tail, string? Partial, SectionFailure? Failure)> TailWithNotesAsync(string unit, int lines, int bytes, DateTimeOffset? until, TimeSpan limit, CancellationToken cancellationToken) =>
        TailAsync(
            unit,
            2 * lines,
            bytes,
            until is { } at ? [string.Create(System.Globalization.CultureInfo.InvariantCulture, $"--until=@{at.ToUnixTimeSeconds()}")] : [],
            output => JournalTail.Parse(output, bytes, keepNotes: true, lines),
            limit,
            cancellationToken);

    /// <summary>The unit's file and its drop-ins, each behind a line with its path.</summary>
    public async Task<Section<string>> CatAsync(string unit, TimeSpan limit, CancellationToken cancellationToken)
    {
        var (result, failure) = await RunAsync("systemctl", NoSystemctl, ["cat", "--no-pager", "--no-ask-password", "--", unit], MaxShow, limit, cancellationToken).ConfigureAwait(false);
        if (failure is not null || result is null)
        {
            return failure ?? Unreadable("systemctl");
        }

        return result is { End: ProgramEnd.Exited, ExitCode: 0, Output.Length: > 0 }
            ? Encoding.UTF8.GetString(result.Output)
            : BusFailure(Encoding.UTF8.GetString(result.Errors)) ?? (result.End == ProgramEnd.TooMuchOutput ? Unreadable("systemctl") : new SectionFailure("error", $"systemctl ended with exit code {result.ExitCode}"));
    }

    private async Task<(JournalTail? Tail, string? Partial, SectionFailure? Failure)> TailAsync(
        string unit, int lines, int bytes, string[] more, Func<byte[], JournalTail> parse, TimeSpan limit, CancellationToken cancellationToken)
    {
        // An entry holds some 400 bytes beside its message, and a message that is not text takes four characters a byte.
        const int BesideMessage = 640;
        var maxOutput = (int)Math.Min((2L * bytes) + ((long)lines * BesideMessage), int.MaxValue / 2);
        string[] arguments = ["--unit", unit, "--output=json", $"--output-fields={JournalTail.Fields}", "--reverse", "--all", $"--lines={lines}", "--no-pager", .. more];
        var (result, failure) = await RunAsync("journalctl", NoJournalctl, arguments, maxOutput, limit, cancellationToken, keepLate: true).ConfigureAwait(false);
        if (failure is not null || result is null)
        {
            return (null, null, failure);
        }

        var tail = parse(result.Output);
        if (!tail.IsEmpty)
        {
            return (tail, Partial(result, tail), null);
        }

        failure = JournalFailure(result, tail);
        return failure is null ? (tail, null, null) : (null, null, failure);
    }

    private static string? Partial(ProgramResult result, JournalTail tail) =>
        result.End == ProgramEnd.TimedOut ? "journalctl did not answer in time"
        : result is { End: ProgramEnd.Exited, ExitCode: not 0 } ? $"journalctl ended with exit code {result.ExitCode}"
        : tail.Skipped > 0 ? $"{tail.Skipped} entries could not be read"
        : null;

    private static SectionFailure? JournalFailure(ProgramResult result, JournalTail tail)
    {
        var errors = Encoding.UTF8.GetString(result.Errors);
        return result.End switch
        {
            ProgramEnd.TimedOut => new SectionFailure(SectionFailure.Timeout, "journalctl did not answer in time"),
            _ when Says(errors, "insufficient permissions") || Says(errors, "not seeing messages from other users") || Says(errors, "permission denied") => JournalDenied,
            _ when Says(errors, "no journal files were found") => NoJournal,
            ProgramEnd.TooMuchOutput => Unreadable("journalctl"),
            _ when result.ExitCode != 0 => new SectionFailure("error", $"journalctl ended with exit code {result.ExitCode}"),
            _ => tail.Skipped > 0 || tail.IsCut ? Unreadable("journalctl") : null,
        };
    }

    private static SectionFailure Unreadable(string program) => new("error", $"{program}'s answer can't be read");

    private async Task<(ProgramResult? Result, SectionFailure? Failure)> RunAsync(
        string program,
        SectionFailure missing,
        IReadOnlyList<string> arguments,
        int maxOutput,
        TimeSpan limit,
        CancellationToken cancellationToken,
        bool keepLate = false)
    {
        if (search.Find(program) is not { Status: BinaryStatus.Available, Path: { } path })
        {
            return (null, missing);
        }

        if (limit <= TimeSpan.Zero)
        {
            return (null, new SectionFailure(SectionFailure.Timeout, $"no time was left to ask {program}; raise {CliplyDiagnosticsOptions.SectionName}:CollectorDeadline"));
        }

        var call = new ProgramCall
        {
            Path = path,
            Arguments = arguments,
            Limit = limit,
            MaxKept = maxOutput,
            MaxOutput = maxOutput,
            Rest = TimeSpan.FromMilliseconds(500),
            Variables = Variables,
        };
        var result = await BoundedProgram.RunAsync(call, time, cancellationToken).ConfigureAwait(false);
        return result.End switch
        {
            ProgramEnd.TimedOut when !keepLate => (null, new SectionFailure(SectionFailure.Timeout, $"{program} did not answer in time")),
            ProgramEnd.NotExecutable or ProgramEnd.NotStarted => (null, new SectionFailure("error", $"{program} can't be executed")),
            _ => (result, null),
        };
    }

    private static SectionFailure? BusFailure(string errors) =>
        Says(errors, "not been booted with systemd") ? NoSystemd
        : Says(errors, "connect to bus") || Says(errors, "access denied") || Says(errors, "permission denied") || Says(errors, "not permitted") || Says(errors, "authentication") ? BusDenied
        : null;

    private static bool Says(string errors, string phrase) => errors.Contains(phrase, StringComparison.OrdinalIgnoreCase);
}
