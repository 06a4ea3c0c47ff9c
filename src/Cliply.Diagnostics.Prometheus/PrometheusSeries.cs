namespace Cliply.Diagnostics.Prometheus;

/// <summary>One series of an answer.</summary>
/// <param name="Labels">Its labels, the name included where the query keeps it.</param>
/// <param name="Samples">Its values by time, which is in Unix seconds; one for an instant query. Values may be NaN or infinite.</param>
internal sealed record PrometheusSeries(IReadOnlyDictionary<string, string> Labels, IReadOnlyList<(double Time, double Value)> Samples)
{
    public string? Label(string name) => Labels.GetValueOrDefault(name);
}
