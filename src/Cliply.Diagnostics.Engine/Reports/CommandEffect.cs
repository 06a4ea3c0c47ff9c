using System.Text.Json.Serialization;
using Cliply.Diagnostics.Json;

namespace Cliply.Diagnostics.Reports;

/// <summary>Whether a command changes anything.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<CommandEffect>))]
public enum CommandEffect
{
    /// <summary>It only looks.</summary>
    ReadOnly,

    /// <summary>It changes the system it is run on.</summary>
    Changing,
}
