using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Cliply.Diagnostics.AspNetCore.Probes;

/// <summary>Writes a probe's answer: a plain word, with <c>?verbose</c> a line for each check, or JSON where that is accepted.</summary>
internal static class ProbeResponse
{
    public static bool WantsJson(HttpRequest request) => request.Headers.Accept.Any(a => a?.Contains("application/json", StringComparison.OrdinalIgnoreCase) == true);

    public static bool IsVerbose(HttpRequest request) => request.QueryString.HasValue && request.Query.ContainsKey("verbose");

    public static Task WriteAsync(HttpContext context, bool isOk, ReadOnlyMemory<byte> body, string contentType)
    {
        var response = context.Response;
        response.StatusCode = isOk ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        response.ContentType = contentType;
        response.ContentLength = body.Length;
        response.Headers.CacheControl = "no-store";
        return response.BodyWriter.WriteAsync(body, context.RequestAborted).AsTask();
    }

    public static Task WriteWordAsync(HttpContext context, bool isOk, ReadOnlyMemory<byte> word) => WriteAsync(context, isOk, word, "text/plain");

    public static Task WriteJsonAsync(HttpContext context, bool isOk, Action<Utf8JsonWriter> properties)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteBoolean("ok", isOk);
            properties(writer);
            writer.WriteEndObject();
        }

        return WriteAsync(context, isOk, buffer.ToArray(), "application/json");
    }

    public static void WriteProperties(Utf8JsonWriter writer, Readiness readiness, TimeSpan age)
    {
        WriteBoolean(writer, "ffmpegOk", readiness.FfmpegOk);
        WriteBoolean(writer, "ytDlpOk", readiness.YtDlpOk);
        writer.WriteString("database", readiness.Database);
        writer.WriteStartArray("checks");
        foreach (var check in readiness.Checks)
        {
            writer.WriteStartObject();
            writer.WriteString("name", check.Name);
            writer.WriteString("state", WordOf(check.State));
            writer.WriteNumber("ageSeconds", Math.Round(age.TotalSeconds, 1));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteString("ts", readiness.At.UtcDateTime);
    }

    public static byte[] Lines(string word, Readiness readiness, TimeSpan age)
    {
        var text = new StringBuilder(word).Append('\n');
        foreach (var check in readiness.Checks)
        {
            text.Append(CultureInfo.InvariantCulture, $"{check.Name}: {WordOf(check.State)}, {age.TotalSeconds:0.0} s old\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string WordOf(CheckState state) => state switch { CheckState.Ok => "ok", CheckState.Failed => "failed", _ => "unknown" };

    private static void WriteBoolean(Utf8JsonWriter writer, string name, bool? value)
    {
        if (value is { } known)
        {
            writer.WriteBoolean(name, known);
        }
        else
        {
            writer.WriteNull(name);
        }
    }
}
