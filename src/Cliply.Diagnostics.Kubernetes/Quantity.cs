using System.Text.RegularExpressions;
using k8s.Models;

namespace Cliply.Diagnostics.Kubernetes;

/// <summary>Amounts as Kubernetes writes them: <c>250m</c>, <c>1.5</c>, <c>512Mi</c>, <c>12e6</c>.</summary>
internal static partial class Quantity
{
    /// <summary>The amount in cores or bytes; null where there is none or it can't be read.</summary>
    /// <param name="text">As the API sends it.</param>
    public static double? Read(string? text) =>
        // The library computes any exponent, however large, so that only sensible ones reach it.
        text is not null && Shape().IsMatch(text) ? new ResourceQuantity(text).ToDouble() : null;

    [GeneratedRegex(@"\A[0-9]{1,19}(\.[0-9]{1,9})?([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]{1,2}|)\z")]
    private static partial Regex Shape();
}
