using Cliply.Diagnostics.Analyzers.HealthChecks;

namespace Cliply.Diagnostics.Analyzers.Tests.HealthChecks;

public sealed class LivenessEndpointTests
{
    [Theory]
    [InlineData("/livez")]
    [InlineData("/healthz/live")]
    [InlineData("health/liveness")]
    [InlineData("/Alive")]
    [InlineData("/health-live")]
    public Task Liveness_WithoutPredicate_IsReported(string path) =>
        Source.ReportsAsync<LivenessEndpointAnalyzer>(
            Program($$"""{|#0:app.MapHealthChecks("{{path}}")|};"""),
            $"The liveness endpoint '{path}' runs the fleet's health checks: it restarts every host when the database is down; leave them out with a predicate");

    [Theory]
    [InlineData("""new HealthCheckOptions()""")]
    [InlineData("""new HealthCheckOptions { AllowCachingResponses = false }""")]
    [InlineData("""new HealthCheckOptions { Predicate = null }""")]
    [InlineData("""new() { Predicate = _ => true }""")]
    [InlineData("""new HealthCheckOptions { Predicate = check => check.Tags.Contains("ready") }""")]
    [InlineData("""new HealthCheckOptions { Predicate = check => { return check.Tags.Contains("cliply"); } }""")]
    [InlineData("""new HealthCheckOptions { Predicate = (check) => !check.Tags.Contains("slow") }""")]
    [InlineData("""new HealthCheckOptions { Predicate = check => check.Name == "cliply-heartbeat" || check.Tags.Contains("live") }""")]
    [InlineData("""new HealthCheckOptions { Predicate = check => check.Name.StartsWith("cliply") }""")]
    [InlineData("""new HealthCheckOptions { Predicate = check => check.Name.Contains("heartbeat") }""")]
    [InlineData("""new HealthCheckOptions { Predicate = check => !(check.Name.Length > 3 && check.Tags.Contains("live")) }""")]
    [InlineData("""new HealthCheckOptions { Predicate = check => check.Tags.Contains(Tags.Ready) }""")]
    [InlineData("""new HealthCheckOptions { Predicate = check => check.Name != "cliply-database" }""")]
    public Task Liveness_PredicateLetsThem_IsReported(string options) =>
        Source.ReportsAsync<LivenessEndpointAnalyzer>(
            Program($$"""{|#0:app.MapHealthChecks("/livez", {{options}})|};"""),
            "The liveness endpoint '/livez' runs the fleet's health checks: it restarts every host when the database is down; leave them out with a predicate");

    [Theory]
    [InlineData("""new HealthCheckOptions { Predicate = _ => false }""")]
    [InlineData("""new HealthCheckOptions { Predicate = check => !check.Tags.Contains("ready") }""")]
    [InlineData("""new HealthCheckOptions { Predicate = check => !(check.Tags.Contains("ready") || check.Tags.Contains("slow")) }""")]
    [InlineData("""new HealthCheckOptions { Predicate = check => check.Tags.Contains("live") }""")]
    [InlineData("""new HealthCheckOptions { Predicate = check => check.Name == "self" }""")]
    [InlineData("""new HealthCheckOptions { Predicate = check => check.Name.Contains("self") }""")]
    [InlineData("""new HealthCheckOptions { Predicate = check => check.Tags.Contains(Tags.Live) }""")]
    [InlineData("""new HealthCheckOptions { Predicate = IsLive }""")]
    [InlineData("""new HealthCheckOptions { Predicate = check => check.Tags.Contains("live") && IsFast(check.Name) }""")]
    [InlineData("""new HealthCheckOptions { Predicate = check => IsFast(check.Name) }""")]
    [InlineData("""new HealthCheckOptions { Predicate = check => !IsFast(check.Name) }""")]
    [InlineData("""new HealthCheckOptions { Predicate = check => check.Name.StartsWith("Cliply") }""")]
    [InlineData("""options""")]
    public Task Liveness_PredicateLeavesThemOut_OrCantBeTold_IsFine(string options) =>
        Source.IsFineAsync<LivenessEndpointAnalyzer>(Program($$"""
            app.MapHealthChecks("/livez", {{options}});
            static bool IsLive(Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckRegistration check) => check.Tags.Contains("live");
            static bool IsFast(string name) => name.Length > 3;
            """));

