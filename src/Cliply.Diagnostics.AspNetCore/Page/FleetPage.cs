using System.Globalization;
using System.Text;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.History;
using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.AspNetCore.Page;

/// <summary>The page: a frame that is sent once, and the content that is replaced with each reading.</summary>
internal sealed class FleetPage(HistoryRing history, DiagnosisMoments moments, CliplyDiagnosticsOptions options)
{
    private const int MomentsShown = 20;

    private const string AllPlatforms = "all";

    private static readonly TimeSpan ShortestWindow = TimeSpan.FromMinutes(1);

    /// <param name="root">The page's path as the browser sees it, without a slash at the end.</param>
    /// <param name="reading">What it shows until the first event.</param>
    public string Write(string root, FleetReading reading)
    {
        root = ReportHtml.Plain(root);
        var page = new StringBuilder();
        page.Append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n")
            .Append(CultureInfo.InvariantCulture, $"<title>{ReportWords.Of(reading.Report.Status)} · Cliply fleet</title>\n<link rel=\"icon\" href=\"{root}/icon.svg\" type=\"image/svg+xml\">\n<link rel=\"stylesheet\" href=\"{root}/page.css\">\n<script type=\"module\" src=\"{root}/page.js\"></script>\n</head>\n")
            .Append(CultureInfo.InvariantCulture, $"<body data-root=\"{root}\">\n<header>\n<p id=\"connection\" class=\"muted\" role=\"status\">Cliply diagnostics</p>\n<noscript><p>Without scripts this page does not follow the fleet. Reload it.</p></noscript>\n</header>\n")
            .Append("<main>\n");
        AppendContent(page, reading);
        return page.Append(CultureInfo.InvariantCulture, $"</main>\n<footer>\n<p><button type=\"button\" id=\"copy-report\" hidden>Copy the report</button> <a href=\"{root}/report.md\">report.md</a> <a href=\"{root}/report.json\">report.json</a> <a href=\"{root}/snapshot.json\">snapshot.json</a></p>\n</footer>\n</body>\n</html>\n").ToString();
    }

    /// <summary>The part that changes.</summary>
    public string WriteContent(FleetReading reading)
    {
        var page = new StringBuilder();
        AppendContent(page, reading);
        return page.ToString();
    }

    private void AppendContent(StringBuilder page, FleetReading reading)
    {
        var report = reading.Report;
        var status = ReportWords.Of(report.Status);
        page.Append(CultureInfo.InvariantCulture, $"<div id=\"content\" data-status=\"{status}\" data-platform=\"{PlatformOf(reading.Snapshot)}\">\n<section id=\"verdict\" class=\"{status}\">\n<h1>The fleet is {status}</h1>\n<p>{Verdict(report)}</p>\n")
            .Append(CultureInfo.InvariantCulture, $"<p class=\"muted\">Captured at <time datetime=\"{report.CapturedAt.UtcDateTime:O}\">{ReportWords.Of(report.CapturedAt)}</time>, <span data-age=\"{reading.Age.TotalSeconds:0.0}\">{reading.Age.TotalSeconds:0} s</span> ago.</p>\n</section>\n");
        AppendPlatforms(page, report);
        ReportHtml.AppendBody(page, report);
        AppendPlots(page, reading.Snapshot);
        page.Append("</div>\n");
    }

    private static string Verdict(DiagnosticReport report)
    {
        var roots = report.Diagnoses.Where(d => d.SymptomOf.Count == 0).ToList();
        return roots.Count > 0 ? string.Join("; ", roots.Select(d => $"<a href=\"#{ReportHtml.Plain(d.Code)}\">{ReportHtml.Plain(d.Title)}</a>"))
            : report.Status == FleetStatus.Inconclusive ? $"No problem found, but not known: {ReportHtml.Plain(string.Join(", ", report.Unknowns.Select(u => u.Section)))}."
            : "No problem found.";
    }

