using System.Text.Json;
using Cliply.Diagnostics.Escalations;
using Cliply.Diagnostics.Evidence;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Processes;

/// <summary>Hands over how each process was started: its program, its command line, and when. Its environment is not looked at.</summary>
internal sealed class ProcessesEscalationSource(IOptions<ProcessesOptions> options, TimeProvider time, string root = "/") : IEscalationSource
{
    private const int MaxCommandLine = 2_000;

    private readonly ProcessTable _table = new(root);
    private readonly WorkerProcesses _processes = new(options.Value, new ProcessTable(root), time);

    public string Name => "processes";

    public Task<EscalationDetails> CollectAsync(EscalationRequest request, CancellationToken cancellationToken)
    {
        var details = new EscalationDetailsBuilder(request);
        var (found, failure) = Find(cancellationToken);
        if (failure is not null)
        {
            details.AddMissing("processes", failure);
        }

        var running = found.Where(p => p.IsRunning).OrderBy(p => p.Id).ToList();
        if (running.Count == 0 && failure is null)
        {
            details.AddMissing("processes", NoneRuns);
        }

        details.NoteMore(running.Count);
        running = [.. running.Take(request.MaxWorkers)];
        if (running.Count > 0)
        {
            details.AddFile("processes", $"{_processes.Name}.json", IndentedJson.Write(json => Write(json, running)));
        }

        foreach (var process in running)
        {
            details.AddWorker(new WorkerVersion(process.Instance) { Image = _table.Program(process.Id), StartedAt = process.StartedAt });
        }

        return Task.FromResult(details.Build());
    }

    private static SectionFailure NoneRuns { get; } = new(SectionFailure.NotConfigured, $"no such process runs; say with AddProcesses or {ProcessesOptions.SectionName} which processes the workers are");

    private (IReadOnlyList<WorkerProcess> Found, SectionFailure? Failure) Find(CancellationToken cancellationToken)
    {
        try
        {
            return _processes.Find(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return ([], new SectionFailure(SectionFailure.Timeout, "no time was left to look for them"));
        }
    }

    private void Write(Utf8JsonWriter json, List<WorkerProcess> running)
    {
        json.WriteStartArray();
        foreach (var process in running)
        {
            json.WriteStartObject();
            json.WriteString("worker", process.Instance);
            json.WriteString("program", _table.Program(process.Id));
            var commandLine = _table.CommandLine(process.Id).TrimEnd('\0').Replace('\0', ' ');
            json.WriteString("commandLine", commandLine.Length > MaxCommandLine ? $"{commandLine.AsSpan(0, MaxCommandLine)}…" : commandLine);
            if (process.StartedAt is { } startedAt)
            {
                json.WriteString("startedAt", startedAt);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
