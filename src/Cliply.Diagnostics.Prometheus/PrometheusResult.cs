using System.Diagnostics.CodeAnalysis;
using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Prometheus;

/// <summary>The series of an answer, or why there is none.</summary>
internal sealed record PrometheusResult
{
    private PrometheusResult(IReadOnlyList<PrometheusSeries>? series, SectionFailure? failure)
    {
        Series = series;
        Failure = failure;
    }

    public IReadOnlyList<PrometheusSeries>? Series { get; }

    public SectionFailure? Failure { get; }

    [MemberNotNullWhen(true, nameof(Series))]
    [MemberNotNullWhen(false, nameof(Failure))]
    public bool IsKnown => Series is not null;

    public static PrometheusResult Of(IReadOnlyList<PrometheusSeries> series) => new(series, null);

    public static PrometheusResult Failed(string code, string message) => new(null, new SectionFailure(code, message));
}
