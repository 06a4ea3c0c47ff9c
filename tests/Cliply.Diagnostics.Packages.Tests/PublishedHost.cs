namespace Cliply.Diagnostics.Packages.Tests;

/// <summary>
/// A new web host with all packages, compiled ahead of time for linux-x64, once for all tests: any warning of the compiler, of
/// trimming or of the analysis of the whole program fails it.
/// </summary>
public sealed class PublishedHost : IAsyncLifetime
{
    private NewProject? _project;

    public async ValueTask InitializeAsync()
    {
        _project = await NewProject.CreateAsync(
            "Microsoft.NET.Sdk.Web",
            ["Cliply.Diagnostics.AspNetCore", "Cliply.Diagnostics.Docker", "Cliply.Diagnostics.Kubernetes", "Cliply.Diagnostics.Prometheus", "Cliply.Diagnostics.Sqlite"],
            """
            var builder = WebApplication.CreateSlimBuilder(args);
            var diagnostics = builder.Services.AddCliplyHealthChecks(options => options.LocalEvidence = false);
            if (builder.Configuration["Cliply:Diagnostics:Kubernetes:Kubeconfig"] is not null)
            {
                diagnostics.AddKubernetes();
            }

            if (builder.Configuration["Cliply:Diagnostics:Docker:Endpoint"] is not null)
            {
                diagnostics.AddDocker();
            }

            if (builder.Configuration["Cliply:Diagnostics:Prometheus:Url"] is not null)
            {
                diagnostics.AddPrometheus();
            }

            if (builder.Configuration["Sqlite"] is { } file)
            {
                builder.Services.AddCliplySqliteJobStore($"Data Source={file}");
            }

            var app = builder.Build();
            app.MapCliplyProbes();
            app.MapCliplyMetrics();
            app.MapCliplyDiagnostics().AllowAnonymous();
            app.Run();
            """,
            """
            <PublishAot>true</PublishAot>
            <TrimmerSingleWarn>false</TrimmerSingleWarn>
            <SuppressTrimAnalysisWarnings>false</SuppressTrimAnalysisWarnings>
            <DebugType>none</DebugType>
            """);
        await _project.DotnetAsync("publish", "--configuration", "Release", "--runtime", "linux-x64", "--output", "published");
    }

    public ValueTask DisposeAsync()
    {
        _project?.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Starts it on a free port of 127.0.0.1, and waits until its first collection has ended.</summary>
    /// <param name="environment">Its configuration, and all of its environment.</param>
    internal Task<HostProcess> StartAsync(Dictionary<string, string> environment) => HostProcess.StartAsync(_project!.PathOf("published/New"), [], environment);
}
