namespace Cliply.Diagnostics.Cli.Output;

/// <summary>What a piece of text means, which a terminal may show as a colour.</summary>
internal enum Tone
{
    Normal,
    Muted,
    Strong,
    Good,
    Warning,
    Bad,
    Code,
}
