using System.Globalization;
using System.Text;
using Cliply.Diagnostics.Logs;

namespace Cliply.Diagnostics.Kubernetes;

/// <summary>Lists what happened to pods, a line for each event.</summary>
internal static class EventsText
{
    private const int MaxLines = 300;
    private const int MaxMessage = 1_000;

    /// <summary>Writes the newest, oldest first; empty where there are none.</summary>
    /// <param name="events">The events.</param>
    public static string Of(IEnumerable<ApiEvent> events)
    {
        var text = new StringBuilder();
        foreach (var one in events.OrderBy(e => e.At).ThenBy(e => e.InvolvedObject?.Name, StringComparer.Ordinal).TakeLast(MaxLines))
        {
            var count = one.Series?.Count ?? one.Count ?? 1;
            text.Append(CultureInfo.InvariantCulture, $"{one.At?.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'} {Shown(one.Type)} {Shown(one.Reason)} {Shown(one.InvolvedObject?.Name)}{(count > 1 ? $" ({count} times)" : "")}: {Shown(one.Message)}\n");
        }

        return text.ToString();
    }

    private static string Shown(string? text) => TextSanitizer.WithoutControlCharacters(text ?? "", MaxMessage);
}
