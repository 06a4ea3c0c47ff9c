using Cliply.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

// A worker that is always idle. Arguments: the database's connection string and the worker's id.
var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
builder.Services.Configure<CliplyDiagnosticsOptions>(options => options.ConnectionString = args[0]);
builder.Services.AddCliplyWorkerHeartbeat(options =>
{
    options.Interval = TimeSpan.FromMilliseconds(500);
    options.WorkerId = args[1];
});
await builder.Build().RunAsync();
