using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Cliply.Diagnostics.Cli.CommandLine;
using Cliply.Diagnostics.Cli.Fleet;
using Cliply.Diagnostics.Cli.Output;
using Cliply.Diagnostics.Escalations;
using Cliply.Diagnostics.Redaction;
using Cliply.Diagnostics.Reports;
using Microsoft.Extensions.DependencyInjection;

namespace Cliply.Diagnostics.Cli.Bundles;

/// <summary><c>cliply bundle</c>: everything for the next engineer, in one file (runbook: "When to Escalate").</summary>
internal static class BundleCommand
{
    private const long Megabyte = 1_000_000;

    public static Command Create()
    {
        var file = new Option<string?>("--output-file") { Description = "Where to write it. Default: cliply-bundle-DATE.tar.gz in the current folder.", HelpName = "FILE" };
        var force = new Option<bool>("--force") { Description = "Write over a file that is there." };
        var logLines = new Option<int>("--log-lines") { Description = "How many of the newest lines of each worker's log, 0 to 100000. Default: 100.", HelpName = "N", DefaultValueFactory = _ => 100 };
        var budget = new Option<int>("--budget") { Description = "How many megabytes all files may have together before compression, 1 to 1000: the newest lines stay. Default: 20.", HelpName = "MB", DefaultValueFactory = _ => 20 };
        var include = new Option<string[]>("--include") { Description = "A file of the deployment's configuration to add, such as a manifest. May be repeated.", HelpName = "FILE" };
        var emails = new Option<bool>("--redact-emails") { Description = "Redact email addresses too." };
        var addresses = new Option<bool>("--redact-ips") { Description = "Redact IP addresses too." };
        var output = OutputOption.Create();
        var fleet = new FleetOptions();
        var sources = new EvidenceSources();
        var command = new Command("bundle", """
            Writes one archive to hand to the next engineer: the report, the snapshot, workers, jobs, dead letters, the ends of all logs, the deployment, versions and recent rollouts. Secrets are redacted, the finished file is searched for any that is left, and only its owner may read it.

            It works when the database, the platform or anything else is down: what can't be had is listed in its manifest.json. cliply diagnose --bundle FILE reads it again.

            Exit codes: 0 written; 64 wrong usage, 70 a secret was left and nothing was written, 73 the file can't be written, 130 interrupted.

            Examples:
              cliply bundle --kubernetes workers --database-url "$DATABASE_URL"
              cliply bundle --output-file incident.tar.gz --log-lines 1000 --redact-emails
            """) { file, force, logLines, budget, include, emails, addresses };
        fleet.AddTo(command);
        sources.AddTo(command);
        command.Add(output);
        command.Validators.Add(result =>
        {
            Range(logLines, 0, 100_000);
            Range(budget, 1, 1_000);

            void Range(Option<int> option, int least, int most)
            {
                if (result.GetResult(option) is { } given && !given.Errors.Any() && result.GetValue(option) is var value && (value < least || value > most))
                {
                    result.AddError($"{option.Name} '{value}' is out of range. Use {least} to {most}.");
                }
            }
        });
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = await sources.OpenAsync(fleet.Read(parsed), parsed, cancellationToken, builder => builder.Services.PostConfigure<CliplyDiagnosticsOptions>(options =>
            {
                options.RedactEmails |= parsed.GetValue(emails);
                options.RedactIpAddresses |= parsed.GetValue(addresses);
            }));
            var redactor = session.Services.GetRequiredService<SecretRedactor>();
            var reading = await session.ReadAsync(cancellationToken);
            var bytes = parsed.GetValue(budget) * Megabyte;
            var content = new BundleContent(redactor);

            // More than fits is asked for, since what stays is decided over all sources at once.
            var request = new EscalationRequest { LogLines = parsed.GetValue(logLines), MaxBytesPerLog = (int)bytes, MaxBytes = (int)Math.Min(4 * bytes, 256 * Megabyte) };
            await Progress.WhileAsync("collecting logs and deployment", CollectAsync());
            content.Fit(bytes);

            var at = reading.Report.CapturedAt.UtcDateTime;
            var path = parsed.GetValue(file) ?? $"cliply-bundle-{at.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture)}.tar.gz";
            var head = new JsonObject
            {
                ["schemaVersion"] = 1,
                ["capturedAt"] = JsonValue.Create(at),
                ["status"] = ReportWords.Of(reading.Report.Status),
                ["tool"] = $"cliply {ToolVersion.Text}",
            };
            await BundleArchive.WriteAsync(path, parsed.GetValue(force), content, head, reading.Report.CapturedAt, utf8 => redactor.Find(utf8)?.Kind.ToString(), cancellationToken);
            return await AnswerWriter.WriteAsync(Answer(path, reading.Report, content), parsed.GetValue(output), cancellationToken);

            async Task<bool> CollectAsync()
            {
                await new BundleCollector(session, request, parsed.GetValue(include) ?? []).CollectAsync(reading, content, cancellationToken);
                return true;
            }
        });
        return command;
    }

    private static Answer Answer(string path, DiagnosticReport report, BundleContent content)
    {
        var size = new FileInfo(path).Length;
        var page = new Page()
            .Line("Wrote", Span.Code(path), Span.Muted($"({content.Entries.Count + 1} files, {(size + 999) / 1_000} kB; only you may read it)"))
            .Line("The fleet is", Words.Of(report.Status), Span.Muted($"at {ReportWords.Of(report.CapturedAt)}"));
        if (content.Missing.Count > 0)
        {
            page.Heading("Not in it").Table(["what", "why"], [.. content.Missing.Select(g => new Span[] { g.What, g.Reason })]);
        }

        if (content.Cut.Count > 0)
        {
            page.Heading("Cut").Table(["what", "why"], [.. content.Cut.Select(g => new Span[] { g.What, g.Reason })]);
        }

        return new Answer
        {
            Page = page.Line(Span.Muted("Read it again with:"), Span.Code($"cliply diagnose --bundle {path}")),
            Json = AnswerJson.ToUtf8(new JsonObject
            {
                ["file"] = path,
                ["bytes"] = size,
                ["status"] = ReportWords.Of(report.Status),
                ["files"] = AnswerJson.List(content.Entries.Select(e => e.Path).Append(BundleArchive.Manifest)),
                ["missing"] = BundleArchive.Gaps(content.Missing),
                ["cut"] = BundleArchive.Gaps(content.Cut),
            }),
        };
    }
}
