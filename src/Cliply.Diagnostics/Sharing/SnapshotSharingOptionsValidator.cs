using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Sharing;

/// <summary>The ranges that the options' attributes state.</summary>
[OptionsValidator]
internal sealed partial class SnapshotSharingOptionsValidator : IValidateOptions<SnapshotSharingOptions>;
