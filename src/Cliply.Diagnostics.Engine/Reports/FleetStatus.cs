using System.Text.Json.Serialization;
using Cliply.Diagnostics.Json;

namespace Cliply.Diagnostics.Reports;

/// <summary>The verdict over the whole fleet.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<FleetStatus>))]
public enum FleetStatus
{
    /// <summary>Nothing critical and no warning, with workers and queue known.</summary>
    Healthy,

    /// <summary>At least one warning.</summary>
    Degraded,

    /// <summary>At least one critical diagnosis.</summary>
    Unhealthy,

    /// <summary>Nothing was found, but workers or queue are not known.</summary>
    Inconclusive,
}
