using System.Text.Json.Nodes;
using Cliply.Diagnostics.Redaction;

namespace Cliply.Diagnostics.Cli.Output;

/// <summary>What a verb answers, in each form that it may be asked for.</summary>
internal sealed record Answer
{
    /// <summary>For people.</summary>
    public required Page Page { get; init; }

    /// <summary>For programs: one JSON value as UTF-8, indented.</summary>
    public required ReadOnlyMemory<byte> Json { get; init; }

    /// <summary>For a workflow run; empty where all is well.</summary>
    public IReadOnlyList<Annotation> Annotations { get; init; } = [];

    public int ExitCode { get; init; }

    /// <summary>The same without secrets.</summary>
    public Answer Redacted(SecretRedactor redactor) => this with
    {
        Page = Page.Redacted(redactor),
        Json = AnswerJson.ToUtf8(AnswerJson.Redact(JsonNode.Parse(Json.Span), redactor)!),
        Annotations = [.. Annotations.Select(a => a with { Title = redactor.Redact(a.Title), Message = redactor.Redact(a.Message) })],
    };
}
