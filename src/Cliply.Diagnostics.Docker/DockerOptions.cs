using System.ComponentModel.DataAnnotations;

namespace Cliply.Diagnostics.Docker;

/// <summary>Which containers are workers, and where their engine is; bound from the configuration section <c>Cliply:Diagnostics:Docker</c>.</summary>
public sealed class DockerOptions
{
    /// <summary>The configuration section that these options are bound from.</summary>
    public const string SectionName = "Cliply:Diagnostics:Docker";

    /// <summary>
    /// Where the engine answers: <c>unix:///path/to.sock</c>, <c>tcp://host:port</c>, or <c>https://host:port</c>. Default
    /// null: then <c>DOCKER_HOST</c>, then the first socket that is there of <c>/var/run/docker.sock</c>,
    /// <c>$XDG_RUNTIME_DIR/docker.sock</c>, <c>$XDG_RUNTIME_DIR/podman/podman.sock</c> and <c>/run/podman/podman.sock</c>.
    /// </summary>
    public string? Endpoint { get; set; }

    /// <summary>
    /// A folder with <c>ca.pem</c>, <c>cert.pem</c> and <c>key.pem</c> for an engine behind TLS; a file that is not there is
    /// not used. Default null: then <c>DOCKER_CERT_PATH</c> where <c>DOCKER_TLS_VERIFY</c> is set. With either, <c>tcp://</c>
    /// means TLS too.
    /// </summary>
    public string? CertificateFolder { get; set; }

    /// <summary>The labels of a worker's container, all of them, each as <c>name</c> or <c>name=value</c>. Default none.</summary>
    [Required]
    public IList<string> Labels { get; set; } = [];

    /// <summary>
    /// The name of a worker's container, where <c>*</c> stands for any text and <c>?</c> for one character; upper and lower
    /// case are the same. Default null: <c>*worker*</c>, or any name where <see cref="Labels"/> are given.
    /// </summary>
    [RegularExpression(@"[A-Za-z0-9_.*?-]+", ErrorMessage = "The field {0} may hold letters, digits, _ . - and the wildcards * and ?, as in *worker*.")]
    public string? NamePattern { get; set; }

    /// <summary>At most so many containers are looked at, those that run first. Default 100.</summary>
    [Range(1, 1_000)]
    public int Containers { get; set; } = 100;
}
