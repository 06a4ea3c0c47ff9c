using System.Net;
using System.Net.Http.Headers;
using Cliply.Diagnostics.Logging;
using Cliply.Diagnostics.Redaction;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Retry;

namespace Cliply.Diagnostics.Notifications;

/// <summary>Posts notifications, again where that may help. Nothing that it logs holds the URL, a header or an exception's message.</summary>
internal sealed class WebhookSender : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromMinutes(5);

    private readonly WebhookOptions _options;
    private readonly Uri _url;
    private readonly NotificationJson _json;
    private readonly NotificationSlack _slack;
    private readonly TimeProvider _time;
    private readonly ILogger<WebhookSender> _logger;
    private readonly HttpClient _http;
    private readonly ResiliencePipeline<WebhookAttempt> _retries;

    public WebhookSender(IOptions<WebhookOptions> options, SecretRedactor redactor, TimeProvider time, ILogger<WebhookSender> logger)
    {
        _options = options.Value;
        _url = new Uri(_options.Url!.Trim());
        _json = new NotificationJson(new NotificationText(redactor));
        _slack = new NotificationSlack(new NotificationText(redactor));
        _time = time;
        _logger = logger;

        // Headers go where they were configured to go, so nothing is followed; and no trace or metric shows the URL.
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            MaxResponseHeadersLength = 64,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ActivityHeadersPropagator = null,
            MeterFactory = new UnpublishedMeters(),
        })
        {
            // Each attempt has its own, by the host's clock.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Cliply.Diagnostics", null));
        foreach (var (name, value) in _options.Headers)
        {
            _http.DefaultRequestHeaders.Remove(name);
            _http.DefaultRequestHeaders.TryAddWithoutValidation(name, value);
        }

        _retries = Retries(_options.MaxAttempts, time);
    }

    /// <summary>Sends a message, and logs where that fails.</summary>
    /// <returns>False where the receiver could not be reached, and may be told later; true where it has the message or does not want it.</returns>
    /// <exception cref="OperationCanceledException">The host stops.</exception>
    public async Task<bool> SendAsync(Notification message, CancellationToken cancellationToken)
    {
        var body = Body(message);
        var attempts = 0;
        var last = await _retries.ExecuteAsync(
            async token =>
            {
                attempts++;
                return await AttemptAsync(body, token).ConfigureAwait(false);
            },
            cancellationToken).ConfigureAwait(false);
        if (last.IsDelivered)
        {
            return true;
        }

        if (last.IsTransient)
        {
            DiagnosticsLog.NotificationFailed(_logger, message.Code, NotificationJson.Of(message.Event), attempts, last.Reason);
            return false;
        }

        DiagnosticsLog.NotificationRefused(_logger, message.Code, NotificationJson.Of(message.Event), last.Status ?? 0);
        return true;
    }

    public void Dispose() => _http.Dispose();

    private static ResiliencePipeline<WebhookAttempt> Retries(int maxAttempts, TimeProvider time)
    {
        var builder = new ResiliencePipelineBuilder<WebhookAttempt> { TimeProvider = time };
        return maxAttempts == 1 ? builder.Build() : builder.AddRetry(new RetryStrategyOptions<WebhookAttempt>
        {
            MaxRetryAttempts = maxAttempts - 1,
            Delay = FirstPause,
            MaxDelay = LongestPause,
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldHandle = arguments => ValueTask.FromResult(arguments.Outcome.Result?.IsTransient == true),
            DelayGenerator = arguments => ValueTask.FromResult(arguments.Outcome.Result?.RetryAfter),
        }).Build();
    }

    private ReadOnlyMemory<byte> Body(Notification message) => _options.Format switch
    {
        WebhookFormat.Slack => _slack.Write(message),
        WebhookFormat.CloudEvents => _json.WriteCloudEvent(message),
        _ => _json.Write(message),
    };

    private async Task<WebhookAttempt> AttemptAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_options.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Post, _url) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(_options.Format == WebhookFormat.CloudEvents ? "application/cloudevents+json" : "application/json");
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            var status = (int)response.StatusCode;
            var isTransient = response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || status >= 500;
            return new WebhookAttempt(status, $"status {status}", isTransient, isTransient ? RetryAfter(response.Headers.RetryAfter) : null);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new WebhookAttempt(null, "no answer in time", IsTransient: true);
        }
        catch (HttpRequestException exception)
        {
            return new WebhookAttempt(null, $"no connection ({exception.HttpRequestError})", IsTransient: true);
        }
        catch (IOException)
        {
            return new WebhookAttempt(null, "the connection broke", IsTransient: true);
        }
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header)
    {
        var wait = header?.Delta ?? (header?.Date - _time.GetUtcNow());
        return wait is not { } time ? null
            : time < TimeSpan.Zero ? TimeSpan.Zero
            : time > LongestRetryAfter ? LongestRetryAfter
            : time;
    }
}
