// A minimal API behind a load balancer, as in most services.
var builder = WebApplication.CreateBuilder(args);
builder.Services.AddAuthorizationBuilder().AddPolicy("operators", policy => policy.RequireRole("operator"));
builder.Services.AddProblemDetails();
builder.Services.AddCliplyHealthChecks(options =>
{
    options.LocalEvidence = false;
    options.Thresholds.BacklogJobs = builder.Configuration.GetValue("Backlog", 200);
    options.Thresholds.HeartbeatStale = TimeSpan.FromMinutes(15);
}).AddPrometheus("http://prometheus:9090", options => options.Matchers = "cluster=\"eu\"").ShareSnapshots();

var app = builder.Build();
app.UseExceptionHandler();
if (app.Environment.IsDevelopment())
{
    app.UseDeveloperExceptionPage();
}

app.UseHttpsRedirection();
app.UseAuthorization();
app.MapCliplyProbes(options => options.UnreadyDiagnoses = ["database-unavailable"]);
app.MapCliplyMetrics().RequireHost("*:9100");
app.MapCliplyDiagnostics().RequireAuthorization("operators");
app.MapPost("/clips", (Clip clip) => Results.Accepted($"/clips/{clip.Id}"));
app.Run();

internal sealed record Clip(Guid Id, string Url);
