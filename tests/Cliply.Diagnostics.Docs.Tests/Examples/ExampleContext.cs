namespace Cliply.Diagnostics.Docs.Tests.Examples;

/// <summary>What examples may take for granted.</summary>
internal static class ExampleContext
{
    /// <summary>Of the SDK for consoles.</summary>
    public static readonly string[] ConsoleUsings = ["System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks"];

    /// <summary>Of the SDK for workers, besides.</summary>
    public static readonly string[] WorkerUsings =
    [
        "Microsoft.Extensions.Configuration",
        "Microsoft.Extensions.DependencyInjection",
        "Microsoft.Extensions.Hosting",
        "Microsoft.Extensions.Logging",
    ];

    /// <summary>Of the SDK for the web, besides both.</summary>
    public static readonly string[] WebUsings =
    [
        "System.Net.Http.Json",
        "Microsoft.AspNetCore.Builder",
        "Microsoft.AspNetCore.Hosting",
        "Microsoft.AspNetCore.Http",
        "Microsoft.AspNetCore.Routing",
    ];

    /// <summary>Of the library: what an example that shows a few statements need not repeat.</summary>
    public static readonly string[] LibraryUsings = ["Cliply.Diagnostics", "Cliply.Diagnostics.Collection", "Cliply.Diagnostics.WorkerHeartbeats"];

    /// <summary>What statements may use; locals of the same name take precedence.</summary>
    public const string Prelude = """
        internal abstract class ExampleHost
        {
            protected WebApplicationBuilder builder = null!;
            protected WebApplication app = null!;
            protected IServiceCollection services = null!;
            protected IServiceProvider provider = null!;
            protected CancellationToken cancellationToken;
            protected IWorkerActivity activity = null!;
            protected ExampleQueue queue = null!;
        }

        /// <summary>Stands for a host's queue.</summary>
        internal abstract class ExampleQueue
        {
            public abstract Task<(Guid Id, string Kind)> ClaimAsync(string workerId);
        }
        """;
}
