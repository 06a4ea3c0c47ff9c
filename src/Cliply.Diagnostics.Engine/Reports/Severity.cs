using System.Text.Json.Serialization;
using Cliply.Diagnostics.Json;

namespace Cliply.Diagnostics.Reports;

/// <summary>How bad a diagnosis is; greater is worse.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<Severity>))]
public enum Severity
{
    /// <summary>Worth knowing; changes no verdict.</summary>
    Info,

    /// <summary>Works, but not as it should.</summary>
    Warning,

    /// <summary>Work stands still or is lost.</summary>
    Critical,
}
