using System.ComponentModel.DataAnnotations;
using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Notifications;

/// <summary>
/// Who is told of diagnoses, and how often; bound from the configuration section <c>Cliply:Diagnostics:Webhook</c>. No
/// message of this library shows the URL or a header.
/// </summary>
public sealed class WebhookOptions
{
    /// <summary>The configuration section that these options are bound from.</summary>
    public const string SectionName = "Cliply:Diagnostics:Webhook";

    /// <summary>Where notifications are posted to, http or https. Required. It is a secret, as it often holds one.</summary>
    public string? Url { get; set; }

    /// <summary>What is posted. Default <see cref="WebhookFormat.Json"/>.</summary>
    [EnumDataType(typeof(WebhookFormat))]
    public WebhookFormat Format { get; set; } = WebhookFormat.Json;

    /// <summary>
    /// Names the fleet in each notification, and makes its fingerprints differ from those of another fleet: letters, digits
    /// and any of <c>. _ ~ / : -</c>. The same for all hosts that watch one fleet. Default <c>cliply</c>.
    /// </summary>
    [Required, StringLength(200, MinimumLength = 1), RegularExpression("^[A-Za-z0-9._~/:-]+$")]
    public string Source { get; set; } = "cliply";

    /// <summary>Diagnoses below it are not told. Default <see cref="Severity.Warning"/>.</summary>
    [EnumDataType(typeof(Severity))]
    public Severity MinimumSeverity { get; set; } = Severity.Warning;

    /// <summary>
    /// How long after a notification the next one of the same diagnosis waits, be it that it has cleared, eased, or has
    /// another cause or other symptoms; then the state at that time is told, if it still differs from what was told last.
    /// That a diagnosis appears or gets more severe is told at once, so that nobody takes for well what is not. A diagnosis
    /// that comes and goes is thus told at most twice in this time, and once more where it gets more severe. Default 5
    /// minutes; 0: nothing waits. Its end is noticed when the host next publishes its health, each
    /// <see cref="Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckPublisherOptions.Period"/> (30 s).
    /// </summary>
    [DurationRange("00:00:00", "7.00:00:00")]
    public TimeSpan RepeatInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long one attempt may take. Default 10 seconds.</summary>
    [DurationRange("00:00:00.100", "00:02:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How often a notification is tried, with random pauses of about 2 seconds at first and up to a minute later, or as the receiver says with
    /// <c>Retry-After</c>, up to 5 minutes. After the last the receiver is left alone for <see cref="RepeatInterval"/>, and
    /// then told what is true by then. Default 5.
    /// </summary>
    [Range(1, 20)]
    public int MaxAttempts { get; set; } = 5;

    /// <summary>Further headers, such as <c>Authorization</c>. Their values are secrets. Default: none.</summary>
    [Required]
    public IDictionary<string, string> Headers { get; set; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Diagnoses that are not told for a time. Default: none.</summary>
    [Required]
    public IList<WebhookSilence> Silences { get; set; } = [];
}
