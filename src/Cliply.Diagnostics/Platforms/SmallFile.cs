using System.Buffers;
using System.Text;
using Cliply.Diagnostics.Binaries;

namespace Cliply.Diagnostics.Platforms;

/// <summary>Reads the small files that the kernel makes up, such as those of /proc, which have no length and may vanish at any time.</summary>
internal static class SmallFile
{
    /// <summary>Reads its start.</summary>
    /// <param name="path">The path.</param>
    /// <param name="isDenied">Whether it is there and this process's user may not read it.</param>
    /// <param name="maxLength">How much is read, in bytes. Default 64 KiB.</param>
    /// <returns>The text; null where it can't be read.</returns>
    public static string? Read(string path, out bool isDenied, int maxLength = 64 * 1024)
    {
        isDenied = false;
        var buffer = ArrayPool<byte>.Shared.Rent(maxLength);
        try
        {
            using var file = ReadOnlyFile.Open(path);
            var length = 0;
            int read;
            while (length < maxLength && (read = RandomAccess.Read(file, buffer.AsSpan(length, maxLength - length), length)) > 0)
            {
                length += read;
            }

            return Encoding.UTF8.GetString(buffer, 0, length);
        }
        catch (UnauthorizedAccessException)
        {
            isDenied = true;
            return null;
        }
        catch (IOException)
        {
            // Not there, or its process has ended while it was read.
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <inheritdoc cref="Read(string, out bool, int)"/>
    public static string? Read(string path) => Read(path, out _);
}
