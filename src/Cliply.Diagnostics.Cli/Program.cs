using System.CommandLine;
using System.Text;
using Cliply.Diagnostics.Cli.Bundles;
using Cliply.Diagnostics.Cli.CommandLine;
using Cliply.Diagnostics.Cli.Comparing;
using Cliply.Diagnostics.Cli.Completion;
using Cliply.Diagnostics.Cli.DeadLetters;
using Cliply.Diagnostics.Cli.Diagnosing;
using Cliply.Diagnostics.Cli.Environments;
using Cliply.Diagnostics.Cli.Explaining;
using Cliply.Diagnostics.Cli.Jobs;
using Cliply.Diagnostics.Cli.LogReading;
using Cliply.Diagnostics.Cli.Monitoring;
using Cliply.Diagnostics.Cli.Readiness;
using Cliply.Diagnostics.Cli.Replaying;
using Cliply.Diagnostics.Cli.Setup;
using Cliply.Diagnostics.Cli.Watching;
using Cliply.Diagnostics.Cli.Workers;
using Microsoft.Extensions.Options;

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

var root = new RootCommand("Diagnoses background-job worker fleets: which scenario of the runbook it is, why, and what to do.")
{
    DiagnoseCommand.Create(),
    WorkersStatusCommand.Create(),
    JobsCommand.Create(),
    DlqCommand.Create(),
    ReadyzCommand.Create(),
    CheckEnvCommand.Create(),
    LogsAnalyzeCommand.Create(),
    WatchCommand.Create(),
    BundleCommand.Create(),
    ExplainCommand.Create(),
    ReplayCommand.Create(),
    DiffCommand.Create(),
    InitCommand.Create(),
    AlertsCommand.Create(),
    DashboardCommand.Create(),
    CompletionCommand.Create(),
};

HelpInShort.AddTo(root);

var parsed = root.Parse(args);
if (parsed.Errors.Count > 0 && parsed.Action is not HelpInShort)
{
    UsageErrors.Write(Console.Error, parsed);
    return ExitCodes.Usage;
}

try
{
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = TimeSpan.FromSeconds(2) });
}
catch (CliException exception)
{
    Console.Error.WriteLine($"cliply: {exception.Message}");
    return exception.ExitCode;
}
catch (OptionsValidationException exception)
{
    Console.Error.WriteLine($"cliply: {string.Join(" ", exception.Failures)}");
    return ExitCodes.Usage;
}
catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"cliply: reading the input or writing the output failed: {exception.InnerException?.Message ?? exception.Message}.");
    return ExitCodes.InputOutput;
}
catch (OperationCanceledException)
{
    return ExitCodes.Interrupted;
}
