namespace Cliply.Diagnostics.Cli.CommandLine;

/// <summary>Writes a file as a whole or not at all. It never follows a link at the target, nor writes over what is there unasked.</summary>
internal static class NewFile
{
    /// <param name="path">Where to.</param>
    /// <param name="option">The option that names it.</param>
    /// <param name="content">All of it.</param>
    /// <param name="replace">Whether to replace what is there.</param>
    /// <param name="cancellationToken">Ends the writing; nothing is left.</param>
    /// <exception cref="CliException">It can't be written.</exception>
    public static Task WriteAsync(string path, string option, ReadOnlyMemory<byte> content, bool replace, CancellationToken cancellationToken) =>
        WriteAsync(path, option, replace, ReadableByAll, async (stream, token) => await stream.WriteAsync(content, token), cancellationToken);

    private const int NoSpaceOnUnix = 28;
    private const int NoSpaceOnWindows = unchecked((int)0x80070070);

    private const UnixFileMode ReadableByAll = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Writes beside the target, and puts the finished file in its place in one step.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="option">The option that names it.</param>
    /// <param name="replace">Whether to replace what is there.</param>
    /// <param name="mode">Who may read it.</param>
    /// <param name="write">Writes the content; what it throws leaves nothing behind.</param>
    /// <param name="cancellationToken">Ends the writing; nothing is left.</param>
    /// <exception cref="CliException">It can't be written.</exception>
    public static async Task WriteAsync(string path, string option, bool replace, UnixFileMode mode, Func<FileStream, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        var target = Path.GetFullPath(path);
        var info = new FileInfo(target);
        if (info.LinkTarget is not null)
        {
            throw Failure("it is a link, which is not followed");
        }

        if (Directory.Exists(target))
        {
            throw Failure("it is a folder");
        }

        if (info.Exists && !replace)
        {
            throw Failure("it is there already");
        }

        var part = Path.Combine(Path.GetDirectoryName(target)!, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}.part");
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, Options = FileOptions.Asynchronous };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = mode;
            }

            await using (var stream = new FileStream(part, options))
            {
                await write(stream, cancellationToken);
                await stream.FlushAsync(cancellationToken);
            }

            cancellationToken.ThrowIfCancellationRequested();
            File.Move(part, target, overwrite: replace);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            throw Failure(exception switch
            {
                // What .NET makes of a file that is larger than is allowed.
                ArgumentOutOfRangeException => "writing failed: it is larger than a file may be here",
                IOException { HResult: NoSpaceOnUnix or NoSpaceOnWindows } => "writing failed: the disk is full",
                DirectoryNotFoundException => "its folder is not there",
                UnauthorizedAccessException => "its folder may not be written to",
                _ when File.Exists(target) && !replace => "it is there already",
                _ => $"writing failed: {exception.Message.Replace(part, "it", StringComparison.Ordinal)}",
            });
        }
        finally
        {
            if (File.Exists(part))
            {
                File.Delete(part);
            }
        }

        CliException Failure(string problem) => new(ExitCodes.CannotCreate, $"{option} '{path}': {problem}. Nothing was written. Give another path{(problem == "it is there already" ? ", or --force" : "")}.");
    }
}
