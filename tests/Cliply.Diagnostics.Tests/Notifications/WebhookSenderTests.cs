using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Cliply.Diagnostics.Notifications;
using Cliply.Diagnostics.Redaction;
using Cliply.Diagnostics.Tests.Fakes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Cliply.Diagnostics.Tests.Notifications;

/// <summary>What is posted, and what happens when it is not taken.</summary>
public sealed class WebhookSenderTests : IAsyncDisposable
{
    private const string Remediation = """{"horizon":"quick","action":"Go back to the version before.","commands":[{"platform":"kubernetes","command":"kubectl rollout undo deployment worker","effect":"changing"}]}""";

    private readonly Receiver _receiver = new();
    private readonly FakeLogger<WebhookSender> _log = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task SendAsync_Json_IsThis()
    {
        (await SendAsync(new WebhookOptions())).Should().BeTrue();

        var (contentType, _, body) = _receiver.Received.Should().ContainSingle().Subject;
        contentType.Should().Be("application/json");
        body.Should().Be(Message("appeared", "[]", Remediation));
    }

    [Fact]
    public async Task SendAsync_Cleared_TellsHowAndNothingToDo()
    {
        await SendAsync(new WebhookOptions(), Messages.Create(NotificationEvent.Cleared));

        _receiver.Received[0].Body.Should().Be(Message("cleared", """["It is not there any more."]""", "null"));
    }

    [Fact]
    public async Task SendAsync_CloudEvents_IsAnEnvelopeOfTheSame()
    {
        await SendAsync(new WebhookOptions { Format = WebhookFormat.CloudEvents });

        var (contentType, _, body) = _receiver.Received[0];
        contentType.Should().Be("application/cloudevents+json");
        body.Should().Be("""{"specversion":"1.0","id":"0192f1c0-0000-7000-8000-000000000001","source":"cliply","type":"dev.cliply.diagnosis.appeared","subject":"workers-crash-looping","time":"2026-11-23T12:03:00Z","datacontenttype":"application/json","data":""" + Message("appeared", "[]", Remediation) + "}");
    }

