using System.Buffers;
using Cliply.Diagnostics.Binaries;
using Microsoft.Win32.SafeHandles;

namespace Cliply.Diagnostics.Logs;

/// <summary>The newest lines of a log file: their start is looked for from the end backwards, and then they are read from there on.</summary>
internal sealed class LogFileTail : IDisposable
{
    private const int BlockLength = 64 * 1024;

    private readonly string _path;
    private readonly SafeFileHandle _file;
    private readonly ProgramFile? _opened;
    private readonly long _length;
    private long _start;

    private LogFileTail(string path)
    {
        _path = path;
        _file = ReadOnlyFile.Open(path);
        _opened = ProgramFile.At(OperatingSystem.IsLinux() ? $"/proc/self/fd/{_file.DangerousGetHandle()}" : path);
        _length = RandomAccess.GetLength(_file);
    }

    /// <summary>How many lines they are.</summary>
    public long Lines { get; private set; }

    /// <summary>How many bytes they are.</summary>
    public long Bytes => _length - _start;

    /// <summary>Whether they are fewer than was asked for because of their bytes.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Opens a file and looks for the start of its newest lines.</summary>
    /// <param name="path">A regular file.</param>
    /// <param name="lines">How many lines at most.</param>
    /// <param name="bytes">How many bytes at most.</param>
    /// <param name="cancellationToken">Ends the looking; the start is then what was found.</param>
    /// <exception cref="IOException">The file is not there, or can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static async Task<LogFileTail> OpenAsync(string path, long lines, long bytes, CancellationToken cancellationToken)
    {
        var tail = new LogFileTail(path);
        try
        {
            await tail.FindStartAsync(lines, bytes, cancellationToken).ConfigureAwait(false);
            return tail;
        }
        catch
        {
            tail.Dispose();
            throw;
        }
    }

    /// <summary>Reads the lines.</summary>
    /// <param name="take">Takes them, in pieces.</param>
    /// <param name="cancellationToken">Ends the reading; what was read stays.</param>
    /// <returns>How many bytes were read, and what makes them fewer than there were, or null.</returns>
    /// <exception cref="IOException">The file can't be read on.</exception>
    public async Task<(long Bytes, string? Partial)> ReadAsync(Action<ReadOnlySpan<byte>> take, CancellationToken cancellationToken)
    {
        var block = ArrayPool<byte>.Shared.Rent(BlockLength);
        try
        {
            var at = _start;
            while (at < _length && !cancellationToken.IsCancellationRequested)
            {
                var read = await RandomAccess.ReadAsync(_file, block.AsMemory(0, (int)Math.Min(BlockLength, _length - at)), at, CancellationToken.None).ConfigureAwait(false);
                if (read == 0)
                {
                    break;
                }

                take(block.AsSpan(0, read));
                at += read;
            }

            return (at - _start, Partial(isWhole: at >= _length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    public void Dispose() => _file.Dispose();

    private string? Partial(bool isWhole) =>
        RandomAccess.GetLength(_file) < _length ? "truncated while it was read"
        : !isWhole ? "not all of it was read in time"
        : ProgramFile.At(_path) is not { } now ? "deleted while it was read"
        : _opened is not null && (now.Device, now.Inode, now.Path) != (_opened.Device, _opened.Inode, _opened.Path) ? "rotated while it was read"
        : null;

    private async Task FindStartAsync(long lines, long bytes, CancellationToken cancellationToken)
    {
        var first = Math.Max(0, _length - bytes);
        long? oldest = null;
        var block = ArrayPool<byte>.Shared.Rent(BlockLength);
        try
        {
            for (var end = _length; end > first && Lines < lines && !cancellationToken.IsCancellationRequested;)
            {
                var begin = Math.Max(first, end - BlockLength);
                var read = await RandomAccess.ReadAsync(_file, block.AsMemory(0, (int)(end - begin)), begin, CancellationToken.None).ConfigureAwait(false);
                for (var at = block.AsSpan(0, read).LastIndexOf((byte)'\n'); at >= 0 && Lines < lines; at = block.AsSpan(0, at).LastIndexOf((byte)'\n'))
                {
                    // The break at the very end ends the last line and begins none.
                    if (begin + at + 1 < _length)
                    {
                        oldest = begin + at + 1;
                        Lines++;
                    }
                }

                end = begin;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }

        // At the limit of bytes the line that it falls into is left out, unless there is no other.
        if (Lines < lines && _length > 0 && (first == 0 || oldest is null))
        {
            _start = first;
            Lines++;
        }
        else
        {
            _start = oldest ?? _length;
        }

        IsCut = first > 0 && Lines < lines;
    }
}
