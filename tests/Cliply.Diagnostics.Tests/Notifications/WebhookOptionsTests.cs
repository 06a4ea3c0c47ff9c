using Cliply.Diagnostics.Notifications;
using Cliply.Diagnostics.Reports;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Tests.Notifications;

public sealed class WebhookOptionsTests
{
    [Fact]
    public void Options_FromTheConfiguration_AreBound()
    {
        var options = Read(
            ("Url", "https://alerts.example/hook"), ("Format", "CloudEvents"), ("Source", "/cliply/eu"), ("MinimumSeverity", "Critical"), ("RepeatInterval", "00:30:00"), ("Headers:Authorization", "Bearer made-up"),
            ("Silences:0:Code", "queue-backlog"), ("Silences:0:Until", "2026-12-01T06:00:00Z"), ("Silences:0:Reason", "a migration runs"));

        (options.Format, options.Source, options.MinimumSeverity, options.RepeatInterval).Should().Be((WebhookFormat.CloudEvents, "/cliply/eu", Severity.Critical, TimeSpan.FromMinutes(30)));
        options.Headers["Authorization"].Should().Be("Bearer made-up");
        options.Silences.Should().ContainSingle().Which.Should().BeEquivalentTo(new WebhookSilence { Code = "queue-backlog", Until = new DateTimeOffset(2026, 12, 1, 6, 0, 0, TimeSpan.Zero), Reason = "a migration runs" });
    }

    [Theory]
    [InlineData("Url", "", "Cliply:Diagnostics:Webhook:Url is missing. Set the http or https URL that notifications are posted to.")]
    [InlineData("Url", "canary", "Cliply:Diagnostics:Webhook:Url is no absolute http or https URL. Use one such as https://alerts.example/hook.")]
    [InlineData("Url", "https://user:canary@alerts.example/", "Cliply:Diagnostics:Webhook:Url holds a user or password. Take them out, and set Cliply:Diagnostics:Webhook:Headers:Authorization.")]
    [InlineData("Headers:Content-Type", "text/plain", "Cliply:Diagnostics:Webhook:Headers:Content-Type can't be set: it follows from Cliply:Diagnostics:Webhook:Format. Remove it.")]
    [InlineData("Headers:X-Key", "canary\n", "Cliply:Diagnostics:Webhook:Headers:X-Key can't be used: its value is missing, or holds a line break or another character that no header may hold.")]
    [InlineData("Silences:0:Code", "queue-backlog", "Cliply:Diagnostics:Webhook:Silences:0:Until is missing. Say when the silence ends, such as 2026-12-01T06:00:00Z; without an end it would be forgotten.; Cliply:Diagnostics:Webhook:Silences:0:Reason is missing. Say why, for whoever reads it later.")]
    [InlineData("Silences:0:Code", "Queue Backlog", "Cliply:Diagnostics:Webhook:Silences:0:Code is no diagnosis's code. Use lower-case words joined by hyphens, such as queue-backlog.; Cliply:Diagnostics:Webhook:Silences:0:Until is missing. Say when the silence ends, such as 2026-12-01T06:00:00Z; without an end it would be forgotten.; Cliply:Diagnostics:Webhook:Silences:0:Reason is missing. Say why, for whoever reads it later.")]
    [InlineData("Silences:0:Until", "tomorrow", "Cliply:Diagnostics:Webhook:Silences:0:Until can't be read. Expected a time such as 2026-12-01T06:00:00Z.")]
    [InlineData("RepeatInterval", "8.00:00:00", "RepeatInterval: The field WebhookOptions.RepeatInterval must be between 00:00:00 and 7.00:00:00.")]
    [InlineData("Timeout", "00:00:00", "Timeout: The field WebhookOptions.Timeout must be between 00:00:00.100 and 00:02:00.")]
    [InlineData("MaxAttempts", "0", "MaxAttempts: The field WebhookOptions.MaxAttempts must be between 1 and 20.")]
    [InlineData("Source", "canary fleet", "Source: The field WebhookOptions.Source must match the regular expression '^[A-Za-z0-9._~/:-]+$'.")]
    [InlineData("Format", "9", "Format: The field WebhookOptions.Format is invalid.")]
    [InlineData("MinimumSeverity", "canary", "Cliply:Diagnostics:Webhook:MinimumSeverity can't be read. Expected a value of its type.")]
    [InlineData("Headers:Bad Name", "canary", "Cliply:Diagnostics:Webhook:Headers holds a name that can't be sent as a request header. Use names such as Authorization.")]
    public void Options_ThatCannotBeUsed_SayWhichAndHowWithoutTheValue(string key, string value, string message)
    {
        var reading = () => Read(("Url", "https://alerts.example/hook"), (key, value));

        reading.Should().Throw<OptionsValidationException>().WithMessage(message).Which.Message.Should().NotContain("canary");
    }

    private static WebhookOptions Read(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.GroupBy(s => s.Key).Select(g => KeyValuePair.Create($"Cliply:Diagnostics:Webhook:{g.Key}", (string?)g.Last().Value))).Build();
        using var provider = new ServiceCollection().AddSingleton<IConfiguration>(configuration).AddCliplyHealthChecks().AddWebhook().Services.BuildServiceProvider();
        return provider.GetRequiredService<IOptions<WebhookOptions>>().Value;
    }
}
