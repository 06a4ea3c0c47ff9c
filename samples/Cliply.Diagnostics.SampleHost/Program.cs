using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Cliply.Diagnostics.SampleHost;

string[] breakages = ["no-workers", "not-claiming", "stuck", "crash-loop", "ffmpeg"];

var breakOption = new Option<string?>("--break") { Description = $"Injects a failure for real: {string.Join(", ", breakages)}.", HelpName = "SCENARIO" };
breakOption.Validators.Add(result =>
{
    if (result.Tokens is [var token] && !breakages.Contains(token.Value))
    {
        result.AddError($"--break '{token.Value}' is not known. Use one of {string.Join(", ", breakages)}.");
    }
});
var healOption = new Option<TimeSpan?>("--heal-after") { Description = "Ends the failure after that time, such as 20s or 1m.", HelpName = "TIME", CustomParser = ParseTime };
var onceOption = new Option<bool>("--once") { Description = "Prints one diagnosis and exits with 0 healthy, 1 degraded, 2 unhealthy, 3 inconclusive." };
var forOption = new Option<TimeSpan?>("--for") { Description = "Ends after that time. Default: runs until Ctrl+C.", HelpName = "TIME", CustomParser = ParseTime };
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

var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors)
    {
        Console.Error.WriteLine($"sample: {error.Message}");
    }

    return 64;
}

try
{
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(5) });
}
catch (SampleException exception)
{
    Console.Error.WriteLine($"sample: {exception.Message}");
    return exception.ExitCode;
}
catch (OperationCanceledException)
{
    return 130;
}

static TimeSpan? ParseTime(ArgumentResult result)
{
    var text = result.Tokens.Count == 1 ? result.Tokens[0].Value : "";
    var unit = text.EndsWith('m') ? 60 : 1;
    if (double.TryParse(text.TrimEnd('s', 'm'), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 100_000)
    {
        return TimeSpan.FromSeconds(number * unit);
    }

    result.AddError($"'{text}' is no time. Use one such as 20s or 1m.");
    return null;
}
