using System.Text.Json.Serialization;
using Cliply.Diagnostics.Json;

namespace Cliply.Diagnostics.Evidence;

/// <summary>How workers become visible.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<LivenessSource>))]
public enum LivenessSource
{
    /// <summary>Workers announce themselves, idle or busy: none listed means that none is there.</summary>
    Registry,

    /// <summary>Workers are visible only while they hold a locked job: an idle fleet looks like no fleet.</summary>
    JobLocks,
}
