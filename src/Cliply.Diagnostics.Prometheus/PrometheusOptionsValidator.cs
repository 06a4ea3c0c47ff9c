using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Prometheus;

/// <summary>The ranges that the options' attributes state.</summary>
[OptionsValidator]
internal sealed partial class PrometheusOptionsValidator : IValidateOptions<PrometheusOptions>;
