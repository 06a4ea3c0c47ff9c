using System.Globalization;
using System.Text;
using Cliply.Diagnostics.History;
using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.AspNetCore.Page;

/// <summary>One number over time as a picture, with the moments of diagnoses. What is not known is a gap, never a zero.</summary>
/// <param name="Title">What is shown.</param>
/// <param name="Points">Oldest first; null: not known.</param>
/// <param name="Text">A value in words.</param>
internal sealed record Plot(string Title, IReadOnlyList<(DateTimeOffset At, double? Value)> Points, Func<double, string> Text)
{
    private const double Width = 600;
    private const double Height = 100;
    private const double Edge = 4;

    /// <summary>Two readings further apart than this share of the window are not joined by a line.</summary>
    private const double WidestJoin = 0.1;

    public void AppendTo(StringBuilder page, DateTimeOffset from, DateTimeOffset to, IReadOnlyList<DiagnosisMoment> moments)
    {
        var shown = Points.Where(p => p.At >= from && p.At <= to).ToList();
        var known = shown.Where(p => p.Value is not null).Select(p => p.Value!.Value).ToList();
        page.Append(CultureInfo.InvariantCulture, $"<figure>\n<figcaption>{Title}: ");
        if (known.Count == 0)
        {
            page.Append("<strong>not known</strong></figcaption>\n</figure>\n");
            return;
        }

        var now = shown[^1].Value is { } last ? Text(last) : "not known";
        var range = string.Create(CultureInfo.InvariantCulture, $"lowest {Text(known.Min())}, highest {Text(known.Max())}");
        page.Append(CultureInfo.InvariantCulture, $"<strong>{now}</strong> <span class=\"muted\">{range}</span></figcaption>\n")
            .Append(CultureInfo.InvariantCulture, $"<svg viewBox=\"0 0 {Width} {Height}\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"{Title} over time: now {now}, {range}\">\n")
            .Append(CultureInfo.InvariantCulture, $"<line class=\"axis\" x1=\"0\" y1=\"{Height - Edge}\" x2=\"{Width}\" y2=\"{Height - Edge}\"/>\n");
        foreach (var moment in moments.Where(m => m.At >= from && m.At <= to))
        {
            var x = X(moment.At, from, to);
            page.Append(CultureInfo.InvariantCulture, $"<line class=\"moment {(moment.Appeared ? ReportWords.Of(moment.Severity) : "cleared")}\" x1=\"{x:0.#}\" y1=\"0\" x2=\"{x:0.#}\" y2=\"{Height}\"><title>{ReportHtml.Plain(moment.Code)} {(moment.Appeared ? "appeared" : "cleared")} at {ReportWords.Of(moment.At)}</title></line>\n");
        }

        AppendLines(page, shown, from, to, Math.Max(1, known.Max()));
        page.Append("</svg>\n</figure>\n");
    }

    private static void AppendLines(StringBuilder page, List<(DateTimeOffset At, double? Value)> points, DateTimeOffset from, DateTimeOffset to, double highest)
    {
        var line = new StringBuilder();
        var before = double.NaN;
        foreach (var (at, value) in points)
        {
            var x = X(at, from, to);
            if (value is not { } y)
            {
                before = double.NaN;
                continue;
            }

            // A point of no length shows as a dot where the line's ends are round.
            line.Append(x - before <= WidestJoin * Width ? 'L' : 'M').Append(CultureInfo.InvariantCulture, $"{x:0.#} {Height - Edge - (y / highest * (Height - (2 * Edge))):0.#}");
            if (double.IsNaN(before))
            {
                line.Append("h0");
            }

            before = x;
        }

        page.Append(CultureInfo.InvariantCulture, $"<path class=\"values\" d=\"{line}\"/>\n");
    }

    private static double X(DateTimeOffset at, DateTimeOffset from, DateTimeOffset to) => (at - from) / (to - from) * Width;
}
