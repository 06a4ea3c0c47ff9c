using System.Text.Json.Serialization;
using Cliply.Diagnostics.Json;

namespace Cliply.Diagnostics.Evidence;

/// <summary>Whether an instance runs.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<InstanceState>))]
public enum InstanceState
{
    /// <summary>It runs.</summary>
    Running,

    /// <summary>It waits to be started, for the first time or again.</summary>
    Waiting,

    /// <summary>It has ended.</summary>
    Terminated,
}
