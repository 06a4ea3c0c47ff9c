using Spectre.Console;

namespace Cliply.Diagnostics.Cli.Output;

/// <summary>Shows a page on the terminal.</summary>
internal static class PageTerminal
{
    public static void Write(IAnsiConsole console, Page page)
    {
        var isFirst = true;
        foreach (var block in page.Blocks)
        {
            switch (block)
            {
                case Page.Block.Heading heading:
                    if (!isFirst)
                    {
                        console.WriteLine();
                    }

                    console.WriteLine([new Span(heading.Text, Tone.Strong)]);
                    break;
                case Page.Block.Line line:
                    console.WriteLine(line.Spans);
                    break;
                case Page.Block.Facts facts:
                    Write(console, facts);
                    break;
                case Page.Block.Table table:
                    Write(console, table);
                    break;
                case Page.Block.Code code:
                    foreach (var line in code.Lines)
                    {
                        console.WriteCode(line);
                    }

                    break;
                case Page.Block.Step step:
                    Write(console, step);
                    break;
            }

            isFirst = false;
        }
    }

    private static void Write(IAnsiConsole console, Page.Block.Facts facts)
    {
        var width = facts.Items.Max(f => f.Name.Length) + 2;
        if (!Terminal.IsInteractive)
        {
            // A grid fills its lines with spaces, which a program that reads them would find.
            foreach (var (name, value) in facts.Items)
            {
                console.WriteLine(value, before: Terminal.Text(name).PadRight(width));
            }

            return;
        }

        var grid = new Grid();
        grid.AddColumn(new GridColumn { NoWrap = true, Width = width, Padding = new Padding(0, 0, 0, 0) });
        grid.AddColumn(new GridColumn { Padding = new Padding(0, 0, 0, 0) });
        foreach (var (name, value) in facts.Items)
        {
            grid.AddRow(new Markup($"[grey]{Terminal.Plain(name)}[/]"), new Markup(Terminal.Markups(value)));
        }

        console.Write(grid);
    }

    private static void Write(IAnsiConsole console, Page.Block.Table block)
    {
        var table = new Table { Border = console.Profile.Capabilities.Unicode ? TableBorder.Rounded : TableBorder.Ascii };
        foreach (var column in block.Columns)
        {
            table.AddColumn(new TableColumn(new Markup(Terminal.Plain(column.Title))) { NoWrap = column.IsWhole, Alignment = column.IsNumber ? Justify.Right : Justify.Left });
        }

        foreach (var row in block.Rows)
        {
            table.AddRow(row.Select(cell => new Markup(Terminal.Markups([cell]))));
        }

        console.Write(table);
    }

    private static void Write(IAnsiConsole console, Page.Block.Step step)
    {
        if (Terminal.IsInteractive)
        {
            var grid = new Grid();
            grid.AddColumn(new GridColumn { NoWrap = true, Padding = new Padding(2, 0, 1, 0) });
            grid.AddColumn(new GridColumn { Padding = new Padding(0, 0, 0, 0) });
            grid.AddRow(new Markup("-"), new Markup(Terminal.Markups(step.Text)));
            console.Write(grid);
        }
        else
        {
            console.WriteLine(step.Text, before: "  - ");
        }

        foreach (var command in step.Commands)
        {
            console.WriteCommand(command);
        }
    }
}