    [Fact]
    public Task Liveness_UseHealthChecks_IsReported() =>
        Source.ReportsAsync<LivenessEndpointAnalyzer>(
            Program("""
                {|#0:app.UseHealthChecks("/livez")|};
                {|#1:app.UseHealthChecks("/live", new HealthCheckOptions { Predicate = check => check.Tags.Contains("ready") })|};
                app.UseHealthChecks("/alive", new HealthCheckOptions { Predicate = _ => false });
                """),
            "The liveness endpoint '/livez' runs the fleet's health checks: it restarts every host when the database is down; leave them out with a predicate",
            "The liveness endpoint '/live' runs the fleet's health checks: it restarts every host when the database is down; leave them out with a predicate");

    [Fact]
    public Task OtherEndpoint_WithoutPredicate_IsReported() =>
        Source.ReportsAsync<LivenessEndpointAnalyzer>(
            Program("""
                {|#0:app.MapHealthChecks("/health")|}.AllowAnonymous();
                var path = app.Configuration["path"]!;
                {|#1:app.MapHealthChecks(path)|};
                app.MapHealthChecks("/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains("ready") });
                app.MapHealthChecks("/delivery", new HealthCheckOptions { Predicate = check => check.Tags.Contains("ready") });
                """),
            "The health check endpoint '/health' has no predicate and so runs the fleet's health checks with the host's own; say with a predicate which checks it runs",
            "This health check endpoint has no predicate and so runs the fleet's health checks with the host's own; say with a predicate which checks it runs");

    [Fact]
    public Task DatabaseCheck_OnLiveness_IsReported() =>
        Source.ReportsAsync<LivenessEndpointAnalyzer>(
            Program(
                """
                {|#0:app.MapHealthChecks("/live", new HealthCheckOptions { Predicate = check => check.Tags.Contains("live") })|};
                {|#1:app.MapHealthChecks("/livez")|};
                app.MapHealthChecks("/alive", new HealthCheckOptions { Predicate = check => check.Tags.Contains("self") });
                app.MapHealthChecks("/health");
                """,
                add: """builder.Services.AddHealthChecks().AddNpgSql(name: "jobs", tags: ["live"]);"""),
            "The liveness endpoint '/live' runs a check that reads the database (AddNpgSql): it restarts every host when the database is down; leave them out with a predicate",
            "The liveness endpoint '/livez' runs a check that reads the database (AddNpgSql): it restarts every host when the database is down; leave them out with a predicate");

    [Theory]
    [InlineData("""builder.Services.AddHealthChecks();""")]
    [InlineData("""builder.Services.AddCliplyWorkerHeartbeat();""")]
    [InlineData("""builder.Services.AddSqlite<object>("Data Source=jobs.db"); builder.Services.AddRedis();""")]
    public Task NeitherTheLibrarysChecksNorADatabases_IsFine(string add) =>
        Source.IsFineAsync<LivenessEndpointAnalyzer>(Program(
            """
            app.MapHealthChecks("/livez");
            app.MapHealthChecks("/health");
            """,
            add));

    [Theory]
    [InlineData("""builder.Services.AddHealthChecks().AddNpgSql("jobs", ["ready"]);""")]
    [InlineData("""builder.Services.AddHealthChecks().AddNpgSql("jobs", new[] { "ready" });""")]
    public Task DatabaseCheck_WithTagsByPosition_IsFine(string add) =>
        Source.IsFineAsync<LivenessEndpointAnalyzer>(Program("""app.MapHealthChecks("/livez", new HealthCheckOptions { Predicate = check => !check.Tags.Contains("ready") });""", add));

    [Fact]
    public Task MethodOfTheHostByTheSameName_IsFine() =>
        Source.IsFineAsync<LivenessEndpointAnalyzer>(Program("""Own.MapHealthChecks("/livez");""") + """

            internal static class Own
            {
                public static void MapHealthChecks(string path) => Console.WriteLine(path);
            }
            """);

