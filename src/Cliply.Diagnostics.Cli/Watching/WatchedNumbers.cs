using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Cli.Watching;

/// <summary>What is drawn of one reading; null: not known.</summary>
internal sealed record WatchedNumbers(long? Workers, long? Backlog, long? DeadLetters)
{
    public static WatchedNumbers Of(DiagnosticSnapshot snapshot) => new(snapshot.Workers.Value?.Active, snapshot.Queue.Value?.Runnable, snapshot.Queue.Value?.DeadLetter);
}
