using System.Text.Json.Serialization;
using Cliply.Diagnostics.Json;

namespace Cliply.Diagnostics.Evidence;

/// <summary>Whether a program can be used.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<BinaryStatus>))]
public enum BinaryStatus
{
    /// <summary>It ran and reported its version.</summary>
    Available,

    /// <summary>PATH does not lead to it.</summary>
    NotFound,

    /// <summary>PATH leads to a file that can't be executed.</summary>
    NotExecutable,

    /// <summary>It ran and failed.</summary>
    Failed,

    /// <summary>It did not answer in time.</summary>
    TimedOut,
}
