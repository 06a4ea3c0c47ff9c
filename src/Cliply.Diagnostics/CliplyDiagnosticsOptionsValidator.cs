using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics;

/// <summary>The ranges that the options' attributes state.</summary>
[OptionsValidator]
internal sealed partial class CliplyDiagnosticsOptionsValidator : IValidateOptions<CliplyDiagnosticsOptions>;
