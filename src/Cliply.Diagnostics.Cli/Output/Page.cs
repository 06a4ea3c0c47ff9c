using Cliply.Diagnostics.Redaction;
using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Cli.Output;

/// <summary>What a verb has to say to people, apart from where it is shown: a terminal, Markdown.</summary>
internal sealed class Page
{
    private readonly List<Block> _blocks = [];

    public IReadOnlyList<Block> Blocks => _blocks;

    /// <summary>A title, or the head of a part.</summary>
    public Page Heading(string text) => Add(new Block.Heading(text));

    public Page Line(params Span[] spans) => Add(new Block.Line(spans));

    /// <summary>A line for each text.</summary>
    public Page Lines(IReadOnlyList<Span> lines)
    {
        foreach (var line in lines)
        {
            Line(line);
        }

        return this;
    }

    /// <summary>Names with their values, aligned.</summary>
    public Page Facts(params (string Name, Span[] Value)[] facts) => facts.Length == 0 ? this : Add(new Block.Facts(facts));

    public Page Table(IReadOnlyList<Column> columns, IReadOnlyList<Span[]> rows) => rows.Count == 0 ? this : Add(new Block.Table(columns, rows));

    /// <summary>A step with its commands, of which the changing ones are marked.</summary>
    public Page Step(Span[] text, params IReadOnlyList<RunbookCommand> commands) => Add(new Block.Step(text, commands));

    /// <summary>Lines of code to copy, as they are.</summary>
    public Page Code(string text) => Add(new Block.Code(text.TrimEnd('\n').Split('\n')));

    /// <summary>The same without secrets.</summary>
    public Page Redacted(SecretRedactor redactor)
    {
        var page = new Page();
        page._blocks.AddRange(_blocks.Select<Block, Block>(block => block switch
        {
            Block.Heading heading => new Block.Heading(redactor.Redact(heading.Text)),
            Block.Line line => new Block.Line(Spans(line.Spans)),
            Block.Facts facts => new Block.Facts([.. facts.Items.Select(f => (redactor.Redact(f.Name), Spans(f.Value)))]),
            Block.Table table => table with { Rows = [.. table.Rows.Select(Spans)] },
            Block.Code code => new Block.Code(redactor.Redact(string.Join('\n', code.Lines)).Split('\n')),
            Block.Step step => new Block.Step(Spans(step.Text), [.. step.Commands.Select(c => c with { Command = redactor.Redact(c.Command) })]),
            _ => throw new InvalidOperationException($"A page has no {block.GetType().Name}."),
        }));
        return page;

        Span[] Spans(IReadOnlyList<Span> spans) => [.. spans.Select(s => s with { Text = redactor.Redact(s.Text) })];
    }

    private Page Add(Block block)
    {
        _blocks.Add(block);
        return this;
    }

    internal abstract record Block
    {
        public sealed record Heading(string Text) : Block;

        public sealed record Line(IReadOnlyList<Span> Spans) : Block;

        public sealed record Facts(IReadOnlyList<(string Name, Span[] Value)> Items) : Block;

        public sealed record Table(IReadOnlyList<Column> Columns, IReadOnlyList<Span[]> Rows) : Block;

        public sealed record Code(IReadOnlyList<string> Lines) : Block;

        public sealed record Step(IReadOnlyList<Span> Text, IReadOnlyList<RunbookCommand> Commands) : Block;
    }

    /// <summary>A column of a table.</summary>
    /// <param name="Title">Its head.</param>
    /// <param name="IsNumber">Whether its values are set to the right.</param>
    /// <param name="IsWhole">Whether its values are kept on one line where there is room: ids, times.</param>
    internal sealed record Column(string Title, bool IsNumber = false, bool IsWhole = false)
    {
        public static implicit operator Column(string title) => new(title);

        public static Column Number(string title) => new(title, IsNumber: true, IsWhole: true);

        public static Column Whole(string title) => new(title, IsWhole: true);
    }
}
