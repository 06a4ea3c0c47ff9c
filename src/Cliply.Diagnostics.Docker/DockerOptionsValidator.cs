using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Docker;

/// <summary>The ranges that the options' attributes state.</summary>
[OptionsValidator]
internal sealed partial class DockerOptionsValidator : IValidateOptions<DockerOptions>;
