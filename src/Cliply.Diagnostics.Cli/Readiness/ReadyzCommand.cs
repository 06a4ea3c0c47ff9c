using System.CommandLine;
using System.Text.Json.Nodes;
using Cliply.Diagnostics.Cli.CommandLine;
using Cliply.Diagnostics.Cli.Fleet;
using Cliply.Diagnostics.Cli.Output;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Cli.Readiness;

/// <summary><c>cliply readyz</c>: whether a worker could work here (runbook: 1.4).</summary>
internal static class ReadyzCommand
{
    public static Command Create()
    {
        var output = OutputOption.Create(annotations: true);
        output.DefaultValueFactory = _ => OutputFormat.Json;
        output.Description = output.Description!.Replace("Default: table.", "Default: json.", StringComparison.Ordinal);
        var fleet = new FleetOptions();
        var command = new Command("readyz", """
            Says whether a worker could work here: ffmpeg, yt-dlp, the database and the environment of this machine or container.

            Exit codes: 0 ready, 2 not ready, 3 not known; 64 wrong usage.

            Examples:
              cliply readyz --database-url "$DATABASE_URL"
              kubectl exec deploy/worker -- cliply readyz | jq .ok
            """);
        fleet.AddTo(command);
        command.Add(output);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = await FleetSession.CreateAsync(fleet.Read(parsed));
            var snapshot = (await session.ReadAsync(cancellationToken)).Snapshot;
            return await AnswerWriter.WriteAsync(Answer(snapshot), parsed.GetValue(output), cancellationToken);
        });
        return command;
    }

    private static Answer Answer(DiagnosticSnapshot snapshot)
    {
        List<ReadinessCheck> checks = [Binary(snapshot, "ffmpeg", isRequired: true), Binary(snapshot, "yt-dlp", isRequired: false), Database(snapshot), Environment(snapshot)];
        var ok = checks.Any(c => c is { IsRequired: true, Ok: false }) ? false : checks.Any(c => c is { IsRequired: true, Ok: null }) ? (bool?)null : true;
        var database = snapshot.Database.Value is { } evidence ? CamelCase(evidence.Status) : snapshot.Database.Unavailable?.Code ?? "unknown";
        return new Answer
        {
            ExitCode = ok switch { true => ExitCodes.Success, false => 2, null => ExitCodes.Inconclusive },
            Annotations = [.. checks.Where(c => c.Ok != true).Select(c => new Annotation(c.IsRequired ? Severity.Critical : Severity.Warning, $"{c.Name} {(c.Ok == false ? "not ready" : "not known")}", c.Detail))],
            Page = new Page()
                .Line(ok switch { true => Span.Good("ready"), false => Span.Bad("not ready"), null => Span.Warning("not known") })
                .Facts([.. checks.Select(c => (c.Name, new Span[] { c.Ok switch { true => Span.Good("ok:"), false => new("failed:", c.IsRequired ? Tone.Bad : Tone.Warning), null => Span.Warning("not known:") }, c.Detail }))]),
            Json = AnswerJson.ToUtf8(new JsonObject
            {
                ["ok"] = ok,
                ["ffmpegOk"] = checks[0].Ok,
                ["ytDlpOk"] = checks[1].Ok,
                ["database"] = database,
                ["checks"] = new JsonArray([.. checks.Select(c => new JsonObject { ["name"] = c.Name, ["ok"] = c.Ok, ["required"] = c.IsRequired, ["detail"] = c.Detail })]),
                ["ts"] = JsonValue.Create(snapshot.CapturedAt.UtcDateTime),
            }),
        };
    }

    private static ReadinessCheck Binary(DiagnosticSnapshot snapshot, string name, bool isRequired)
    {
        var binary = snapshot.Binaries.Value?.FirstOrDefault(b => b.Name == name);
        return binary is null
            ? new ReadinessCheck(name, null, isRequired, Words.Reason(snapshot.Binaries.Unavailable))
            : new ReadinessCheck(name, binary.Status == BinaryStatus.Available, isRequired, string.Join(' ', Words.Of(binary).Select(s => s.Text).Where(t => t.Length > 0)));
    }

    private static ReadinessCheck Database(DiagnosticSnapshot snapshot) => snapshot.Database.Value switch
    {
        { Status: DatabaseStatus.Ok, LatencyMilliseconds: { } latency } => new("database", true, true, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"answers in {latency:0.#} ms")),
        { Status: DatabaseStatus.Ok } => new("database", true, true, "answers"),
        { } evidence => new("database", false, true, snapshot.Queue.Unavailable?.Message ?? CamelCase(evidence.Status)),
        null => new("database", null, true, Words.Reason(snapshot.Database.Unavailable)),
    };

    private static ReadinessCheck Environment(DiagnosticSnapshot snapshot)
    {
        if (snapshot.Environment.Value is not { } environment)
        {
            return new ReadinessCheck("environment", null, true, Words.Reason(snapshot.Environment.Unavailable));
        }

        var problems = (environment.MissingRequired ?? []).Select(name => $"{name} is not set").Concat((environment.Invalid ?? []).Select(v => $"{v.Name} {v.Reason}")).ToList();
        return new ReadinessCheck("environment", problems.Count == 0, true, problems.Count == 0 ? "complete" : string.Join("; ", problems));
    }

    private static string CamelCase(DatabaseStatus status) => System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(status.ToString());

    /// <param name="Name">What was checked.</param>
    /// <param name="Ok">Null: not known.</param>
    /// <param name="IsRequired">Whether a worker can't work without it; yt-dlp is not critical if you don't use YouTube downloads.</param>
    /// <param name="Detail">For people.</param>
    private sealed record ReadinessCheck(string Name, bool? Ok, bool IsRequired, string Detail);
}
