namespace Cliply.Diagnostics.Cli;

/// <summary>What <c>--output</c> takes.</summary>
internal enum OutputFormat
{
    Table,
    Json,
    Markdown,
}
