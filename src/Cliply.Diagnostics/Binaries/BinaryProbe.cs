using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using Cliply.Diagnostics.Evidence;
using CliWrap;

namespace Cliply.Diagnostics.Binaries;

/// <summary>Runs a program with its version flag, within a time limit and bounded memory, and leaves nothing behind.</summary>
internal static class BinaryProbe
{
    /// <summary>How much of the output is kept, in bytes: a version stands at its start.</summary>
    private const int MaxKept = 64 * 1024;

    /// <summary>How much a program may print, in bytes, before it is taken for one that never ends.</summary>
    private const int MaxOutput = 4 * 1024 * 1024;

    /// <summary>How long what a program has printed may take to arrive once it has ended.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(100);

    private const string MarkerVariable = "CLIPLY_VERSION_PROBE";

    /// <summary>Runs it.</summary>
    /// <param name="path">The absolute path.</param>
    /// <param name="versionFlag">The program's own flag.</param>
    /// <param name="limit">How long it may take: it is asked to end at two thirds and killed at the whole.</param>
    /// <param name="time">The clock of the limit.</param>
    /// <param name="cancellationToken">Kills it.</param>
    public static async Task<(BinaryStatus Status, string? Version)> RunAsync(string path, string versionFlag, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        var marker = Guid.NewGuid().ToString("N");
        using var ask = new CancellationTokenSource(limit * (2.0 / 3), time);
        using var deadline = new CancellationTokenSource(limit, time);
        using var kill = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        using var ended = new CancellationTokenSource();
        var output = new MemoryStream();
        var isEndless = false;
        var command = CliWrap.Cli.Wrap(path)
            .WithArguments([versionFlag])
            .WithWorkingDirectory(Path.GetPathRoot(path)!)
            .WithEnvironmentVariables(v => v.Set(MarkerVariable, marker))
            .WithValidation(CommandResultValidation.None)
            .WithStandardInputPipe(PipeSource.Null)
            .WithStandardErrorPipe(PipeTarget.Create((stream, token) => DrainAsync(stream, keep: null, token)))
            .WithStandardOutputPipe(PipeTarget.Create((stream, token) => DrainAsync(stream, output, token)));
        try
        {
            var running = await StartAsync().ConfigureAwait(false);
            var watching = StopReadingOnceEndedAsync(running.ProcessId);
            var result = await running.Task.WaitAsync(kill.Token).ConfigureAwait(false);
            await watching.ConfigureAwait(false);
            return result.ExitCode == 0 && VersionText.Parse(Text()) is { } version ? (BinaryStatus.Available, version) : (BinaryStatus.Failed, null);
        }
        catch (OperationCanceledException) when (isEndless)
        {
            return (BinaryStatus.Failed, null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (BinaryStatus.TimedOut, null);
        }
        catch (Exception exception) when (NativeCode(exception) is { } code)
        {
            // The file is there; only a script whose interpreter is missing says that something was not found.
            const int NoSuchFile = 2;
            return (code == NoSuchFile ? BinaryStatus.Failed : BinaryStatus.NotExecutable, null);
        }
        finally
        {
            // A child of the program that holds the pipe or outlives it is found by the variable that it inherited.
            Descendants.Kill($"{MarkerVariable}={marker}");
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

            ended.CancelAfter(Rest);
        }

        string Text()
        {
            lock (output)
            {
                return Encoding.UTF8.GetString(output.ToArray());
            }
        }

        async Task DrainAsync(Stream stream, MemoryStream? keep, CancellationToken token)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(token, ended.Token);
            var buffer = new byte[4096];
            long total = 0;
            int read;
            try
            {
                while ((read = await stream.ReadAsync(buffer, either.Token).ConfigureAwait(false)) > 0)
                {
                    total += read;
                    if (total > MaxOutput)
                    {
                        isEndless = true;
                        await kill.CancelAsync().ConfigureAwait(false);
                        return;
                    }

                    if (keep is not null)
                    {
                        lock (keep)
                        {
                            keep.Write(buffer, 0, (int)Math.Min(read, MaxKept - keep.Length));
                        }
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
