using System.Net;
using System.Text;

namespace Cliply.Diagnostics.Prometheus.Tests;

/// <summary>Answers in the forms that Prometheus, Thanos and Mimir give.</summary>
public sealed class PrometheusAnswerTests
{
    private const string NoPrometheus = "what answers is no Prometheus: its answer is not of its API's form. Look at Cliply:Diagnostics:Prometheus:Url";

    [Fact]
    public void Read_Matrix_GivesTheSeries()
    {
        var result = Read(200, """{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"pod":"worker-1"},"values":[[1763899200,"2"],[1763899215.781,"NaN"],[1763899230,"+Inf"],[1763899245,"3.0000000001e+00"]]}]}}""");

        var series = result.Series.Should().ContainSingle().Subject;
        series.Label("pod").Should().Be("worker-1");
        series.Label("cluster").Should().BeNull();
        series.Samples.Should().Equal((1763899200, 2), (1763899215.781, double.NaN), (1763899230, double.PositiveInfinity), (1763899245, 3.0000000001));
    }

    [Fact]
    public void Read_Vector_GivesOneSampleEach()
    {
        var result = Read(200, """{"status":"success","infos":["PromQL info: metric might not be a counter"],"warnings":[],"data":{"resultType":"vector","result":[{"metric":{"__name__":"up"},"value":[1763899200.1,"-1"]}]}}""");

        result.Series.Should().ContainSingle().Which.Samples.Should().Equal((1763899200.1, -1));
    }

    [Fact]
    public void Read_NoSeries_IsKnownAndEmpty() =>
        Read(200, """{"status":"success","data":{"resultType":"matrix","result":[]}}""").Series.Should().BeEmpty();

    [Theory]
    [InlineData(401, "no org id\n", "authenticationFailed", "the server asks for credentials, or refuses those that are set (401). Set BearerToken, or UserName and Password; Mimir asks for the tenant likewise: set Headers:X-Scope-OrgID")]
    [InlineData(403, "", "permissionDenied", "the server forbids the query (403). Give the credentials the right to read metrics, or set the tenant's header in Headers")]
    [InlineData(404, "404 page not found", "error", "there is no query API under the URL (404). Cliply:Diagnostics:Prometheus:Url must be the base of the API, with its path: Mimir's ends in /prometheus")]
    [InlineData(405, "", "error", "the server, or a proxy before it, takes no query of this length (405). Shorten the matchers, or allow POST")]
    [InlineData(302, "", "error", "the server sends the query elsewhere (302), which is not followed. Set Cliply:Diagnostics:Prometheus:Url to where it leads")]
    [InlineData(400, """{"status":"error","errorType":"bad_data","error":"invalid parameter \"query\": canary.internal"}""", "error", "the server does not understand the query (400). Look for a regular expression in Matchers or ContainerMatchers that is not RE2, or a Range that its limits don't allow")]
    [InlineData(422, """{"status":"error","errorType":"execution","error":"query processing would load too many samples into memory"}""", "error", "the server could not work out the query (422): it exceeds a limit, or its data contradict each other. Narrow Matchers and ContainerMatchers")]
    [InlineData(429, "", "error", "the server takes no more queries now (429)")]
    [InlineData(503, "Service Unavailable", "shuttingDown", "the server is not ready (503): it starts, stops, or is behind a gateway that reaches none")]
    [InlineData(503, """{"status":"error","errorType":"timeout","error":"query timed out in expression evaluation"}""", "timeout", "the query took the server too long. Shorten Range, or raise Step")]
    [InlineData(504, "<html>", "timeout", "the query took the server too long. Shorten Range, or raise Step")]
    [InlineData(500, """{"status":"error","errorType":"internal","error":"canary.internal: no such host"}""", "error", "the server answered with the HTTP status 500")]
    [InlineData(200, """{"status":"error","errorType":"timeout","error":"too long"}""", "timeout", "the query took the server too long. Shorten Range, or raise Step")]
    [InlineData(200, """{"status":"success","warnings":["canary.internal:10901: store unavailable"],"data":{"resultType":"matrix","result":[]}}""", "error", "the server warns that its answer may not be whole. Its own log or its web page says which store is missing")]
    [InlineData(200, "", "error", NoPrometheus)]
    [InlineData(200, "<html>Sign in</html>", "error", NoPrometheus)]
    [InlineData(200, "null", "error", NoPrometheus)]
    [InlineData(200, "[]", "error", NoPrometheus)]
    [InlineData(200, """{"status":"success"}""", "error", NoPrometheus)]
    [InlineData(200, """{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"2"]""", "error", NoPrometheus)]
    [InlineData(200, """{"status":"success","data":{"resultType":"scalar","result":[1,"2"]}}""", "error", NoPrometheus)]
    [InlineData(200, """{"status":"success","data":{"resultType":"matrix","result":[null]}}""", "error", NoPrometheus)]
    [InlineData(200, """{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":1},"values":[]}]}}""", "error", NoPrometheus)]
    [InlineData(200, """{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1]]}]}}""", "error", NoPrometheus)]
    [InlineData(200, """{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[["1","2"]]}]}}""", "error", NoPrometheus)]
    [InlineData(200, """{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,2]]}]}}""", "error", NoPrometheus)]
    [InlineData(200, """{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"two"]]}]}}""", "error", NoPrometheus)]
    [InlineData(200, """{"status":"success","data":{"resultType":"matrix","result":[{"metric":{}}]}}""", "error", NoPrometheus)]
    public void Read_NoAnswer_SaysWhyWithoutTheServersWords(int status, string body, string code, string message)
    {
        var result = Read(status, body);

        result.IsKnown.Should().BeFalse();
        result.Failure!.Code.Should().Be(code);
        result.Failure.Message.Should().Be(message).And.NotContain("canary");
    }

    [Fact]
    public void Read_CutAtEveryByte_NeverThrows()
    {
        var whole = Encoding.UTF8.GetBytes("""{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"pod":"é"},"values":[[1763899200,"2"]]}]}}""");

        for (var length = 0; length < whole.Length; length++)
        {
            PrometheusAnswer.Read(HttpStatusCode.OK, whole.AsMemory(0, length)).Failure!.Message.Should().Be(NoPrometheus);
        }
    }

    private static PrometheusResult Read(int status, string body) => PrometheusAnswer.Read((HttpStatusCode)status, Encoding.UTF8.GetBytes(body));
}
