using System.Text.Json.Serialization;
using Cliply.Diagnostics.Json;

namespace Cliply.Diagnostics.Evidence;

/// <summary>What runs a worker.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<DeploymentPlatform>))]
public enum DeploymentPlatform
{
    /// <summary>Docker, or Podman behind its compatible socket.</summary>
    Docker,

    /// <summary>Kubernetes.</summary>
    Kubernetes,

    /// <summary>A systemd unit.</summary>
    Systemd,

    /// <summary>A plain process.</summary>
    Process,
}
