using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cliply.Diagnostics.Cli.CommandLine;
using Cliply.Diagnostics.Cli.DeadLetters;
using Cliply.Diagnostics.Cli.Fleet;
using Cliply.Diagnostics.Cli.Jobs;
using Cliply.Diagnostics.Cli.Output;
using Cliply.Diagnostics.Cli.Workers;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Environments;
using Cliply.Diagnostics.Escalations;
using Cliply.Diagnostics.Json;
using Cliply.Diagnostics.Reports;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Cli.Bundles;

/// <summary>Gathers what the runbook wants an escalation to include. What can't be had is listed with the reason, and never costs what can.</summary>
internal sealed class BundleCollector(FleetSession session, EscalationRequest request, IReadOnlyList<string> include)
{
    private const int DeadLetters = 100;

    /// <summary>Looked for in the current folder.</summary>
    private static readonly string[] UsualFiles = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml", "Dockerfile"];

    public async Task CollectAsync(FleetReading reading, BundleContent content, CancellationToken cancellationToken)
    {
        var escalation = GatherAsync(content, cancellationToken);
        AddReading(reading, content);
        await AddAsync(content, "jobs-stats", store => JobsStatsCommand.ReadAsync(store, scan: false, cancellationToken));
        await AddAsync(content, "dead-letters", store => DlqListCommand.ReadAsync(store, DeadLetters, kind: null, cancellationToken));
        AddEnvironment(content);
        content.AddJson("versions.json", Versions());
        foreach (var add in await escalation)
        {
            add();
        }

        AddLocalFiles(content);
    }

    private void AddReading(FleetReading reading, BundleContent content)
    {
        content.AddJson(BundleFile.Report, ReportJson.Write(reading.Report));
        content.Add("report.md", ReportMarkdown.Write(reading.Report));
        content.Add("report.html", ReportHtml.Write(reading.Report));
        content.AddJson(BundleFile.Snapshot, SnapshotJson.Write(reading.Snapshot));
        content.AddJson(BundleFile.Thresholds, JsonSerializer.SerializeToUtf8Bytes(session.Services.GetRequiredService<IOptions<CliplyDiagnosticsOptions>>().Value.Thresholds, BundleJsonContext.Default.DiagnosisThresholds));
        content.Add("workers-status", WorkersStatus.Of(reading.Snapshot, reading.Report));
        foreach (var unknown in reading.Report.Unknowns)
        {
            content.AddMissing($"{BundleFile.Snapshot}: {unknown.Section}", unknown.Reason);
        }

        foreach (var source in session.Found.Where(source => source.Missing is not null))
        {
            content.AddMissing("logs and deployment", $"{source}");
        }
    }

    /// <summary>What a verb answers that reads the job store by itself.</summary>
    private async Task AddAsync(BundleContent content, string name, Func<JobStoreSession, Task<Answer>> read)
    {
        try
        {
            await using var store = await JobStoreSession.OpenAsync(session.Settings);
            content.Add(name, await read(store));
        }
        catch (CliException exception)
        {
            content.AddMissing(name, exception.Message);
        }
    }

    /// <summary>Asks all sources at once; what they give is added in their order, so that the same fleet gives the same bundle.</summary>
    private async Task<IReadOnlyList<Action>> GatherAsync(BundleContent content, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(session.Settings.DatabaseDeadline * 4);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var sources = session.Services.GetServices<IEscalationSource>().ToList();
        var details = await Task.WhenAll(sources.Select(source => source.CollectAsync(request, either.Token)));
        cancellationToken.ThrowIfCancellationRequested();
        return [.. sources.Zip(details).Select(p => (Action)(() => Add(content, p.First.Name, p.Second)))];
    }

    private static void Add(BundleContent content, string source, EscalationDetails details)
    {
        foreach (var log in details.Logs)
        {
            var path = $"logs/{source}/{FileName(log.Worker)}{(log.IsPrevious ? ".previous" : "")}.log";
            content.Add(path, log.Text, isLog: true);
            if (log.IsCut)
            {
                content.AddCut(path, "older lines that were asked for were left out for the limit of a log");
            }
        }

        foreach (var file in details.Files)
        {
            content.Add($"deployment/{file.Name}", file.Text);
        }

        if (details.Workers.Count > 0)
        {
            content.AddJson($"deployment/{source}/workers.json", new JsonArray([.. details.Workers.Select(w => new JsonObject
            {
                ["name"] = w.Name,
                ["image"] = w.Image,
                ["digest"] = w.Digest,
                ["version"] = w.Version,
                ["startedAt"] = w.StartedAt is { } at ? JsonValue.Create(at.UtcDateTime) : null,
                ["restarts"] = w.Restarts,
            })]));
        }

        if (details.Rollouts.Count > 0)
        {
            content.AddJson($"deployment/{source}/rollouts.json", new JsonArray([.. details.Rollouts.Select(r => new JsonObject
            {
                ["deployment"] = r.Deployment,
                ["revision"] = r.Revision,
                ["at"] = r.At is { } at ? JsonValue.Create(at.UtcDateTime) : null,
                ["images"] = AnswerJson.List(r.Images),
            })]));
        }

        foreach (var missing in details.Missing)
        {
            content.AddMissing($"{source}: {missing.What}", missing.Reason.Message ?? missing.Reason.Code ?? "failed");
        }
    }

    /// <summary>Names alone, of this process; and what can be said of those that a worker needs.</summary>
    private void AddEnvironment(BundleContent content)
    {
        var options = session.Services.GetRequiredService<IOptions<CliplyDiagnosticsOptions>>().Value.Environment;
        content.AddJson("environment.json", new JsonObject
        {
            ["of"] = "the machine that wrote the bundle",
            ["names"] = AnswerJson.List(Environment.GetEnvironmentVariables().Keys.Cast<string>().Order(StringComparer.Ordinal)),
            ["needed"] = new JsonArray([.. options.Required.Concat(options.Recommended).Distinct(StringComparer.Ordinal).Select(name => new JsonObject { ["name"] = name, ["problem"] = Problem(name) })]),
        });

        static string? Problem(string name) => Environment.GetEnvironmentVariable(name) is { } value ? EnvironmentRules.WhatIsWrong(name, value)?.Reason : "is not set";
    }

    private static JsonObject Versions() => new()
    {
        ["cliply"] = ToolVersion.Text,
        ["runtime"] = RuntimeInformation.FrameworkDescription,
        ["os"] = RuntimeInformation.OSDescription,
        ["architecture"] = RuntimeInformation.OSArchitecture.ToString(),
    };

    private void AddLocalFiles(BundleContent content)
    {
        foreach (var file in UsualFiles.Where(File.Exists).Concat(include))
        {
            var text = TextFile.Read(Path.GetFullPath(file));
            if (text.Value is { } known)
            {
                content.Add($"deployment/local/{FileName(Path.GetFileName(file))}", known);
            }
            else
            {
                content.AddMissing(Path.GetFileName(file), text.Unavailable?.Message ?? "it can't be read");
            }
        }
    }

    /// <summary>A name that is one file in every archive and on every system.</summary>
    private static string FileName(string name)
    {
        var safe = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '@' ? c : '_')).TrimStart('.');
        return safe.Length == 0 ? "_" : safe[..Math.Min(safe.Length, 120)];
    }
}
