using SharedReporter;

// Modelled on hosts that register a background service of another project, which asks for the diagnosis itself.
var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddCliplyHealthChecks();
builder.Services.AddHostedService<FleetReporter>();
await builder.Build().RunAsync();
