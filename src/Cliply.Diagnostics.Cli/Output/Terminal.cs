using Cliply.Diagnostics.Logs;
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

    /// <param name="output">Where to; null: standard output.</param>
    public static IAnsiConsole Create(TextWriter? output = null)
    {
        var colour = IsInteractive && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = IsInteractive ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = colour ? ColorSystemSupport.EightBit : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output ?? Console.Out),
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        console.Profile.Capabilities.Unicode = HasUnicode;
        console.Profile.Capabilities.Links = false;
        console.Profile.Width = Console.IsOutputRedirected ? Unlimited : Math.Max(20, Read(() => Console.WindowWidth, 80));
        return console;
    }

    /// <summary>A line that is never broken, so that a command stays one when it is copied; the terminal's own breaks are not copied.</summary>
    public static void WriteUnbroken(this IAnsiConsole console, string markup)
    {
        var width = console.Profile.Width;
        console.Profile.Width = Unlimited;
        console.MarkupLine(markup);
        console.Profile.Width = width;
    }

    /// <summary>Text in which nothing means anything to the terminal or to markup.</summary>
    public static string Plain(string text, int maxLength = 4_000) => Markup.Escape(TextSanitizer.WithoutControlCharacters(text, maxLength));

    /// <summary>A line of code, likewise inert, with the spaces that it starts with.</summary>
    public static string Indented(string line) => new string(' ', line.Length - line.TrimStart(' ').Length) + Plain(line);

    /// <summary>The spans as markup, with a space between each two.</summary>
    public static string Markups(IEnumerable<Span> spans) =>
        string.Join(' ', spans.Where(s => s.Text.Length > 0).Select(s => Style(s.Tone) is { } style ? $"[{style}]{Plain(s.Text)}[/]" : Plain(s.Text)));

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
