using Cliply.Diagnostics.Cli.Output;

namespace Cliply.Diagnostics.Cli.Watching;

/// <summary>The terminal's other screen: drawn anew for each reading, and gone when it is disposed of, however the verb ends.</summary>
internal sealed class WatchScreen : IDisposable
{
    private const string Enter = "\e[?1049h\e[?25l";
    private const string Leave = "\e[?25h\e[?1049l";
    private const string Home = "\e[H";
    private const string ClearRestOfLine = "\e[K";
    private const string ClearRest = "\e[J";

    private readonly TextWriter _terminal = Console.Out;

    public WatchScreen()
    {
        _terminal.Write(Enter);
        _terminal.Flush();
    }

    /// <summary>Shows a page, cut to the lines that there are.</summary>
    public void Show(Page page)
    {
        using var text = new StringWriter();
        PageTerminal.Write(Terminal.Create(text), page);
        var lines = text.ToString().ReplaceLineEndings("\n").TrimEnd('\n').Split('\n').Take(Math.Max(1, Terminal.Rows - 1));
        _terminal.Write($"{Home}{string.Join($"{ClearRestOfLine}\n", lines)}{ClearRestOfLine}\n{ClearRest}");
        _terminal.Flush();
    }

    public void Dispose()
    {
        _terminal.Write(Leave);
        _terminal.Flush();
    }
}