    [Fact]
    public async Task SendAsync_Slack_IsPlainText()
    {
        await SendAsync(new WebhookOptions { Format = WebhookFormat.Slack });

        var (contentType, _, body) = _receiver.Received[0];
        contentType.Should().Be("application/json");
        System.Text.Json.Nodes.JsonNode.Parse(body)!.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping, WriteIndented = true }).Should().Be("""
            {
              "text": "Workers crashing frequently (critical): 2 restarts in 5 minutes.",
              "mrkdwn": false,
              "blocks": [
                {
                  "type": "header",
                  "text": {
                    "type": "plain_text",
                    "text": "Workers crashing frequently (critical)",
                    "emoji": false
                  }
                },
                {
                  "type": "section",
                  "text": {
                    "type": "plain_text",
                    "text": "2 restarts in 5 minutes.",
                    "emoji": false
                  }
                },
                {
                  "type": "section",
                  "text": {
                    "type": "plain_text",
                    "text": "Confidence: confirmed\nCause (confirmed): Out of memory\nCause (possible): Crash in a native library\nExplains: queue-backlog\nDo, quick (under 5 min): Go back to the version before.\nKubernetes (changes something): kubectl rollout undo deployment worker\nRunbook: worker-debugging.md#scenario-4",
                    "emoji": false
                  }
                },
                {
                  "type": "context",
                  "elements": [
                    {
                      "type": "plain_text",
                      "text": "workers-crash-looping · cliply · FINGERPRINT · since 2026-11-23 12:00:00 UTC · at 2026-11-23 12:03:00 UTC · fleet unhealthy",
                      "emoji": false
                    }
                  ]
                }
              ]
            }
            """.Replace("FINGERPRINT", DiagnosisTracker.FingerprintOf("cliply", "workers-crash-looping"), StringComparison.Ordinal));
    }

    [Fact]
    public async Task SendAsync_SlackWithHostileText_MentionsNobodyAndLinksNowhere()
    {
        const string Hostile = "<!channel> <https://evil.example|click> @here <@U123> &lt;!here&gt; *bold* ";

        await SendAsync(new WebhookOptions { Format = WebhookFormat.Slack }, Messages.Create(summary: string.Concat(Enumerable.Repeat(Hostile, 100))));

        var body = System.Text.Json.Nodes.JsonNode.Parse(_receiver.Received[0].Body)!;
        var texts = body["blocks"]!.AsArray().SelectMany(b => b!["elements"]?.AsArray().Select(e => e!["text"]!.GetValue<string>()) ?? [b["text"]!["text"]!.GetValue<string>()]).Append(body["text"]!.GetValue<string>()).ToList();
        texts.Should().OnlyContain(t => t.Length <= 3000 && !t.Contains('<') && !t.Contains('>'));
        texts[^1].Should().NotContain("@here").And.Contain("&lt;!channel&gt;");
        body["blocks"]!.AsArray().Select(b => b!["text"]?["type"]?.GetValue<string>() ?? "plain_text").Should().OnlyContain(t => t == "plain_text");
        body["mrkdwn"]!.GetValue<bool>().Should().BeFalse();
    }

    [Fact]
    public async Task SendAsync_ReceiverBusy_TriesAgainAsItSays()
    {
        _receiver.Answer((503, "0"), (429, "0"), (408, "0"), (500, "0"));

        (await SendAsync(new WebhookOptions { Format = WebhookFormat.CloudEvents })).Should().BeTrue();

        _receiver.Received.Should().HaveCount(5);
        _receiver.Received.Select(r => r.Body).Distinct().Should().ContainSingle("a retry is the same event");
        _log.Collector.GetSnapshot().Should().BeEmpty();
    }

    [Fact]
    public async Task SendAsync_ReceiverStaysBusy_GivesUpAndSaysSoOnce()
    {
        _receiver.Answer((503, "0"), (503, "0"), (503, "0"));

        (await SendAsync(new WebhookOptions { MaxAttempts = 3 })).Should().BeFalse();

        _receiver.Received.Should().HaveCount(3);
        _log.Collector.GetSnapshot().Select(l => (l.Level, l.Message)).Should().Equal(
            (LogLevel.Warning, "The notification that workers-crash-looping appeared was not delivered after 3 attempts: status 503. The receiver is told again later what is true by then"));
    }

    [Theory]
    [InlineData(null, 1)]
    [InlineData("120", 120)]
    [InlineData("86400", 300)]
    public async Task SendAsync_ReceiverBusy_WaitsByTheHostsClock(string? retryAfter, int atLeastSeconds)
    {
        _receiver.Answer((503, retryAfter));
        var time = new FakeTimeProvider();
        var start = time.GetUtcNow();
        var sending = SendAsync(new WebhookOptions { Timeout = TimeSpan.FromMinutes(2) }, time: time);
        await Eventually.HoldsAsync(() => _receiver.Received.Count == 1, "the first attempt");
        await Task.Delay(TimeSpan.FromMilliseconds(300), Cancellation);
        _receiver.Received.Should().ContainSingle("the host's clock stands still");

        await Eventually.HoldsAsync(
            () =>
            {
                if (_receiver.Received.Count == 1)
                {
                    time.Advance(TimeSpan.FromSeconds(1));
                }

                return sending.IsCompleted;
            },
            "the second attempt");

        (await sending).Should().BeTrue();
        _receiver.Received.Should().HaveCount(2);
        (time.GetUtcNow() - start).Should().BeGreaterThanOrEqualTo(TimeSpan.FromSeconds(atLeastSeconds));
    }

    [Fact]
    public async Task SendAsync_SomebodyListensToAllMeters_PublishesNothingOfTheReceiver()
    {
        var port = new Uri(_receiver.Url).Port;
        var seen = new ConcurrentQueue<string>();
        using var listener = new MeterListener { InstrumentPublished = (instrument, self) => self.EnableMeasurementEvents(instrument) };
        void Keep<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
        {
            if (tags.ToArray().Any(t => t.Key == "server.port" && Equals(t.Value, port)))
            {
                seen.Enqueue(instrument.Name);
            }
        }

        listener.SetMeasurementEventCallback<double>(Keep);
        listener.SetMeasurementEventCallback<long>(Keep);
        listener.Start();

        await SendAsync(new WebhookOptions());

        _receiver.Received.Should().ContainSingle();
        seen.Should().BeEmpty();
    }

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(302)]
    public async Task SendAsync_ReceiverDoesNotWantIt_IsNotAskedAgain(int status)
    {
        _receiver.Answer((status, null));

        (await SendAsync(new WebhookOptions())).Should().BeTrue();

        _receiver.Received.Should().ContainSingle();
        _log.Collector.GetSnapshot().Select(l => (l.Level, l.Message)).Should().Equal(
            (LogLevel.Error, $"The webhook refuses the notification that workers-crash-looping appeared with status {status}, and it is not sent again"));
    }

    [Fact]
    public async Task SendAsync_NobodyThere_GivesUpWithoutTheUrl()
    {
        await _receiver.DisposeAsync();

        (await SendAsync(new WebhookOptions { MaxAttempts = 1 })).Should().BeFalse();

        _log.Collector.GetSnapshot().Select(l => l.Message).Should().Equal(
            "The notification that workers-crash-looping appeared was not delivered after 1 attempts: no connection (ConnectionError). The receiver is told again later what is true by then");
    }

    [Fact]
    public async Task SendAsync_ReceiverHangs_IsGivenUpAfterItsTime()
    {
        _receiver.Hangs = true;

        (await SendAsync(new WebhookOptions { MaxAttempts = 1, Timeout = TimeSpan.FromMilliseconds(200) })).Should().BeFalse();

        _log.Collector.GetSnapshot().Select(l => l.Message).Should().Equal(
            "The notification that workers-crash-looping appeared was not delivered after 1 attempts: no answer in time. The receiver is told again later what is true by then");
    }

    [Fact]
    public async Task SendAsync_WithHeaders_SendsThemAndLogsNone()
    {
        _receiver.Answer((401, null));
        var options = new WebhookOptions();
        options.Headers["Authorization"] = "Bearer made-up-canary-77Zt";

        await SendAsync(options);

        _receiver.Received[0].Authorization.Should().Be("Bearer made-up-canary-77Zt");
        var logged = string.Join('\n', _log.Collector.GetSnapshot().Select(l => $"{l.Message} {l.Exception}"));
        logged.Should().NotContain("canary").And.NotContain("made-up-token").And.NotContain("127.0.0.1");
    }

    public ValueTask DisposeAsync() => _receiver.DisposeAsync();

    private async Task<bool> SendAsync(WebhookOptions options, Notification? message = null, TimeProvider? time = null)
    {
        options.Url = _receiver.Url;
        using var sender = new WebhookSender(Options.Create(options), new SecretRedactor([]), time ?? TimeProvider.System, _log);
        return await sender.SendAsync(message ?? Messages.Create(), Cancellation);
    }

    private static string Message(string @event, string changes, string remediation) => $$"""
        {"schemaVersion":1,"event":"{{@event}}","source":"cliply","fingerprint":"{{DiagnosisTracker.FingerprintOf("cliply", "workers-crash-looping")}}","code":"workers-crash-looping","title":"Workers crashing frequently","severity":"critical","confidence":"confirmed","summary":"2 restarts in 5 minutes.","changes":{{changes}},"causes":[{"code":"out-of-memory","title":"Out of memory","confidence":"confirmed"},{"code":"native-crash","title":"Crash in a native library","confidence":"possible"}],"symptoms":[{"code":"queue-backlog","title":"Queue backlog","severity":"warning"}],"remediation":{{remediation}},"runbook":"worker-debugging.md#scenario-4","since":"2026-11-23T12:00:00Z","at":"2026-11-23T12:03:00Z","fleetStatus":"unhealthy"}
        """;
}
