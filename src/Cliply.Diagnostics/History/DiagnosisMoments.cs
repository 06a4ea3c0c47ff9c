using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.History;

/// <summary>Remembers when diagnoses came and went. Safe for concurrent use.</summary>
internal sealed class DiagnosisMoments : IReadingObserver
{
    private const int Remembered = 200;

    private readonly Lock _gate = new();
    private readonly Queue<DiagnosisMoment> _moments = new();
    private Dictionary<string, Diagnosis> _active = [];

    /// <summary>The last moments, oldest first.</summary>
    public IReadOnlyList<DiagnosisMoment> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _moments];
            }
        }
    }

    public void Observe(FleetReading reading)
    {
        var at = reading.Snapshot.CapturedAt;
        lock (_gate)
        {
            var now = new Dictionary<string, Diagnosis>(StringComparer.Ordinal);
            foreach (var diagnosis in reading.Report.Diagnoses)
            {
                now[diagnosis.Code] = diagnosis;
                if (!_active.ContainsKey(diagnosis.Code))
                {
                    Add(at, diagnosis, appeared: true);
                }
            }

            foreach (var gone in _active.Values.Where(d => !now.ContainsKey(d.Code)))
            {
                Add(at, gone, appeared: false);
            }

            _active = now;
        }
    }

    private void Add(DateTimeOffset at, Diagnosis diagnosis, bool appeared)
    {
        if (_moments.Count == Remembered)
        {
            _moments.Dequeue();
        }

        _moments.Enqueue(new DiagnosisMoment(at, diagnosis.Code, diagnosis.Title, diagnosis.Severity, appeared));
    }
}
