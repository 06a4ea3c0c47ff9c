using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Cliply.Diagnostics.Metrics;

namespace Cliply.Diagnostics.AspNetCore.Metrics;

/// <summary>The meter's instruments in Prometheus' text format, under the names that they have in .NET.</summary>
internal sealed class PrometheusText : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<Instrument> _instruments = [];
    private readonly Dictionary<Instrument, StringBuilder> _samples = [];
    private readonly MeterListener _listener = new();

    /// <param name="scope">The host's meter factory; other hosts in the process have meters of the same name.</param>
    public PrometheusText(IMeterFactory scope)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == DiagnosticsMetrics.MeterName && instrument.Meter.Scope == scope)
            {
                _instruments.Add(instrument);
                _samples[instrument] = new StringBuilder();
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value.ToString(CultureInfo.InvariantCulture), tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value.ToString("R", CultureInfo.InvariantCulture), tags));
        _listener.Start();
    }

    /// <summary>What the instruments say now.</summary>
    public string Write()
    {
        lock (_gate)
        {
            foreach (var samples in _samples.Values)
            {
                samples.Clear();
            }

            _listener.RecordObservableInstruments();
            var text = new StringBuilder();
            foreach (var instrument in _instruments.Where(i => _samples[i].Length > 0))
            {
                text.Append("# HELP ").Append(instrument.Name).Append(' ').Append(Escape(instrument.Description ?? "", quotes: false)).Append('\n')
                    .Append("# TYPE ").Append(instrument.Name).Append(" gauge\n")
                    .Append(_samples[instrument]);
            }

            return text.ToString();
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, string value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var line = _samples[instrument].Append(instrument.Name);
        for (var i = 0; i < tags.Length; i++)
        {
            line.Append(i == 0 ? '{' : ',').Append(tags[i].Key).Append("=\"").Append(Escape(tags[i].Value?.ToString() ?? "", quotes: true)).Append('"');
        }

        line.Append(tags.Length > 0 ? "} " : " ").Append(value).Append('\n');
    }

    private static string Escape(string text, bool quotes)
    {
        var escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return quotes ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped;
    }
}
