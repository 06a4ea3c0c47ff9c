using System.Net;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Cliply.Diagnostics.Tests.Fakes;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.AspNetCore.Tests.Page;

/// <summary>Who may read the page, and what everybody else gets.</summary>
public sealed class PageAccessTests
{
    private static readonly string[] Paths = ["", "/content", "/report.json", "/snapshot.json", "/report.md", "/events", "/page.css", "/page.js", "/icon.svg"];

    [Fact]
    public async Task Page_InProductionWithoutAWord_IsClosedEverywhere()
    {
        var store = ScriptedCollector.Healthy();
        await using var host = await WebHost.StartAsync([store], app => app.MapCliplyDiagnostics());

        foreach (var path in Paths)
        {
            (await host.GetAsync($"/diagnostics{path}")).Should().Be((HttpStatusCode.NotFound, ""), path);
        }

        store.Calls.Should().Be(0);
        host.Logs.GetSnapshot().Where(l => l.Level == LogLevel.Warning).Select(l => l.Message).Should().Equal(
            "The diagnostics page at /diagnostics is closed, and answers 404. Give it a policy with RequireAuthorization(...), or say AllowAnonymous() where everybody may read it; in Development, requests from this machine are let in");
    }

    [Fact]
    public async Task Page_AllowAnonymous_IsOpenEverywhere()
    {
        await using var host = await WebHost.StartAsync(WebHost.Healthy(), app => app.MapCliplyDiagnostics("/ops/fleet/").AllowAnonymous());

        foreach (var path in Paths.Where(p => p != "/events"))
        {
            (await host.GetAsync($"/ops/fleet{path}")).Status.Should().Be(HttpStatusCode.OK, path);
        }

        (await host.GetAsync("/ops/fleet")).Body.Should().Contain("src=\"/ops/fleet/page.js\"");
    }

    [Fact]
    public async Task Page_WithAPolicy_IsForWhomItAllows()
    {
        await using var host = await WebHost.StartAsync(
            WebHost.Healthy(),
            app =>
            {
                app.UseAuthentication();
                app.UseAuthorization();
                app.MapCliplyDiagnostics().RequireAuthorization("operators");
            },
            build: builder =>
            {
                builder.Services.AddAuthentication("test").AddScheme<AuthenticationSchemeOptions, UserHeader>("test", null);
                builder.Services.AddAuthorization(o => o.AddPolicy("operators", p => p.RequireClaim("role", "operator")));
            });

        foreach (var path in Paths)
        {
            (await host.GetAsync($"/diagnostics{path}")).Should().Be((HttpStatusCode.Unauthorized, ""), path);
        }

        host.Client.DefaultRequestHeaders.Add("X-User", "visitor");
        (await host.GetAsync("/diagnostics")).Should().Be((HttpStatusCode.Forbidden, ""));
        host.Client.DefaultRequestHeaders.Remove("X-User");
        host.Client.DefaultRequestHeaders.Add("X-User", "operator");
        (await host.GetAsync("/diagnostics")).Status.Should().Be(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Page_WithAPolicyButNoMiddleware_FailsLoudlyWithoutContent()
    {
        await using var host = await WebHost.StartAsync(WebHost.Healthy(), app => app.MapCliplyDiagnostics().RequireAuthorization(), build: b => b.Services.AddAuthorization());

        (await host.GetAsync("/diagnostics")).Should().Be((HttpStatusCode.InternalServerError, ""));
    }

    [Theory]
    [InlineData(null, null, HttpStatusCode.OK)]
    [InlineData("Host", "localhost:5080", HttpStatusCode.OK)]
    [InlineData("Host", "app.localhost", HttpStatusCode.OK)]
    [InlineData("Host", "evil.example", HttpStatusCode.NotFound)]
    [InlineData("X-Forwarded-For", "203.0.113.9", HttpStatusCode.NotFound)]
    [InlineData("Forwarded", "for=203.0.113.9", HttpStatusCode.NotFound)]
    public async Task Page_InDevelopment_LetsInWhoSitsAtTheMachine(string? header, string? value, HttpStatusCode expected)
    {
        await using var host = await WebHost.StartAsync(WebHost.Healthy(), app => app.MapCliplyDiagnostics(), environment: "Development");
        if (header == "Host")
        {
            host.Client.DefaultRequestHeaders.Host = value;
        }
        else if (header is not null)
        {
            host.Client.DefaultRequestHeaders.Add(header, value);
        }

        var (status, body) = await host.GetAsync("/diagnostics");

        status.Should().Be(expected);
        (body.Length > 0).Should().Be(expected == HttpStatusCode.OK);
    }

    [Fact]
    public async Task Page_Open_SendsHeadersThatKeepItInside()
    {
        await using var host = await WebHost.StartAsync(WebHost.Healthy(), app => app.MapCliplyDiagnostics().AllowAnonymous());

        foreach (var path in Paths.Where(p => p != "/events"))
        {
            using var response = await host.Client.GetAsync(new Uri($"/diagnostics{path}", UriKind.Relative), TestContext.Current.CancellationToken);

            Header(response, "Cache-Control").Should().Be("no-store", path);
            Header(response, "Content-Security-Policy").Should().Be("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
            Header(response, "X-Content-Type-Options").Should().Be("nosniff");
            Header(response, "Referrer-Policy").Should().Be("no-referrer");
        }
    }

    private static string Header(HttpResponseMessage response, string name) => string.Join(",", response.Headers.GetValues(name));

    /// <summary>Takes the user's role from a header; a test's stand-in for a login.</summary>
    private sealed class UserHeader(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            var role = Request.Headers["X-User"].ToString();
            return Task.FromResult(role.Length == 0
                ? AuthenticateResult.NoResult()
                : AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim("role", role)], "test")), "test")));
        }
    }
}
