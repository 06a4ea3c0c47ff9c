using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Cli.Jobs;

/// <summary>Something to do about a job.</summary>
internal sealed record JobStep(string Text, IReadOnlyList<RunbookCommand> Commands)
{
    public JobStep(string text, params RunbookCommand[] commands)
        : this(text, (IReadOnlyList<RunbookCommand>)commands)
    {
    }
}
