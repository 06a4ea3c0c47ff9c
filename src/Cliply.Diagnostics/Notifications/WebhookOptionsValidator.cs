using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Notifications;

/// <summary>The ranges that the options' attributes state.</summary>
[OptionsValidator]
internal sealed partial class WebhookOptionsValidator : IValidateOptions<WebhookOptions>;
