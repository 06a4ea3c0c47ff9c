using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.AspNetCore.Probes;

/// <summary>The ranges that the options' attributes state.</summary>
[OptionsValidator]
internal sealed partial class ProbeOptionsValidator : IValidateOptions<ProbeOptions>;
