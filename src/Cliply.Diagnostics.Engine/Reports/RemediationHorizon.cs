using System.Text.Json.Serialization;
using Cliply.Diagnostics.Json;

namespace Cliply.Diagnostics.Reports;

/// <summary>How long a remediation takes.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<RemediationHorizon>))]
public enum RemediationHorizon
{
    /// <summary>Less than 5 minutes.</summary>
    Quick,

    /// <summary>5 to 30 minutes.</summary>
    Medium,

    /// <summary>More than 30 minutes.</summary>
    Long,
}
