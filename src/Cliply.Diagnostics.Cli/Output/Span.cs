namespace Cliply.Diagnostics.Cli.Output;

/// <summary>A piece of text in one tone. The text is data: no character of it means anything to a terminal or to Markdown.</summary>
internal readonly record struct Span(string Text, Tone Tone = Tone.Normal)
{
    public static implicit operator Span(string text) => new(text);

    public static Span Muted(string text) => new(text, Tone.Muted);

    public static Span Strong(string text) => new(text, Tone.Strong);

    public static Span Good(string text) => new(text, Tone.Good);

    public static Span Warning(string text) => new(text, Tone.Warning);

    public static Span Bad(string text) => new(text, Tone.Bad);

    public static Span Code(string text) => new(text, Tone.Code);
}
