using System.CommandLine;
using Cliply.Diagnostics.Cli.CommandLine;

namespace Cliply.Diagnostics.Cli.Replaying;

/// <summary><c>cliply replay</c>: recorded snapshots, one a line, and what each means, one report a line.</summary>
internal static class ReplayCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "Snapshots as JSON, one a line; - for standard input." };
        var command = new Command("replay", """
            Diagnoses recorded snapshots: one a line in, one report a line out, in the same order.

            Exit codes: 0 when every line was diagnosed; 64 wrong usage, 65 bad input (with line and JSON path).

            Examples:
              cliply replay snapshots.jsonl > reports.jsonl
              zcat snapshots.jsonl.gz | cliply replay - | jq -r .status
            """) { file };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var name = parsed.GetValue(file)!;
            await using var input = InputFiles.Open(name, "FILE");
            await using var output = Console.OpenStandardOutput();
            BrokenPipe.EndsTheProcess();
            await new SnapshotReplay(InputFiles.Name(name)).RunAsync(input, output, cancellationToken);
            return ExitCodes.Success;
        });
        return command;
    }
}
