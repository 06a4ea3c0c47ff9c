using System.Text.Json.Serialization;
using Cliply.Diagnostics.Json;

namespace Cliply.Diagnostics.Reports;

/// <summary>Where a command applies.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<CommandPlatform>))]
public enum CommandPlatform
{
    /// <summary>Everywhere: a shell, a database client.</summary>
    Any,

    /// <summary>Docker and Docker Compose.</summary>
    Docker,

    /// <summary>Kubernetes.</summary>
    Kubernetes,

    /// <summary>systemd.</summary>
    Systemd,
}
