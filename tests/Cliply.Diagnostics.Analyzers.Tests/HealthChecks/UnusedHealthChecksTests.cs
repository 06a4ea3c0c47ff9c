using Cliply.Diagnostics.Analyzers.HealthChecks;

namespace Cliply.Diagnostics.Analyzers.Tests.HealthChecks;

public sealed class UnusedHealthChecksTests
{
    private const string Message =
        "Nothing in this program asks for the health checks that AddCliplyHealthChecks adds; map an endpoint (MapCliplyProbes, MapHealthChecks), add a publisher (AddWebhook), ask HealthCheckService or IFleetDiagnostics, or call AddCliplyDiagnostics where the log is enough";

    [Fact]
    public Task NobodyAsks_IsReported() =>
        Source.ReportsAsync<UnusedHealthChecksAnalyzer>(
            """
            var builder = Host.CreateApplicationBuilder(args);
            builder.Services.{|#0:AddCliplyHealthChecks|}(options => options.LocalEvidence = false).AddLogs("/var/log/cliply");
            await builder.Build().RunAsync();
            """,
            Message);

    [Theory]
    [InlineData("""app.MapHealthChecks("/health");""")]
    [InlineData("""app.UseHealthChecks("/health");""")]
    [InlineData("""app.MapCliplyProbes();""")]
    [InlineData("""app.MapCliplyMetrics();""")]
    [InlineData("""app.MapCliplyDiagnostics();""")]
    [InlineData("""checks.AddWebhook();""")]
    [InlineData("""builder.Services.AddSingleton<Microsoft.Extensions.Diagnostics.HealthChecks.IHealthCheckPublisher>(_ => null!);""")]
    [InlineData("""app.Services.GetRequiredService<Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckService>();""")]
    [InlineData("""app.Services.GetRequiredService<Microsoft.Extensions.Options.IOptions<Microsoft.Extensions.Diagnostics.HealthChecks.HealthCheckServiceOptions>>();""")]
    [InlineData("""app.Services.GetRequiredService<Cliply.Diagnostics.Collection.IFleetDiagnostics>();""")]
    [InlineData("""var meter = "Cliply.Diagnostics";""")]
    [InlineData("""var meters = "Cliply.*";""")]
    [InlineData("""{|CS0103:AddTelemetryHealthCheckPublisher|}();""")]
    public Task SomebodyAsks_IsFine(string use) =>
        Source.IsFineAsync<UnusedHealthChecksAnalyzer>($$"""
            var builder = WebApplication.CreateBuilder(args);
            var checks = builder.Services.AddCliplyHealthChecks();
            var app = builder.Build();
            {{use}}
            app.Run();
            """);

    [Fact]
    public Task LibraryThatAdds_IsFine() =>
        Source.IsFineAsync<UnusedHealthChecksAnalyzer>("""
            public static class ServiceDefaults
            {
                public static IServiceCollection AddDefaults(this IServiceCollection services)
                {
                    services.AddCliplyHealthChecks();
                    return services;
                }
            }
            """);

    [Theory]
    [InlineData("Fact")]
    [InlineData("TestMethod")]
    [InlineData("Test")]
    public Task ProgramOfTests_IsFine(string attribute) =>
        Source.IsFineAsync<UnusedHealthChecksAnalyzer>($$"""
            Console.WriteLine("The test platform's own entry point");

            public sealed class OptionsTests
            {
                [Own.{{attribute}}]
                public void Host_Starts() => new ServiceCollection().AddCliplyHealthChecks();
            }

            namespace Own
            {
                public sealed class {{attribute}}Attribute : Attribute;
            }
            """);

    [Fact]
    public Task DiagnosticsWithoutHealthChecks_IsFine() =>
        Source.IsFineAsync<UnusedHealthChecksAnalyzer>("""
            var builder = Host.CreateApplicationBuilder(args);
            builder.Services.AddCliplyDiagnostics();
            await builder.Build().RunAsync();
            """);
}
