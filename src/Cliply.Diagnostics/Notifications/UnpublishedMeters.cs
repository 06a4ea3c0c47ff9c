using System.Diagnostics.Metrics;

namespace Cliply.Diagnostics.Notifications;

/// <summary>Meters that nobody can listen to: .NET's own of HTTP name the receiver's host.</summary>
internal sealed class UnpublishedMeters : IMeterFactory
{
    public Meter Create(MeterOptions options)
    {
        // What is made with a meter that is disposed is never published.
        var meter = new Meter(options);
        meter.Dispose();
        return meter;
    }

    public void Dispose()
    {
    }
}
