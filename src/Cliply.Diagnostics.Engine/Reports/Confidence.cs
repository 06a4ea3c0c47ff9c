using System.Text.Json.Serialization;
using Cliply.Diagnostics.Json;

namespace Cliply.Diagnostics.Reports;

/// <summary>How sure a diagnosis or cause is; the surest first.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<Confidence>))]
public enum Confidence
{
    /// <summary>The evidence is in the snapshot.</summary>
    Confirmed,

    /// <summary>The evidence points to it.</summary>
    Likely,

    /// <summary>The runbook lists it, and nothing rules it out.</summary>
    Possible,
}
