using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Cliply.Diagnostics.Evidence;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Prometheus;

/// <summary>Asks the server. One set of connections for the host's life; no answer takes more than <see cref="MaxAnswer"/> of memory.</summary>
internal sealed class PrometheusClient : IDisposable
{
    /// <summary>Enough for 10,000 points of one series, or for the states of some 3,000 containers.</summary>
    public const int MaxAnswer = 4 * 1024 * 1024;

    /// <summary>What servers and proxies take as a URL without asking; longer queries are sent as a form.</summary>
    private const int MaxUrl = 2_000;

    private readonly Uri? _base;
    private readonly HttpClient _http;

    public PrometheusClient(IOptions<PrometheusOptions> options)
    {
        var value = options.Value;
        _base = string.IsNullOrWhiteSpace(value.Url) ? null : new Uri(value.Url.Trim().TrimEnd('/') + "/");

        // Credentials go where they were configured to go, so nothing is followed; an answer that unpacks itself could not be bounded.
        _http = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
            MaxResponseHeadersLength = 64,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        })
        {
            // Each query has the collector's deadline.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Cliply.Diagnostics", null));
        _http.DefaultRequestHeaders.Authorization =
            !string.IsNullOrEmpty(value.BearerToken) ? new AuthenticationHeaderValue("Bearer", value.BearerToken)
            : !string.IsNullOrEmpty(value.UserName) ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{value.UserName}:{value.Password}")))
            : null;
        foreach (var (name, header) in value.Headers)
        {
            _http.DefaultRequestHeaders.TryAddWithoutValidation(name, header);
        }
    }

    /// <summary>Whether there is a server to ask.</summary>
    public bool IsConfigured => _base is not null;

    /// <summary>The value now, by the server's clock.</summary>
    public Task<PrometheusResult> QueryAsync(string query, CancellationToken cancellationToken) =>
        AskAsync("api/v1/query", [new("query", query)], cancellationToken);

    /// <summary>The values from <paramref name="start"/> to <paramref name="end"/>, both included, at each <paramref name="step"/>.</summary>
    public Task<PrometheusResult> QueryRangeAsync(string query, DateTimeOffset start, DateTimeOffset end, TimeSpan step, CancellationToken cancellationToken) =>
        AskAsync("api/v1/query_range", [new("query", query), new("start", Seconds(start)), new("end", Seconds(end)), new("step", Seconds(step.TotalSeconds))], cancellationToken);

    public void Dispose() => _http.Dispose();

    private static string Seconds(DateTimeOffset time) => Seconds(time.ToUnixTimeMilliseconds() / 1000.0);

    private static string Seconds(double seconds) => seconds.ToString("0.###", CultureInfo.InvariantCulture);

    private async Task<PrometheusResult> AskAsync(string path, KeyValuePair<string, string>[] form, CancellationToken cancellationToken)
    {
        if (_base is null)
        {
            return PrometheusResult.Failed(SectionFailure.NotConfigured, $"no server is named. Set {PrometheusOptions.SectionName}:{nameof(PrometheusOptions.Url)}");
        }

        try
        {
            using var request = Request(new Uri(_base, path), form);
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            return await BodyOfAsync(response.Content, cancellationToken).ConfigureAwait(false) is { } body
                ? PrometheusAnswer.Read(response.StatusCode, body)
                : PrometheusResult.Failed(PrometheusAnswer.Error, "the answer is larger than 4 MiB and was not read. Narrow Matchers or ContainerMatchers, shorten Range or raise Step");
        }
        catch (HttpRequestException exception)
        {
            return FailureOf(exception.HttpRequestError, exception);
        }
        catch (HttpIOException exception)
        {
            return FailureOf(exception.HttpRequestError, exception);
        }
        catch (IOException exception)
        {
            return FailureOf(HttpRequestError.ResponseEnded, exception);
        }
    }

    private static HttpRequestMessage Request(Uri endpoint, KeyValuePair<string, string>[] form)
    {
        var query = string.Join('&', form.Select(f => $"{f.Key}={Uri.EscapeDataString(f.Value)}"));
        return endpoint.AbsoluteUri.Length + 1 + query.Length <= MaxUrl
            ? new HttpRequestMessage(HttpMethod.Get, new Uri($"{endpoint.AbsoluteUri}?{query}"))
            : new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new FormUrlEncodedContent(form) };
    }

    /// <returns>Null where it is larger than it may be.</returns>
    private static async Task<ReadOnlyMemory<byte>?> BodyOfAsync(HttpContent content, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > MaxAnswer)
        {
            return null;
        }

        var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        var body = new ArrayBufferWriter<byte>();
        while (true)
        {
            var read = await stream.ReadAsync(body.GetMemory(16 * 1024), cancellationToken).ConfigureAwait(false);
            if (read == 0)
            {
                return body.WrittenMemory;
            }

            body.Advance(read);
            if (body.WrittenCount > MaxAnswer)
            {
                return null;
            }
        }
    }

    private static PrometheusResult FailureOf(HttpRequestError error, Exception exception) => (error, Socket(exception)) switch
    {
        (HttpRequestError.NameResolutionError, _) or (_, SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain) => PrometheusResult.Failed("hostNotFound", "the server's name can't be resolved. Look at Url"),
        (HttpRequestError.SecureConnectionError, _) => PrometheusResult.Failed("tlsFailed", "no encrypted connection could be agreed on: its certificate is not trusted here, or the port speaks no TLS"),
        (_, SocketError.ConnectionRefused) => PrometheusResult.Failed("refused", "nothing listens at the server's address. Look at the port in Url"),
        (_, SocketError.TimedOut or SocketError.HostUnreachable or SocketError.NetworkUnreachable) => PrometheusResult.Failed(SectionFailure.Timeout, "the server can't be reached from here"),
        (HttpRequestError.ConfigurationLimitExceeded, _) => PrometheusResult.Failed(PrometheusAnswer.Error, "the answer's headers are larger than 64 KiB"),
        (HttpRequestError.ProxyTunnelError, _) => PrometheusResult.Failed(PrometheusAnswer.Error, "the proxy on the way gives no connection to the server"),
        _ => PrometheusResult.Failed(PrometheusAnswer.Error, "the connection broke before the answer was whole, or what answers speaks no HTTP"),
    };

    private static SocketError? Socket(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is SocketException socket)
            {
                return socket.SocketErrorCode;
            }
        }

        return null;
    }
}
