using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Scenarios.Shared;

/// <summary>Makes and ranks causes. A cause that the evidence rules out is null.</summary>
internal static class Causes
{
    public static Cause Confirmed(string code, string title, params IReadOnlyList<EvidenceLine> evidence) =>
        new(code, title, Confidence.Confirmed, evidence);

    public static Cause Likely(string code, string title, params IReadOnlyList<EvidenceLine> evidence) =>
        new(code, title, Confidence.Likely, evidence);

    public static Cause Possible(string code, string title) => new(code, title, Confidence.Possible, []);

    /// <summary>Confirmed where there is evidence, otherwise possible unless the evidence rules it out.</summary>
    public static Cause? ConfirmedBy(string code, string title, IReadOnlyList<EvidenceLine> evidence, bool ruledOut) =>
        evidence.Count > 0 ? Confirmed(code, title, evidence) : ruledOut ? null : Possible(code, title);

    /// <summary>Confirmed, likely, possible; within each in the given order.</summary>
    public static IReadOnlyList<Cause> Ranked(params ReadOnlySpan<Cause?> causes)
    {
        var ranked = new List<Cause>(causes.Length);
        for (var confidence = Confidence.Confirmed; confidence <= Confidence.Possible; confidence++)
        {
            foreach (var cause in causes)
            {
                if (cause?.Confidence == confidence)
                {
                    ranked.Add(cause);
                }
            }
        }

        return ranked;
    }
}
