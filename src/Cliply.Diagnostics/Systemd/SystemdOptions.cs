using System.ComponentModel.DataAnnotations;

namespace Cliply.Diagnostics.Systemd;

/// <summary>Which systemd units the workers are; bound from the configuration section <c>Cliply:Diagnostics:Systemd</c>.</summary>
public sealed class SystemdOptions
{
    /// <summary>The configuration section that these options are bound from.</summary>
    public const string SectionName = "Cliply:Diagnostics:Systemd";

    /// <summary>The unit that is looked at where <see cref="Units"/> names none: the runbook's <c>cliply-worker</c>.</summary>
    public const string DefaultUnit = "cliply-worker";

    /// <summary>
    /// Service units, with or without <c>.service</c>; the instances of a template are <c>cliply-worker@1</c> or, all that are
    /// loaded, <c>cliply-worker@*</c>. Default: none, which means <see cref="DefaultUnit"/>.
    /// </summary>
    [Required]
    public IList<string> Units { get; set; } = [];

    internal IReadOnlyList<UnitPattern> Patterns => [.. (Units.Count > 0 ? Units : [DefaultUnit]).Select(UnitPattern.Of).Distinct()];
}
