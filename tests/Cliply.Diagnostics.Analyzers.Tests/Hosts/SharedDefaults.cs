// A service of a fleet whose defaults are another project's: that one maps the endpoints.
using Fleet.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.Services.AddCliplyHealthChecks();

var app = builder.Build();
app.MapDefaultEndpoints();
app.MapGet("/", () => "clips");
app.Run();
