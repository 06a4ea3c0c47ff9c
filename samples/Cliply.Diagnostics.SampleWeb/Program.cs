using System.CommandLine;
using Cliply.Diagnostics.SampleFleet;
using Cliply.Diagnostics.SampleWeb;

var breakOption = SampleOptions.Break();
var healOption = SampleOptions.HealAfter();
var urlsOption = new Option<string?>("--urls") { Description = "Where to listen. Default: http://localhost:5080.", HelpName = "URLS" };
var root = new RootCommand("""
    A web host with a job queue, a producer and two workers: the page of Cliply.Diagnostics at /diagnostics, probes at /livez, /readyz and /startupz, metrics at /metrics.
    The queue is a SQLite file in a temporary folder, or a schema of its own in the PostgreSQL that DATABASE_URL names. In Production the page is closed; in Development POST /break/SCENARIO and /heal inject failures and end them.
    """) { breakOption, healOption, urlsOption };
root.SetAction((parsed, cancellationToken) => WebSample.RunAsync(parsed.GetValue(breakOption), parsed.GetValue(healOption), parsed.GetValue(urlsOption), cancellationToken));
return await SampleOptions.InvokeAsync(root, args);
