namespace Cliply.Diagnostics.Cli.Output;

/// <summary>What <c>--output</c> takes.</summary>
internal enum OutputFormat
{
    /// <summary>For people on a terminal.</summary>
    Table,

    /// <summary>For programs.</summary>
    Json,

    /// <summary>To paste into an issue or a chat.</summary>
    Markdown,

    /// <summary>Workflow commands of GitHub Actions, which show as annotations.</summary>
    GitHub,
}
