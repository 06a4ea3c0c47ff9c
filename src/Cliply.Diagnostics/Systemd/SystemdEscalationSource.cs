using Cliply.Diagnostics.Binaries;
using Cliply.Diagnostics.Escalations;
using Cliply.Diagnostics.Evidence;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Systemd;

/// <summary>
/// Hands over the units' files, what they run, and the ends of their journals; of a unit that runs again after a failure
/// the failed run's too. Each call of a program has a limit of its own, so that one that hangs does not cost the others.
/// </summary>
internal sealed class SystemdEscalationSource(IOptions<SystemdOptions> options, IOptions<CliplyDiagnosticsOptions> diagnostics, BinarySearch search, TimeProvider time) : IEscalationSource
{
    private const int AtOnce = 4;
    private const int Terminated = 143;
    private const string Folder = "systemd";

    private readonly IReadOnlyList<UnitPattern> _patterns = options.Value.Patterns;
    private readonly TimeSpan _limit = diagnostics.Value.CollectorDeadline;
    private readonly SystemdPrograms _programs = new(search, time);

    public string Name => "systemd";

    public async Task<EscalationDetails> CollectAsync(EscalationRequest request, CancellationToken cancellationToken)
    {
        var details = new EscalationDetailsBuilder(request);
        var (units, failure) = await UnitsAsync(cancellationToken).ConfigureAwait(false);
        if (failure is not null)
        {
            details.AddMissing("units", failure);
        }

        if (failure is null && units.Count == 0 && !_patterns.Any(p => p.IsGlob))
        {
            details.AddMissing("units", SystemdCollector.NothingLoaded);
        }

        details.NoteMore(units.Count);
        units = [.. units.Take(request.MaxWorkers)];
        var templates = failure is null ? await TemplatesAsync(units, details, cancellationToken).ConfigureAwait(false) : [];
        foreach (var unit in units.Where(u => u.LoadState == "loaded"))
        {
            details.AddWorker(new WorkerVersion(unit.Name) { Image = FirstOf(unit.RootImage, unit.Program), StartedAt = unit.StartedAt, Restarts = unit.Restarts });
        }

        await ReadFilesAsync([.. units.Select(u => u.Id), .. templates], details, cancellationToken).ConfigureAwait(false);
        await ReadJournalsAsync(units, request, details, cancellationToken).ConfigureAwait(false);
        return details.Build();
    }

    private static SectionFailure OutOfTime { get; } = new(SectionFailure.Timeout, "no time was left for it");

    private static string? FirstOf(params ReadOnlySpan<string> texts)
    {
        foreach (var text in texts)
        {
            if (text.Length > 0)
            {
                return text;
            }
        }

        return null;
    }

    /// <summary>The units; where systemd does not tell, those that are named, for the journal may answer all the same.</summary>
    private async Task<(IReadOnlyList<SystemdUnit> Units, SectionFailure? Failure)> UnitsAsync(CancellationToken cancellationToken)
    {
        var shown = await InTimeAsync<IReadOnlyList<SystemdUnit>>(async () =>
        {
            var (units, failure) = await _programs.ShowAsync(SystemdUnit.DetailProperties, _patterns.Select(p => p.Name), _limit, cancellationToken).ConfigureAwait(false);
            return failure is null ? Section.List(units) : Section.UnavailableList<SystemdUnit>(failure);
        }, cancellationToken).ConfigureAwait(false);
        return shown.Value is { } found
            ? ([.. found.Where(u => u.IsDeployed).Order(SystemdUnit.MostTellingFirst)], null)
            : ([.. _patterns.Where(p => !p.IsGlob).Select(p => new SystemdUnit { Id = p.Name })], shown.Unavailable);
    }

    /// <summary>A pattern matches only what is loaded; where that is nothing, the template's file still tells how the workers are deployed.</summary>
    private async Task<IReadOnlyList<string>> TemplatesAsync(IReadOnlyList<SystemdUnit> units, EscalationDetailsBuilder details, CancellationToken cancellationToken)
    {
        const int MaxFiles = 10;
        var templates = new List<string>();
        foreach (var pattern in _patterns.Where(p => p.IsGlob && !units.Any(u => p.Matches(u.Id))))
        {
            var listed = await InTimeAsync<IReadOnlyList<string>>(async () =>
            {
                var (files, failure) = await _programs.ListFilesAsync(pattern.Name, _limit, cancellationToken).ConfigureAwait(false);
                return failure is null ? Section.List([.. files.Select(f => f.Id).Take(MaxFiles)]) : Section.UnavailableList<string>(failure);
            }, cancellationToken).ConfigureAwait(false);
            templates.AddRange(listed.Value ?? []);
            if ((listed.Unavailable ?? (listed.Value is [] ? SystemdCollector.NothingLoaded : null)) is { } failure)
            {
                details.AddMissing($"units {pattern.ShortName}", failure);
            }
        }

        return templates;
    }

