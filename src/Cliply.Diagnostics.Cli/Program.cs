using System.CommandLine;
using System.Text;
using Cliply.Diagnostics.Cli.CommandLine;
using Cliply.Diagnostics.Cli.Diagnosing;
using Cliply.Diagnostics.Cli.Replaying;

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

var root = new RootCommand("Diagnoses background-job worker fleets: which scenario of the runbook it is, why, and what to do.")
{
    DiagnoseCommand.Create(),
    ReplayCommand.Create(),
};

var parsed = root.Parse(args);
if (parsed.Errors.Count > 0)
{
    foreach (var error in parsed.Errors)
    {
        Console.Error.WriteLine($"cliply: {error.Message}");
    }

    Console.Error.WriteLine($"Try: cliply {(parsed.CommandResult.Command is RootCommand ? "" : parsed.CommandResult.Command.Name + " ")}--help");
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
catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
{
    Console.Error.WriteLine($"cliply: reading the input or writing the output failed: {exception.InnerException?.Message ?? exception.Message}.");
    return ExitCodes.InputOutput;
}
catch (OperationCanceledException)
{
    return ExitCodes.Interrupted;
}
