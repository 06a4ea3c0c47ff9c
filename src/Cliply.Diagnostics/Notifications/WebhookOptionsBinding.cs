using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Notifications;

/// <summary>Binds the options from the host's configuration, where it has one.</summary>
internal sealed class WebhookOptionsBinding(IConfiguration? configuration) : IConfigureOptions<WebhookOptions>
{
    public void Configure(WebhookOptions options)
    {
        if (configuration?.GetSection(WebhookOptions.SectionName) is not { } section)
        {
            return;
        }

        try
        {
            section.Bind(options);
        }
        catch (InvalidOperationException exception)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(WebhookOptions), [CliplyDiagnosticsOptionsBinding.Explain(section, exception.Message)]);
        }
    }
}