    private async Task ReadFilesAsync(IReadOnlyList<string> units, EscalationDetailsBuilder details, CancellationToken cancellationToken)
    {
        var files = await EachAsync(units, unit => _programs.CatAsync(unit, _limit, cancellationToken), cancellationToken).ConfigureAwait(false);
        foreach (var (unit, file) in units.Zip(files))
        {
            if (file.Value is { } text)
            {
                details.AddFile(Folder, unit, UnitFileText.WithoutValues(text));
            }
            else
            {
                details.AddMissing($"{Folder}/{unit}", file.Unavailable!);
            }
        }
    }

    private async Task ReadJournalsAsync(IReadOnlyList<SystemdUnit> units, EscalationRequest request, EscalationDetailsBuilder details, CancellationToken cancellationToken)
    {
        // Each unit may have two.
        var bytes = request.BytesPerLog(2 * units.Count);
        var journals = await EachAsync(units, async unit => (Section<Runs>)await ReadRunsAsync(unit, request.LogLines, bytes, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        foreach (var (unit, journal) in units.Zip(journals))
        {
            var (present, previous) = journal.Value ?? new Runs(new Run(Failure: journal.Unavailable), null);
            Add(unit, present, isPrevious: false, details);
            if (previous is not null)
            {
                Add(unit, previous, isPrevious: true, details);
            }
        }
    }

    private static void Add(SystemdUnit unit, Run run, bool isPrevious, EscalationDetailsBuilder details)
    {
        if (run.Text is not null)
        {
            details.AddLog(unit.Name, run.Text, run.IsCut, isPrevious);
        }

        if (run.Failure is not null)
        {
            details.AddMissing($"{(isPrevious ? "previous " : "")}log of {unit.Name}", run.Failure);
        }
    }

    private async Task<Runs> ReadRunsAsync(SystemdUnit unit, int lines, int bytes, CancellationToken cancellationToken)
    {
        var (newest, partial, failure) = await _programs.TailWithNotesAsync(unit.Name, lines, bytes, until: null, _limit, cancellationToken).ConfigureAwait(false);
        if (newest is null)
        {
            return new Runs(new Run(Failure: failure ?? OutOfTime), null);
        }

        var whole = RunOf(newest, partial, _ => true);
        if (unit is not { MainPid: > 0, InvocationId.Length: > 0, StartedAt: { } startedAt })
        {
            return new Runs(whole, null);
        }

        // Entries of the present run's first second come too, and are told by their run.
        var (before, beforePartial, beforeFailure) = await InTimeAsync(
            () => _programs.TailWithNotesAsync(unit.Name, lines, bytes, startedAt.AddSeconds(1), _limit, cancellationToken), cancellationToken).ConfigureAwait(false);
        return before is null ? new Runs(whole, unit.Restarts > 0 ? new Run(Failure: beforeFailure) : null)
            : Failed(before.LastTermination) ? new Runs(RunOf(newest, partial, IsPresent), RunOf(before, beforePartial, entry => !IsPresent(entry)))
            : new Runs(whole, null);

        bool IsPresent(JournalEntry entry) => entry.Invocation is { } invocation ? invocation == unit.InvocationId : entry.At is null || entry.At >= startedAt;
    }

    private static bool Failed(UnitTermination? end) => end is { Reason: not (null or "success") } or { ExitCode: not (null or 0 or Terminated) };

    private static Run RunOf(JournalTail tail, string? partial, Func<JournalEntry, bool> isOfIt)
    {
        using var text = new MemoryStream();
        foreach (var entry in tail.Entries.Reverse().Where(isOfIt))
        {
            entry.Write(text.Write);
        }

        return new Run(text.ToArray(), tail.IsCut, partial is null ? null : new SectionFailure("error", $"it is not whole: {partial}"));
    }

    /// <summary>Asks for some at once; where the time is over, what was answered by then stays.</summary>
    private static async Task<Section<T>[]> EachAsync<TItem, T>(IReadOnlyList<TItem> items, Func<TItem, Task<Section<T>>> ask, CancellationToken cancellationToken)
        where T : class
    {
        var answers = new Section<T>[items.Count];
        await Parallel.ForAsync(0, items.Count, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) => answers[i] = await InTimeAsync(() => ask(items[i]), cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
        return answers;
    }

    private static async Task<Section<T>> InTimeAsync<T>(Func<Task<Section<T>>> ask, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            return await ask().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return OutOfTime;
        }
    }

    private static async Task<(JournalTail? Tail, string? Partial, SectionFailure? Failure)> InTimeAsync(Func<Task<(JournalTail?, string?, SectionFailure?)>> ask, CancellationToken cancellationToken)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            return await ask().ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return (null, null, OutOfTime);
        }
    }

    private sealed record Run(byte[]? Text = null, bool IsCut = false, SectionFailure? Failure = null);

    private sealed record Runs(Run Present, Run? Previous);
}
