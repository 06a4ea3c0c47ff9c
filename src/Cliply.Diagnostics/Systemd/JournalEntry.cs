using System.Globalization;
using System.Text;

namespace Cliply.Diagnostics.Systemd;

/// <summary>One entry of the journal.</summary>
/// <param name="At">When; null: not known.</param>
/// <param name="Invocation">Which run of the unit it belongs to; null: not known.</param>
/// <param name="IsManagers">Whether systemd noted it, and not the worker.</param>
/// <param name="Message">What it says; it may have several lines.</param>
internal sealed record JournalEntry(DateTimeOffset? At, string? Invocation, bool IsManagers, byte[] Message)
{
    /// <summary>Writes it as a line: its time, for systemd its name, and the message.</summary>
    /// <param name="take">Takes the line, in pieces.</param>
    public void Write(Action<ReadOnlySpan<byte>> take)
    {
        if (At is { } time)
        {
            take(Encoding.ASCII.GetBytes(time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z '", CultureInfo.InvariantCulture)));
        }

        if (IsManagers)
        {
            take("systemd: "u8);
        }

        take(Message);
        take("\n"u8);
    }
}
