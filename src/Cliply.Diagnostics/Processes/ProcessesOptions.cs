using System.ComponentModel.DataAnnotations;

namespace Cliply.Diagnostics.Processes;

/// <summary>Which processes of this host the workers are; bound from the configuration section <c>Cliply:Diagnostics:Processes</c>.</summary>
public sealed class ProcessesOptions
{
    /// <summary>The configuration section that these options are bound from.</summary>
    public const string SectionName = "Cliply:Diagnostics:Processes";

    /// <summary>
    /// The program's name: that of its file, or the one that it gives itself. Every process of that name is an instance.
    /// Default null: by <see cref="PidFiles"/> alone, or by <see cref="CommandLineContains"/>.
    /// </summary>
    [StringLength(255, MinimumLength = 1)]
    public string? Name { get; set; }

    /// <summary>
    /// What the command line must hold besides, for workers that an interpreter runs: <see cref="Name"/> <c>node</c> and here
    /// <c>worker/dist/index.js</c>. Case counts. Default null: anything.
    /// </summary>
    [StringLength(1_000, MinimumLength = 1)]
    public string? CommandLineContains { get; set; }

    /// <summary>
    /// Files that hold the number of a worker's process. One that is there while its process is not shows a worker that has
    /// crashed or was stopped; one that is not there shows none. Default: none.
    /// </summary>
    [Required]
    public IList<string> PidFiles { get; set; } = [];

    /// <summary>How many processes should run; 0: none, the workers are switched off. Default null: not known, and then fewer than usual can't be seen.</summary>
    [Range(0, 10_000)]
    public int? DesiredReplicas { get; set; }
}
