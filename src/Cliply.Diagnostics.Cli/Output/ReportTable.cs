using Cliply.Diagnostics.Reports;
using Spectre.Console;

namespace Cliply.Diagnostics.Cli.Output;

/// <summary>Shows a report to people: the verdict first, then each root problem as a page, then its symptoms in short.</summary>
internal static class ReportTable
{
    public static void Write(IAnsiConsole console, DiagnosticReport report)
    {
        var platforms = Platforms(report);
        console.MarkupLine($"The fleet is [bold {Colour(report.Status)}]{ReportWords.Of(report.Status)}[/] [grey]at {ReportWords.Of(report.CapturedAt)}[/]");
        if (report.Diagnoses.Count == 0)
        {
            console.WriteLine(report.Status == FleetStatus.Inconclusive ? "Nothing was found, but too little is known to say more." : "No diagnosis.");
        }

        foreach (var diagnosis in report.Diagnoses.Where(d => d.SymptomOf.Count == 0))
        {
            console.WriteLine();
            WritePage(console, diagnosis, platforms);
        }

        WriteSymptoms(console, [.. report.Diagnoses.Where(d => d.SymptomOf.Count > 0)]);
        WriteEscalation(console, report.Escalation);
        WriteUnknowns(console, report.Unknowns);
    }

    private static void WritePage(IAnsiConsole console, Diagnosis diagnosis, HashSet<CommandPlatform> platforms)
    {
        console.MarkupLine($"[bold {Colour(diagnosis.Severity)}]{ReportWords.Of(diagnosis.Severity).ToUpperInvariant()}[/] [bold]{Terminal.Plain(diagnosis.Title)}[/] [grey]({diagnosis.Code}, {ReportWords.Of(diagnosis.Confidence)})[/]");
        console.MarkupLine(Terminal.Plain(diagnosis.Summary));
        console.MarkupLine($"[grey]Impact:[/] {Terminal.Plain(diagnosis.Impact)}");

        var evidence = new Table { Border = console.Profile.Capabilities.Unicode ? TableBorder.Rounded : TableBorder.Ascii };
        evidence.AddColumns("evidence", "value", "expected", "source");
        foreach (var line in diagnosis.Evidence)
        {
            evidence.AddRow(Terminal.Plain(line.Metric), Terminal.Plain(line.Value), Terminal.Plain(line.Expected), Terminal.Plain(line.Source));
        }

        if (diagnosis.Evidence.Count > 0)
        {
            console.Write(evidence);
        }

        if (diagnosis.Causes.Count > 0)
        {
            console.MarkupLine("[bold]Why[/]");
            foreach (var cause in diagnosis.Causes)
            {
                console.MarkupLine($"  {ReportWords.Of(cause.Confidence),-9}  {Terminal.Plain(cause.Title)} [grey]({Terminal.Plain(cause.Code)})[/]");
                foreach (var line in cause.Evidence)
                {
                    console.MarkupLine($"             [grey]{Terminal.Plain(line.Metric)}: {Terminal.Plain(line.Value)}[/]");
                }
            }
        }

        WriteSteps(console, "Look next", diagnosis.NextChecks.Select(c => (c.Question, c.Commands)), platforms);
        WriteSteps(console, "What to do", diagnosis.Remediation.Select(s => ($"{ReportWords.Of(s.Horizon)}: {s.Action}", s.Commands)), platforms);
        if (diagnosis.Verification.Count > 0)
        {
            console.MarkupLine("[bold]It worked when[/]");
            foreach (var step in diagnosis.Verification)
            {
                console.MarkupLine($"  - {Terminal.Plain(step)}");
            }
        }

        if (diagnosis.Runbook is not null)
        {
            console.MarkupLine($"[grey]Runbook: {Terminal.Plain(diagnosis.Runbook)}[/]");
        }
    }

    private static void WriteSteps(IAnsiConsole console, string title, IEnumerable<(string Text, IReadOnlyList<RunbookCommand> Commands)> steps, HashSet<CommandPlatform> platforms)
    {
        var any = false;
        foreach (var (text, commands) in steps)
        {
            if (!any)
            {
                console.MarkupLine($"[bold]{title}[/]");
                any = true;
            }

            console.MarkupLine($"  - {Terminal.Plain(text)}");
            foreach (var command in commands.Where(c => platforms.Contains(c.Platform)))
            {
                console.WriteCommand(command);
            }
        }
    }

    /// <summary>Only the platforms that the evidence names; all of them where it names none.</summary>
    private static HashSet<CommandPlatform> Platforms(DiagnosticReport report)
    {
        var sources = report.Diagnoses.SelectMany(d => d.Evidence.Concat(d.Causes.SelectMany(c => c.Evidence)))
            .SelectMany(line => line.Source.Split(", ")).ToHashSet(StringComparer.Ordinal);
        HashSet<CommandPlatform> named = [CommandPlatform.Any];
        foreach (var (source, platform) in new[] { ("docker", CommandPlatform.Docker), ("kubernetes", CommandPlatform.Kubernetes), ("systemd", CommandPlatform.Systemd) })
        {
            if (sources.Contains(source))
            {
                named.Add(platform);
            }
        }

        return named.Count > 1 ? named : [.. Enum.GetValues<CommandPlatform>()];
    }

    private static void WriteSymptoms(IAnsiConsole console, IReadOnlyList<Diagnosis> symptoms)
    {
        if (symptoms.Count == 0)
        {
            return;
        }

        console.WriteLine();
        console.MarkupLine("[bold]Explained by the above[/]");
        foreach (var symptom in symptoms)
        {
            console.MarkupLine($"  [{Colour(symptom.Severity)}]{ReportWords.Of(symptom.Severity)}[/] {Terminal.Plain(symptom.Title)}: {Terminal.Plain(symptom.Summary)} [grey](symptom of {Terminal.Plain(string.Join(", ", symptom.SymptomOf))})[/]");
        }
    }

    private static void WriteEscalation(IAnsiConsole console, Escalation escalation)
    {
        if (!escalation.Recommended)
        {
            return;
        }

        console.WriteLine();
        console.MarkupLine("[bold]Escalate to engineering[/]");
        foreach (var reason in escalation.Reasons)
        {
            console.MarkupLine($"  - {Terminal.Plain(reason)}");
        }

        console.MarkupLine($"  Include: {Terminal.Plain(string.Join("; ", escalation.Include))}.");
    }

    private static void WriteUnknowns(IAnsiConsole console, IReadOnlyList<UnknownEvidence> unknowns)
    {
        if (unknowns.Count == 0)
        {
            return;
        }

        console.WriteLine();
        console.MarkupLine("[bold]Not known[/]");
        foreach (var unknown in unknowns)
        {
            console.MarkupLine($"  {Terminal.Plain(unknown.Section)}: {Terminal.Plain(unknown.Reason)} [grey](would decide {Terminal.Plain(string.Join(", ", unknown.WouldDecide))})[/]");
        }
    }

    private static string Colour(FleetStatus status) => status switch
    {
        FleetStatus.Healthy => "green",
        FleetStatus.Unhealthy => "red",
        _ => "yellow",
    };

    private static string Colour(Severity severity) => severity switch
    {
        Severity.Critical => "red",
        Severity.Warning => "yellow",
        _ => "blue",
    };
}