    /// <summary>The switch between the platforms of the commands below; it needs the script.</summary>
    private static void AppendPlatforms(StringBuilder page, DiagnosticReport report)
    {
        var commands = report.Diagnoses.SelectMany(d => d.NextChecks.SelectMany(c => c.Commands).Concat(d.Remediation.SelectMany(s => s.Commands)));
        var platforms = commands.Select(c => c.Platform).Where(p => p != CommandPlatform.Any).Distinct().Order().Select(ReportWords.Of).ToList();
        if (platforms.Count < 2)
        {
            return;
        }

        page.Append("<fieldset id=\"platforms\" hidden>\n<legend>Commands for</legend>\n");
        foreach (var platform in platforms.Prepend(AllPlatforms))
        {
            page.Append(CultureInfo.InvariantCulture, $"<label><input type=\"radio\" name=\"platform\" value=\"{platform}\"> {platform}</label>\n");
        }

        page.Append("</fieldset>\n");
    }

    /// <summary>Where the workers run, if it is one place; else all commands are shown.</summary>
    private static string PlatformOf(DiagnosticSnapshot snapshot)
    {
        var platforms = (snapshot.Deployments.Value ?? []).Select(d => d.Platform).Distinct().ToList();
        return platforms switch
        {
            [DeploymentPlatform.Kubernetes] => ReportWords.Of(CommandPlatform.Kubernetes),
            [DeploymentPlatform.Docker] => ReportWords.Of(CommandPlatform.Docker),
            [DeploymentPlatform.Systemd] => ReportWords.Of(CommandPlatform.Systemd),
            _ => AllPlatforms,
        };
    }

    private void AppendPlots(StringBuilder page, DiagnosticSnapshot snapshot)
    {
        var to = snapshot.CapturedAt;
        var now = new HistoryPoint { At = to, ActiveWorkers = snapshot.Workers.Value?.Active, Runnable = snapshot.Queue.Value?.Runnable, DeadLetter = snapshot.Queue.Value?.DeadLetter };
        var points = (snapshot.History.Value ?? []).Where(p => p.At is not null && p.At < to).ToList();
        var oldest = history.OldestRunnableAges().Select(a => (a.At, (double?)a.Seconds)).Append((to, snapshot.Queue.Value is { Runnable: 0 } ? 0 : snapshot.Queue.Value?.OldestRunnableAgeSeconds)).ToList();
        var remembered = moments.All;

        // A host that has just started has little to show, and would show it at the very edge.
        var first = points.Select(p => p.At!.Value).Concat(oldest.Select(o => o.Item1)).Min();
        var from = Earlier(Later(first, to - options.History.Length), to - ShortestWindow);
        page.Append(CultureInfo.InvariantCulture, $"<section class=\"card\" id=\"plots\">\n<h2>Since {ReportWords.Of(from)}</h2>\n<div class=\"plots\">\n");
        foreach (var plot in new[]
        {
            new Plot("Workers", [.. points.Append(now).Select(p => (p.At!.Value, (double?)p.ActiveWorkers))], Count),
            new Plot("Jobs waiting", [.. points.Append(now).Select(p => (p.At!.Value, (double?)p.Runnable))], Count),
            new Plot("Oldest job waiting", oldest, Duration),
            new Plot("Dead letters", [.. points.Append(now).Select(p => (p.At!.Value, (double?)p.DeadLetter))], Count),
            new Plot("Restarts, as the platform counts them", [.. points.Select(p => (p.At!.Value, (double?)p.Restarts))], Count),
        })
        {
            plot.AppendTo(page, from, to, remembered);
        }

        page.Append("</div>\n");

        if (remembered.Count > 0)
        {
            page.Append("<h3>Moments</h3>\n<ul>\n");
            foreach (var moment in remembered.Reverse().Take(MomentsShown))
            {
                page.Append(CultureInfo.InvariantCulture, $"<li>{ReportWords.Of(moment.At)}: <span class=\"{(moment.Appeared ? ReportWords.Of(moment.Severity) : "healthy")}\">{ReportHtml.Plain(moment.Title)}</span> {(moment.Appeared ? $"appeared ({ReportWords.Of(moment.Severity)})" : "cleared")}</li>\n");
            }

            page.Append("</ul>\n");
        }

        page.Append("</section>\n");
    }

    private static DateTimeOffset Earlier(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static string Count(double value) => value.ToString("0", CultureInfo.InvariantCulture);

    private static string Duration(double seconds) =>
        seconds < 60 ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s")
        : seconds < 3600 ? string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0.#} min")
        : string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.#} h");
}
