using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Kubernetes;

/// <summary>The ranges that the options' attributes state.</summary>
[OptionsValidator]
internal sealed partial class KubernetesOptionsValidator : IValidateOptions<KubernetesOptions>;
