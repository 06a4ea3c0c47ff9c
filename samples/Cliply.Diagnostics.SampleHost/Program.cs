using System.CommandLine;
using System.Globalization;
using Cliply.Diagnostics.SampleFleet;
using Cliply.Diagnostics.SampleHost;

var breakOption = SampleOptions.Break();
var healOption = SampleOptions.HealAfter();
var onceOption = new Option<bool>("--once") { Description = "Prints one diagnosis and exits with 0 healthy, 1 degraded, 2 unhealthy, 3 inconclusive." };
var forOption = new Option<TimeSpan?>("--for") { Description = "Ends after that time. Default: runs until Ctrl+C.", HelpName = "TIME", CustomParser = SampleOptions.ParseTime };
var metricsOption = new Option<int?>("--metrics") { Description = "Serves the metrics at http://127.0.0.1:PORT/metrics for Prometheus.", HelpName = "PORT" };
metricsOption.Validators.Add(result =>
{
    if (result.Tokens is [var token] && !(int.TryParse(token.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65_535))
    {
        result.AddError($"--metrics '{token.Value}' is no port. Use a number from 1 to 65535.");
    }
});

var root = new RootCommand("""
    A host with a job queue, a producer and two workers, watched by Cliply.Diagnostics.
    The queue is a SQLite file in a temporary folder, or a schema of its own in the PostgreSQL that DATABASE_URL names.
    """) { breakOption, healOption, onceOption, forOption, metricsOption };
root.Validators.Add(result =>
{
    if (result.GetValue(onceOption) && (result.GetResult(forOption) is not null || result.GetResult(healOption) is not null))
    {
        result.AddError("--once prints one diagnosis and ends; it goes with neither --for nor --heal-after.");
    }
});
root.SetAction((parsed, cancellationToken) => Sample.RunAsync(
    parsed.GetValue(breakOption),
    parsed.GetValue(healOption),
    parsed.GetValue(forOption),
    parsed.GetValue(onceOption),
    parsed.GetValue(metricsOption),
    cancellationToken));
return await SampleOptions.InvokeAsync(root, args);