    [Fact]
    public Task Fix_LeavesOutWhatIsReady() =>
        Source.IsFixedAsync<LivenessEndpointAnalyzer, LivenessEndpointFix>(
            Program("""{|#0:app.MapHealthChecks("/livez")|}.AllowAnonymous();"""),
            Program("""app.MapHealthChecks("/livez", new HealthCheckOptions { Predicate = check => !check.Tags.Contains("ready") }).AllowAnonymous();"""),
            "The liveness endpoint '/livez' runs the fleet's health checks: it restarts every host when the database is down; leave them out with a predicate");

    [Fact]
    public Task Fix_WithoutTheUsing_AddsIt() =>
        Source.IsFixedAsync<LivenessEndpointAnalyzer, LivenessEndpointFix>(
            """
            var builder = WebApplication.CreateBuilder(args);
            builder.Services.AddCliplyHealthChecks();
            var app = builder.Build();
            {|#0:app.MapHealthChecks("/healthz/live")|};
            app.Run();
            """,
            """
            using Microsoft.AspNetCore.Diagnostics.HealthChecks;

            var builder = WebApplication.CreateBuilder(args);
            builder.Services.AddCliplyHealthChecks();
            var app = builder.Build();
            app.MapHealthChecks("/healthz/live", new HealthCheckOptions { Predicate = check => !check.Tags.Contains("ready") });
            app.Run();
            """,
            "The liveness endpoint '/healthz/live' runs the fleet's health checks: it restarts every host when the database is down; leave them out with a predicate");

    [Fact]
    public Task Fix_OfSeveral_AddsOneUsing() =>
        Source.IsFixedAsync<LivenessEndpointAnalyzer, LivenessEndpointFix>(
            """
            var builder = WebApplication.CreateBuilder(args);
            builder.Services.AddCliplyHealthChecks();
            var app = builder.Build();
            {|#0:app.MapHealthChecks("/livez")|}; // one
            {|#1:app.MapHealthChecks(
                "/alive" /* two */)|};
            app.Run();
            """,
            """
            using Microsoft.AspNetCore.Diagnostics.HealthChecks;

            var builder = WebApplication.CreateBuilder(args);
            builder.Services.AddCliplyHealthChecks();
            var app = builder.Build();
            app.MapHealthChecks("/livez", new HealthCheckOptions { Predicate = check => !check.Tags.Contains("ready") }); // one
            app.MapHealthChecks(
                "/alive" /* two */, new HealthCheckOptions { Predicate = check => !check.Tags.Contains("ready") });
            app.Run();
            """,
            "The liveness endpoint '/livez' runs the fleet's health checks: it restarts every host when the database is down; leave them out with a predicate",
            "The liveness endpoint '/alive' runs the fleet's health checks: it restarts every host when the database is down; leave them out with a predicate");

    [Fact]
    public Task Fix_WhereOptionsAreGiven_IsNotOffered()
    {
        var source = Program("""{|#0:app.MapHealthChecks("/livez", new HealthCheckOptions { Predicate = check => check.Tags.Contains("ready") })|};""");
        return Source.IsFixedAsync<LivenessEndpointAnalyzer, LivenessEndpointFix>(
            source,
            source,
            "The liveness endpoint '/livez' runs the fleet's health checks: it restarts every host when the database is down; leave them out with a predicate");
    }

    private static string Program(string map, string add = "builder.Services.AddCliplyHealthChecks();") => $$"""
        using Microsoft.AspNetCore.Diagnostics.HealthChecks;

        var builder = WebApplication.CreateBuilder(args);
        {{add}}
        var app = builder.Build();
        var options = app.Services.GetRequiredService<HealthCheckOptions>();
        {{map}}
        app.Run();

        internal static class Tags
        {
            public const string Live = "live";

            public const string Ready = "ready";
        }

        internal static class NpgSqlHealthCheckBuilderExtensions
        {
            public static IHealthChecksBuilder AddNpgSql(this IHealthChecksBuilder builder, string? name = null, IEnumerable<string>? tags = null) => builder;
        }

        internal static class OtherExtensions
        {
            public static IServiceCollection AddSqlite<T>(this IServiceCollection services, string text) => services;

            public static IServiceCollection AddRedis(this IServiceCollection services) => services;
        }
        """;
}
