using System.Globalization;
using System.Net;
using System.Text.Json;
using Cliply.Diagnostics.Evidence;

namespace Cliply.Diagnostics.Prometheus;

/// <summary>
/// Reads an answer of <c>/api/v1/query</c> or <c>/api/v1/query_range</c>. The server's own words are not repeated: they may
/// hold the query, hosts and paths.
/// </summary>
internal static class PrometheusAnswer
{
    /// <summary>The code for failures that have none of their own.</summary>
    public const string Error = "error";

    private const string Url = $"{PrometheusOptions.SectionName}:{nameof(PrometheusOptions.Url)}";

    /// <param name="status">The HTTP status.</param>
    /// <param name="body">The whole body.</param>
    public static PrometheusResult Read(HttpStatusCode status, ReadOnlyMemory<byte> body)
    {
        JsonDocument? document = null;
        try
        {
            document = Parse(body);
            var root = document?.RootElement;
            return (int)status is >= 200 and < 300 ? ReadSuccess(root) : FailureOf(status, TextOf(root, "errorType"));
        }
        finally
        {
            document?.Dispose();
        }
    }

    private static JsonDocument? Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonDocument.Parse(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static PrometheusResult FailureOf(HttpStatusCode status, string? errorType) => (status, errorType) switch
    {
        (HttpStatusCode.Unauthorized, _) => PrometheusResult.Failed("authenticationFailed", "the server asks for credentials, or refuses those that are set (401). Set BearerToken, or UserName and Password; Mimir asks for the tenant likewise: set Headers:X-Scope-OrgID"),
        (HttpStatusCode.Forbidden, _) => PrometheusResult.Failed("permissionDenied", "the server forbids the query (403). Give the credentials the right to read metrics, or set the tenant's header in Headers"),
        (HttpStatusCode.NotFound, not "not_found") => PrometheusResult.Failed(Error, $"there is no query API under the URL (404). {Url} must be the base of the API, with its path: Mimir's ends in /prometheus"),
        (HttpStatusCode.MethodNotAllowed, _) => PrometheusResult.Failed(Error, "the server, or a proxy before it, takes no query of this length (405). Shorten the matchers, or allow POST"),
        (>= HttpStatusCode.Ambiguous and < HttpStatusCode.BadRequest, _) => PrometheusResult.Failed(Error, $"the server sends the query elsewhere ({(int)status}), which is not followed. Set {Url} to where it leads"),
        (HttpStatusCode.GatewayTimeout, _) or (_, "timeout") => PrometheusResult.Failed(SectionFailure.Timeout, "the query took the server too long. Shorten Range, or raise Step"),
        (HttpStatusCode.BadRequest, _) or (_, "bad_data") => PrometheusResult.Failed(Error, "the server does not understand the query (400). Look for a regular expression in Matchers or ContainerMatchers that is not RE2, or a Range that its limits don't allow"),
        (HttpStatusCode.UnprocessableEntity, _) or (_, "execution") => PrometheusResult.Failed(Error, "the server could not work out the query (422): it exceeds a limit, or its data contradict each other. Narrow Matchers and ContainerMatchers"),
        (HttpStatusCode.TooManyRequests, _) => PrometheusResult.Failed(Error, "the server takes no more queries now (429)"),
        (HttpStatusCode.ServiceUnavailable, _) => PrometheusResult.Failed("shuttingDown", "the server is not ready (503): it starts, stops, or is behind a gateway that reaches none"),
        _ => PrometheusResult.Failed(Error, $"the server answered with the HTTP status {(int)status}"),
    };

    private static PrometheusResult ReadSuccess(JsonElement? root)
    {
        if (root is not { ValueKind: JsonValueKind.Object } answer || TextOf(answer, "status") is not { } status)
        {
            return NotPrometheus();
        }

        if (status != "success")
        {
            return FailureOf(HttpStatusCode.OK, TextOf(answer, "errorType"));
        }

        if (answer.TryGetProperty("warnings", out var warnings) && warnings.ValueKind == JsonValueKind.Array && warnings.GetArrayLength() > 0)
        {
            return PrometheusResult.Failed(Error, "the server warns that its answer may not be whole. Its own log or its web page says which store is missing");
        }

        if (!answer.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Object
            || TextOf(data, "resultType") is not ("matrix" or "vector")
            || !data.TryGetProperty("result", out var result) || result.ValueKind != JsonValueKind.Array)
        {
            return NotPrometheus();
        }

        var series = new List<PrometheusSeries>(result.GetArrayLength());
        foreach (var item in result.EnumerateArray())
        {
            if (SeriesOf(item) is not { } read)
            {
                return NotPrometheus();
            }

            series.Add(read);
        }

        return PrometheusResult.Of(series);
    }

    private static PrometheusResult NotPrometheus() =>
        PrometheusResult.Failed(Error, $"what answers is no Prometheus: its answer is not of its API's form. Look at {Url}");

    private static PrometheusSeries? SeriesOf(JsonElement item)
    {
        if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("metric", out var metric) || metric.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var label in metric.EnumerateObject())
        {
            if (label.Value.ValueKind != JsonValueKind.String)
            {
                return null;
            }

            labels[label.Name] = label.Value.GetString()!;
        }

        var samples = new List<(double, double)>();
        if (item.TryGetProperty("value", out var value))
        {
            return Add(value) ? new PrometheusSeries(labels, samples) : null;
        }

        // A series of native histograms has no values; there is none among those that are asked for.
        if (!item.TryGetProperty("values", out var values) || values.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        foreach (var sample in values.EnumerateArray())
        {
            if (!Add(sample))
            {
                return null;
            }
        }

        return new PrometheusSeries(labels, samples);

        bool Add(JsonElement pair)
        {
            if (pair.ValueKind != JsonValueKind.Array || pair.GetArrayLength() != 2
                || pair[0].ValueKind != JsonValueKind.Number || !pair[0].TryGetDouble(out var time)
                || pair[1].ValueKind != JsonValueKind.String || NumberOf(pair[1].GetString()!) is not { } number)
            {
                return false;
            }

            samples.Add((time, number));
            return true;
        }
    }

    private static double? NumberOf(string text) => text switch
    {
        "NaN" => double.NaN,
        "+Inf" or "Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null,
    };

    private static string? TextOf(JsonElement? element, string property) =>
        element is { ValueKind: JsonValueKind.Object } item && item.TryGetProperty(property, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;
}
