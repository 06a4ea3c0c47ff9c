using System.Net;
using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Tests.Fakes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Cliply.Diagnostics.AspNetCore.Tests;

/// <summary>A real web host on a free port, with a test's collectors in place of the library's own.</summary>
internal sealed class WebHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WebHost(WebApplication app)
    {
        _app = app;
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, MaxConnectionsPerServer = 1000 }) { BaseAddress = new Uri(app.Urls.First()) };
    }

    public HttpClient Client { get; }

    public string Url => _app.Urls.First();

    public IServiceProvider Services => _app.Services;

    public FakeLogCollector Logs => _app.Services.GetFakeLogCollector();

    public static async Task<WebHost> StartAsync(
        IEnumerable<IEvidenceCollector> collectors,
        Action<WebApplication> map,
        Action<CliplyDiagnosticsOptions>? configure = null,
        Action<WebApplicationBuilder>? build = null,
        string environment = "Production")
    {
        var app = Create(collectors, map, configure, build, environment);
        await app.StartAsync();
        return new WebHost(app);
    }

    public static WebApplication Create(
        IEnumerable<IEvidenceCollector> collectors,
        Action<WebApplication> map,
        Action<CliplyDiagnosticsOptions>? configure = null,
        Action<WebApplicationBuilder>? build = null,
        string environment = "Production")
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Logging.AddFakeLogging();
        builder.Services.AddRouting();
        builder.Services.AddCliplyHealthChecks(options =>
        {
            options.History.InBackground = false;
            configure?.Invoke(options);
        });
        builder.Services.RemoveAll<IEvidenceCollector>();
        foreach (var collector in collectors)
        {
            builder.Services.AddSingleton(collector);
        }

        build?.Invoke(builder);
        var app = builder.Build();
        map(app);
        return app;
    }

    /// <summary>A store, both binaries and the environment, all well; each may be replaced.</summary>
    public static IEvidenceCollector[] Healthy(Func<CollectedEvidence, CollectedEvidence>? change = null) =>
        [ScriptedCollector.JobStore(_ => Task.FromResult((change ?? (e => e))(ScriptedCollector.HealthyStore()))), Local()];

    public static ScriptedCollector Local(Func<CollectedEvidence, CollectedEvidence>? change = null) => new(
        "local",
        [SnapshotSection.Binaries, SnapshotSection.Environment],
        _ => Task.FromResult((change ?? (e => e))(new CollectedEvidence
        {
            Binaries = Section.List(new BinaryEvidence { Name = "ffmpeg", Status = BinaryStatus.Available, Version = "5.1.9" }, new BinaryEvidence { Name = "yt-dlp", Status = BinaryStatus.Available, Version = "2026.01.01" }),
            Environment = new EnvironmentEvidence { MissingRequired = [], MissingRecommended = [], Invalid = [] },
        })));

    public async Task<(HttpStatusCode Status, string Body)> GetAsync(string path, string? accept = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
