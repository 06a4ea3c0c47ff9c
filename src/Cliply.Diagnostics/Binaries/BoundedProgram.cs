using System.ComponentModel;
using System.Diagnostics;
using CliWrap;

namespace Cliply.Diagnostics.Binaries;

/// <summary>Runs a program within a time limit and bounded memory, without a terminal, and leaves nothing behind.</summary>
internal static class BoundedProgram
{
    /// <summary>How much of the start of standard error is kept, in bytes: what went wrong stands there.</summary>
    private const int MaxErrorsKept = 8 * 1024;

    private const string MarkerVariable = "CLIPLY_PROBE";

    /// <summary>Runs it.</summary>
    /// <param name="call">The program, and how far it may go.</param>
    /// <param name="time">The clock of its limit.</param>
    /// <param name="cancellationToken">Kills it.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static async Task<ProgramResult> RunAsync(ProgramCall call, TimeProvider time, CancellationToken cancellationToken)
    {
        var marker = Guid.NewGuid().ToString("N");
        using var ask = new CancellationTokenSource(call.Limit * (2.0 / 3), time);
        using var deadline = new CancellationTokenSource(call.Limit, time);
        using var kill = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        using var ended = new CancellationTokenSource();
        var output = new MemoryStream();
        var errors = new MemoryStream();
        var isEndless = false;
        var command = CliWrap.Cli.Wrap(call.Path)
            .WithArguments(call.Arguments)
            .WithWorkingDirectory(Path.GetPathRoot(call.Path)!)
            .WithEnvironmentVariables(SetVariables)
            .WithValidation(CommandResultValidation.None)
            .WithStandardInputPipe(PipeSource.Null)
            .WithStandardErrorPipe(PipeTarget.Create((stream, token) => DrainAsync(stream, errors, MaxErrorsKept, token)))
            .WithStandardOutputPipe(PipeTarget.Create((stream, token) => DrainAsync(stream, output, call.MaxKept, token)));
        try
        {
            var running = await StartAsync().ConfigureAwait(false);
            var watching = StopReadingOnceEndedAsync(running.ProcessId);
            var result = await running.Task.WaitAsync(kill.Token).ConfigureAwait(false);
            await watching.ConfigureAwait(false);
            return Result(ProgramEnd.Exited, result.ExitCode);
        }
        catch (OperationCanceledException) when (isEndless)
        {
            return Result(ProgramEnd.TooMuchOutput);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Result(ProgramEnd.TimedOut);
        }
        catch (Exception exception) when (NativeCode(exception) is { } code)
        {
            // The file is there; only a script whose interpreter is missing says that something was not found.
            const int NoSuchFile = 2;
            return Result(code == NoSuchFile ? ProgramEnd.NotStarted : ProgramEnd.NotExecutable);
        }
        finally
        {
            // A child of the program that holds the pipe or outlives it is found by the variable that it inherited.
            Descendants.Kill($"{MarkerVariable}={marker}");
        }

        void SetVariables(CliWrap.Builders.EnvironmentVariablesBuilder variables)
        {
            foreach (var (name, value) in call.Variables)
            {
                variables.Set(name, value);
            }

            variables.Set(MarkerVariable, marker);
        }

        // A file that somebody still writes, as when it is being replaced, can't be run for a moment.
        async Task<CommandTask<CommandResult>> StartAsync()
        {
            const int TextFileBusy = 26;
            while (true)
            {
                try
                {
                    return command.ExecuteAsync(kill.Token, ask.Token);
                }
                catch (Exception exception) when (NativeCode(exception) == TextFileBusy)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(20), time, kill.Token).ConfigureAwait(false);
                }
            }
        }

        // A child of the program may hold the pipes open for long; the answer is there when the program itself has ended.
        async Task StopReadingOnceEndedAsync(int processId)
        {
            try
            {
                using var process = Process.GetProcessById(processId);
                await process.WaitForExitAsync(kill.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or OperationCanceledException)
            {
                // Ended already, or about to be killed.
            }

            ended.CancelAfter(call.Rest);
        }

        ProgramResult Result(ProgramEnd end, int exitCode = 0) => new(end, exitCode, Kept(output), Kept(errors));

        static byte[] Kept(MemoryStream kept)
        {
            lock (kept)
            {
                return kept.ToArray();
            }
        }

        async Task DrainAsync(Stream stream, MemoryStream keep, int maxKept, CancellationToken token)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(token, ended.Token);
            var buffer = new byte[16 * 1024];
            long total = 0;
            int read;
            try
            {
                while ((read = await stream.ReadAsync(buffer, either.Token).ConfigureAwait(false)) > 0)
                {
                    total += read;
                    lock (keep)
                    {
                        keep.Write(buffer, 0, (int)Math.Min(read, maxKept - keep.Length));
                    }

                    if (total > call.MaxOutput)
                    {
                        isEndless = true;
                        await kill.CancelAsync().ConfigureAwait(false);
                        return;
                    }
                }
            }
            catch (OperationCanceledException) when (!token.IsCancellationRequested)
            {
                // The program has ended, and what is still to come is not its own.
            }
        }
    }

    /// <summary>The system's error. The library wraps it in one of its own, whose code is that of whatever call failed last.</summary>
    private static int? NativeCode(Exception exception) => (exception.InnerException as Win32Exception ?? exception as Win32Exception)?.NativeErrorCode;
}
