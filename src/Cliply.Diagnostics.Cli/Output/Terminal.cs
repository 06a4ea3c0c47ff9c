using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.Reports;
using Spectre.Console;

namespace Cliply.Diagnostics.Cli.Output;

/// <summary>The terminal on standard output, or what stands in for it: a pipe gets plain ASCII frames and no line breaks of ours.</summary>
internal static class Terminal
{
    private const int Unlimited = 10_000;

    private static readonly string[] LocaleVariables = ["LC_ALL", "LC_CTYPE", "LANG"];

    public static bool IsInteractive => !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not "dumb";

    public static bool HasUnicode => IsInteractive && Environment.GetEnvironmentVariable("TERM") is not "linux" && (OperatingSystem.IsWindows() || IsUtf8Locale);

    private static bool IsUtf8Locale =>
        LocaleVariables.Select(Environment.GetEnvironmentVariable).FirstOrDefault(v => !string.IsNullOrEmpty(v)) is { } locale
        && locale.Replace("-", "", StringComparison.Ordinal).Contains("utf8", StringComparison.OrdinalIgnoreCase);

    /// <summary>How many lines it has.</summary>
    public static int Rows => Read(() => Console.WindowHeight, 24);

    public static IAnsiConsole Create(TextWriter output)
    {
        var colour = IsInteractive && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = IsInteractive ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = colour ? ColorSystemSupport.EightBit : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        console.Profile.Capabilities.Unicode = HasUnicode;
        console.Profile.Capabilities.Links = false;
        console.Profile.Width = Console.IsOutputRedirected ? Unlimited : Math.Max(20, Read(() => Console.WindowWidth, 80));
        return console;
    }

    /// <summary>Writes all that is drawn at once: piece by piece, each would be a write of its own.</summary>
    public static async Task WriteAsync(Action<IAnsiConsole> draw, CancellationToken cancellationToken)
    {
        using var text = new StringWriter();
        draw(Create(text));
        await Console.Out.WriteAsync(text.GetStringBuilder(), cancellationToken);
    }

    /// <summary>The spans as a line, with a space between each two.</summary>
    public static void WriteLine(this IAnsiConsole console, IEnumerable<Span> spans, string before = "")
    {
        if (console.Profile is { Width: Unlimited, Capabilities.Ansi: false })
        {
            console.Profile.Out.Writer.WriteLine(before + Texts(spans));
            return;
        }

        console.MarkupLine(before + Markups(spans));
    }

    /// <summary>A line of code, with the spaces that it starts with, never broken.</summary>
    public static void WriteCode(this IAnsiConsole console, string line) =>
        console.WriteUnbroken(new string(' ', line.Length - line.TrimStart(' ').Length), [], line);

    /// <summary>A command under its step, never broken, marked if it changes something.</summary>
    public static void WriteCommand(this IAnsiConsole console, RunbookCommand command)
    {
        var platform = Span.Muted(ReportWords.Of(command.Platform));
        console.WriteUnbroken("      ", command.Effect == CommandEffect.Changing ? [platform, new Span("(changes)", Tone.Warning)] : [platform], command.Command);
    }

    /// <summary>Text in which nothing means anything to the terminal or to markup.</summary>
    public static string Plain(string text) => Markup.Escape(Text(text));

    /// <summary>Text in which nothing means anything to the terminal.</summary>
    public static string Text(string text) => TextSanitizer.WithoutControlCharacters(text, 4_000);

    /// <summary>The spans as markup, with a space between each two.</summary>
    public static string Markups(IEnumerable<Span> spans) =>
        string.Join(' ', spans.Where(s => s.Text.Length > 0).Select(s => Style(s.Tone) is { } style ? $"[{style}]{Plain(s.Text)}[/]" : Plain(s.Text)));

    /// <summary>What is not broken stays one when it is copied: the terminal's own breaks are not copied.</summary>
    private static void WriteUnbroken(this IAnsiConsole console, string before, Span[] label, string code)
    {
        var gap = label.Length > 0 ? "  " : "";
        if (!console.Profile.Capabilities.Ansi)
        {
            console.Profile.Out.Writer.WriteLine(before + Texts(label) + gap + Text(code));
            return;
        }

        var width = console.Profile.Width;
        console.Profile.Width = Unlimited;
        console.MarkupLine(before + Markups(label) + gap + Markups([new(code, Tone.Code)]));
        console.Profile.Width = width;
    }

    private static string Texts(IEnumerable<Span> spans) => string.Join(' ', spans.Where(s => s.Text.Length > 0).Select(s => Text(s.Text)));

    private static int Read(Func<int> size, int fallback)
    {
        try
        {
            return size() is > 0 and var known ? known : fallback;
        }
        catch (IOException)
        {
            return fallback;
        }
    }

    private static string? Style(Tone tone) => tone switch
    {
        Tone.Muted => "grey",
        Tone.Strong => "bold",
        Tone.Good => "green",
        Tone.Warning => "yellow",
        Tone.Bad => "red",
        Tone.Code => "cyan",
        _ => null,
    };
}
