using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.WorkerHeartbeats;

/// <summary>The ranges that the options' attributes state.</summary>
[OptionsValidator]
internal sealed partial class WorkerHeartbeatOptionsValidator : IValidateOptions<WorkerHeartbeatOptions>;
