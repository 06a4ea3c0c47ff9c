using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Systemd;

/// <summary>What the options' attributes state.</summary>
[OptionsValidator]
internal sealed partial class SystemdOptionsValidator : IValidateOptions<SystemdOptions>;
