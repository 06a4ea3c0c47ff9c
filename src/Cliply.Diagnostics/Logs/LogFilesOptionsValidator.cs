using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Logs;

/// <summary>What the options' attributes state.</summary>
[OptionsValidator]
internal sealed partial class LogFilesOptionsValidator : IValidateOptions<LogFilesOptions>;
