using System.Text.Json;

namespace Cliply.Diagnostics.Tests.Redaction;

/// <summary>A made-up secret in a text that holds it. All are in <c>canaries.json</c>, for the tests of every package.</summary>
/// <param name="Kind">What it is, such as <c>connection-string</c>.</param>
/// <param name="Secret">The secret.</param>
/// <param name="Text">A text with the secret in it, which gives the secret away to who does not know it.</param>
/// <param name="NeedsOwnLine">Whether only the beginning of a line tells where the secret ends.</param>
public sealed record Canary(string Kind, string Secret, string Text, bool NeedsOwnLine)
{
    /// <summary>The shortest part of a secret that may not be seen, in characters.</summary>
    private const int ShortestPart = 8;

    public static IReadOnlyList<Canary> All { get; } = Read();

    /// <summary>What of the secret can be seen in a text; null: nothing.</summary>
    public string? SeenIn(string text)
    {
        var length = Math.Min(ShortestPart, Secret.Length);
        var around = Text.Replace(Secret, "", StringComparison.Ordinal);
        for (var i = 0; i + length <= Secret.Length; i++)
        {
            var part = Secret.Substring(i, length);
            if (text.Contains(part, StringComparison.OrdinalIgnoreCase) && !around.Contains(part, StringComparison.OrdinalIgnoreCase))
            {
                return part;
            }
        }

        return null;
    }

    private static List<Canary> Read()
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Redaction", "canaries.json")));
        return [.. file.RootElement.GetProperty("canaries").EnumerateArray().Select(Of)];

        static Canary Of(JsonElement canary)
        {
            var secret = Joined(canary.GetProperty("secret"));
            var text = Joined(canary.GetProperty("text")).Replace("{secret}", secret, StringComparison.Ordinal);
            return new Canary(canary.GetProperty("kind").GetString()!, secret, text, canary.TryGetProperty("ownLine", out _));
        }

        static string Joined(JsonElement parts) => string.Concat(parts.EnumerateArray().Select(p => p.GetString()));
    }
}
