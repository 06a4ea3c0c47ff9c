using System.ComponentModel.DataAnnotations;
using Cliply.Diagnostics.JobStores;

namespace Cliply.Diagnostics.Sharing;

/// <summary>
/// Where hosts with the same job store leave what they have collected for each other; bound from the configuration section
/// <c>Cliply:Diagnostics:SnapshotSharing</c>.
/// </summary>
public sealed class SnapshotSharingOptions
{
    /// <summary>The configuration section that these options are bound from.</summary>
    public const string SectionName = "Cliply:Diagnostics:SnapshotSharing";

    /// <summary>The schema of the table, for <c>ShareSnapshots</c>. Default null: <see cref="JobStoreOptions.Schema"/>.</summary>
    [StringLength(63, MinimumLength = 1)]
    public string? Schema { get; set; }

    /// <summary>The table, for <c>ShareSnapshots</c>. Default <c>cliply_snapshot</c>.</summary>
    [Required, StringLength(63, MinimumLength = 1)]
    public string Table { get; set; } = "cliply_snapshot";

    /// <summary>What the keys begin with, for <c>ShareSnapshotsInDistributedCache</c>. Default <c>cliply:snapshot:</c>.</summary>
    [Required(AllowEmptyStrings = true), StringLength(200)]
    public string CacheKeyPrefix { get; set; } = "cliply:snapshot:";

    /// <summary>
    /// Hosts share within one group only. Hosts with different job tables, options of the diagnostics, kinds of evidence or
    /// versions of this library never share; those whose further evidence differs in its own options, such as two label
    /// selectors, can't be told apart and need two groups. Default empty: one group.
    /// </summary>
    [Required(AllowEmptyStrings = true), StringLength(200)]
    public string Group { get; set; } = "";
}
