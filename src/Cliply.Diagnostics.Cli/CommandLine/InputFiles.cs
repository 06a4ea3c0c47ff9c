using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Json;

namespace Cliply.Diagnostics.Cli.CommandLine;

/// <summary>Opens a file, or standard input for <c>-</c>.</summary>
internal static class InputFiles
{
    /// <summary>The largest snapshot that is read, in bytes.</summary>
    public const int MaxSnapshotBytes = 64 * 1024 * 1024;

    public static Stream Open(string file, string option)
    {
        if (file == "-")
        {
            return Console.OpenStandardInput();
        }

        try
        {
            return new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0, FileOptions.SequentialScan);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            var problem = exception switch
            {
                FileNotFoundException or DirectoryNotFoundException => "there is no such file",
                UnauthorizedAccessException when Directory.Exists(file) => "it is a folder",
                UnauthorizedAccessException => "it may not be read",
                _ => "it can't be read",
            };
            throw new CliException(ExitCodes.BadInput, $"{option} '{file}': {problem}. Give the path of a file, or - for standard input.");
        }
    }

    /// <summary>Reads a whole file of bounded size.</summary>
    public static async Task<byte[]> ReadAsync(string file, string option, CancellationToken cancellationToken)
    {
        await using var stream = Open(file, option);
        using var content = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await stream.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (content.Length + read > MaxSnapshotBytes)
            {
                throw new CliException(ExitCodes.BadInput, $"{Name(file)}: larger than {MaxSnapshotBytes / (1024 * 1024)} MiB, which no snapshot is. For many snapshots, one a line, use cliply replay.");
            }

            content.Write(buffer, 0, read);
        }

        return content.ToArray();
    }

    /// <summary>Reads a recorded snapshot.</summary>
    /// <exception cref="CliException">It is none; the message names the JSON path.</exception>
    public static async Task<DiagnosticSnapshot> ReadSnapshotAsync(string file, string option, CancellationToken cancellationToken)
    {
        var utf8 = await ReadAsync(file, option, cancellationToken);
        try
        {
            return SnapshotJson.Read(utf8);
        }
        catch (SnapshotFormatException exception)
        {
            throw new CliException(ExitCodes.BadInput, $"{Name(file)}: {exception.Message}");
        }
    }

    public static string Name(string file) => file == "-" ? "standard input" : file;
}
