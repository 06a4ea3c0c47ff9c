using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Cli.Output;

/// <summary>Writes what a verb answers to standard output.</summary>
internal static class AnswerWriter
{
    public static async Task<int> WriteAsync(Answer answer, OutputFormat format, CancellationToken cancellationToken)
    {
        switch (format)
        {
            case OutputFormat.Json:
                await WriteJsonAsync(answer.Json, cancellationToken);
                break;
            case OutputFormat.Markdown:
                await Console.Out.WriteAsync(PageMarkdown.Write(answer.Page).AsMemory(), cancellationToken);
                break;
            case OutputFormat.GitHub:
                await WriteAnnotationsAsync(answer.Annotations);
                break;
            default:
                await Terminal.WriteAsync(console => PageTerminal.Write(console, answer.Page), cancellationToken);
                break;
        }

        return answer.ExitCode;
    }

    public static async Task WriteJsonAsync(ReadOnlyMemory<byte> json, CancellationToken cancellationToken)
    {
        await using var stdout = Console.OpenStandardOutput();
        await stdout.WriteAsync(json, cancellationToken);
        stdout.WriteByte((byte)'\n');
    }

    /// <summary>Workflow commands: <c>::error title=…::…</c>.</summary>
    public static async Task WriteAnnotationsAsync(IEnumerable<Annotation> annotations)
    {
        foreach (var annotation in annotations)
        {
            var command = annotation.Severity switch
            {
                Severity.Critical => "error",
                Severity.Warning => "warning",
                _ => "notice",
            };
            await Console.Out.WriteLineAsync($"::{command} title={Property(annotation.Title)}::{Data(annotation.Message)}");
        }
    }

    private static string Data(string text) => TextSanitizer.WithoutControlCharacters(text, 4_000).Replace("%", "%25", StringComparison.Ordinal);

    private static string Property(string text) => Data(text).Replace(":", "%3A", StringComparison.Ordinal).Replace(",", "%2C", StringComparison.Ordinal);
}
