using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Cliply.Diagnostics.Tests.Redaction;

/// <summary>A text as it is found in logs, files and pages, and how a reader gets it back.</summary>
internal sealed record TextShape(string Name, Func<string, string> Write, Func<string, string> Read, bool KeepsLines = true)
{
    private static readonly JsonSerializerOptions Relaxed = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IReadOnlyList<TextShape> All { get; } =
    [
        new("plain", t => t, t => t),
        new("lines", t => $"2026-11-24T05:20:00Z INFO before\n{t}\n2026-11-24T05:20:01Z INFO after\n", t => t),
        new("windows lines", t => $"before\r\n{t.Replace("\n", "\r\n", StringComparison.Ordinal)}\r\nafter\r\n", t => t.Replace("\r", "", StringComparison.Ordinal)),
        new("in a log line", t => $"2026-11-24T05:20:00.123Z ERROR [worker-1] failed: {t}", t => t, KeepsLines: false),
        new("container log", t => "2026-11-24T05:20:00.987654321Z " + t.Replace("\n", "\n2026-11-24T05:20:00.987654321Z ", StringComparison.Ordinal), t => t, KeepsLines: false),
        new("colours", t => $"\u001b[31mERROR\u001b[0m\n\u001b[1;35m{t}\u001b[0m\n", t => t),
        new("JSON", t => $$"""{"level":50,"msg":{{JsonSerializer.Serialize(t)}},"pid":7}""", t => JsonDocument.Parse(t).RootElement.GetProperty("msg").GetString()!),
        new("JSON without ASCII escapes", t => $$"""{"msg":{{JsonSerializer.Serialize(t, Relaxed)}}}""", t => JsonDocument.Parse(t).RootElement.GetProperty("msg").GetString()!),
        new("JSON with escaped slashes", t => $$"""{"msg":{{JsonSerializer.Serialize(t, Relaxed).Replace("/", "\\/", StringComparison.Ordinal)}}}""", t => JsonDocument.Parse(t).RootElement.GetProperty("msg").GetString()!),
        new("JSON in JSON", t => JsonSerializer.Serialize($$"""{"msg":{{JsonSerializer.Serialize(t, Relaxed)}}}"""), t => JsonDocument.Parse(JsonSerializer.Deserialize<string>(t)!).RootElement.GetProperty("msg").GetString()!),
        new("HTML", t => $"<td class=\"x\">{WebUtility.HtmlEncode(t)}</td>", t => WebUtility.HtmlDecode(t), KeepsLines: false),
        new("URL", t => $"GET /report?text={Uri.EscapeDataString(t)}&page=1 200", t => Uri.UnescapeDataString(t), KeepsLines: false),
        new("URL in lower case", t => $"GET /report?text={WithLowerHex(Uri.EscapeDataString(t))}&page=1 200", t => Uri.UnescapeDataString(t), KeepsLines: false),
        new("Markdown", t => $"# Log\n\n```\n{t}\n```\n", t => t),
        new("stack trace", t => $"System.InvalidOperationException: {t}\n   at Cliply.Worker.Run() in /src/Worker.cs:line 12\n", t => t, KeepsLines: false),
    ];

    public override string ToString() => Name;

    private static string WithLowerHex(string text) => System.Text.RegularExpressions.Regex.Replace(text, "%[0-9A-F]{2}", m => m.Value.ToLowerInvariant());
}
