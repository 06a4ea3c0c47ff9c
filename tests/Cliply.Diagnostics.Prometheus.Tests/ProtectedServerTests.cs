using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;

namespace Cliply.Diagnostics.Prometheus.Tests;

/// <summary>A real Prometheus behind a path and a password.</summary>
public sealed class ProtectedServerTests(ProtectedServerTests.Server fixture) : IClassFixture<ProtectedServerTests.Server>
{
    [Theory]
    [InlineData("/prometheus", "made-up-password", "not-supported", "the server has no cliply_workers_active that matches. See that it scrapes the host's metrics, and look at Cliply:Diagnostics:Prometheus:Matchers")]
    [InlineData("/prometheus", "wrong", "authenticationFailed", "the server asks for credentials, or refuses those that are set (401). Set BearerToken, or UserName and Password; Mimir asks for the tenant likewise: set Headers:X-Scope-OrgID")]
    [InlineData("/prometheus", null, "authenticationFailed", "the server asks for credentials, or refuses those that are set (401). Set BearerToken, or UserName and Password; Mimir asks for the tenant likewise: set Headers:X-Scope-OrgID")]
    [InlineData("/elsewhere", "made-up-password", "error", "there is no query API under the URL (404). Cliply:Diagnostics:Prometheus:Url must be the base of the API, with its path: Mimir's ends in /prometheus")]
    public async Task Collect_PathAndPassword_AreUsedOrMissed(string path, string? password, string code, string message)
    {
        await using var provider = Fleets.Create(
            [ScriptedCollector.Healthy()],
            o => (o.CollectorDeadline, o.CollectionDeadline) = (TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(70)),
            services => new CliplyDiagnosticsBuilder(services).AddPrometheus(fixture.Url + path, o =>
            {
                if (password is not null)
                {
                    (o.UserName, o.Password) = ("cliply", password);
                }
            }));

        var reading = await provider.Fleet().DiagnoseAsync(TestContext.Current.CancellationToken);

        reading.Snapshot.History.Unavailable.Should().Be(new SectionFailure(code, message));
    }

    public sealed class Server : IAsyncLifetime
    {
        private PrometheusServer? _server;

        public string Url => _server!.Url;

        public async ValueTask InitializeAsync() => _server = await PrometheusServer.StartProtectedAsync();

        public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;
    }
}
