using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Processes;

/// <summary>The ranges that the options' attributes state.</summary>
[OptionsValidator]
internal sealed partial class ProcessesOptionsValidator : IValidateOptions<ProcessesOptions>;
