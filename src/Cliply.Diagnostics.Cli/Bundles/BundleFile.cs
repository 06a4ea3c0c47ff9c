using System.Formats.Tar;
using System.IO.Compression;
using Cliply.Diagnostics.Cli.CommandLine;

namespace Cliply.Diagnostics.Cli.Bundles;

/// <summary>Reads single files out of a bundle, in bounded memory: it may come from anybody.</summary>
internal static class BundleFile
{
    public const string Snapshot = "snapshot.json";

    public const string Report = "report.json";

    public const string Thresholds = "thresholds.json";

    /// <summary>How much of an archive is unpacked before it is called hostile, in bytes.</summary>
    private const long MostUnpacked = 1024L * 1024 * 1024;

    /// <summary>Whether a file starts as gzip does.</summary>
    public static bool IsGzip(ReadOnlySpan<byte> start) => start.StartsWith<byte>([0x1f, 0x8b]);

    /// <summary>The named files, those that are there.</summary>
    /// <param name="stream">The <c>.tar.gz</c>.</param>
    /// <param name="name">What the user calls it.</param>
    /// <param name="wanted">Paths within it, without its top folder.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="CliException">It is no bundle, or cut off.</exception>
    public static async Task<IReadOnlyDictionary<string, byte[]>> ReadAsync(Stream stream, string name, IReadOnlyCollection<string> wanted, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        try
        {
            await using var unzipped = new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true);
            await using var bounded = new BoundedReading(unzipped, MostUnpacked);
            await using var tar = new TarReader(bounded);
            while (found.Count < wanted.Count && await tar.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
            {
                var path = entry.Name[(entry.Name.IndexOf('/', StringComparison.Ordinal) + 1)..];
                if (!wanted.Contains(path) || entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile) || entry.DataStream is null)
                {
                    continue;
                }

                if (entry.Length > InputFiles.MaxSnapshotBytes)
                {
                    throw new CliException(ExitCodes.BadInput, $"{name}: its {path} is larger than {InputFiles.MaxSnapshotBytes / (1024 * 1024)} MiB, which none is.");
                }

                using var content = new MemoryStream();
                await entry.DataStream.CopyToAsync(content, cancellationToken);
                found[path] = content.ToArray();
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException or FormatException)
        {
            throw new CliException(ExitCodes.BadInput, $"{name}: no bundle that can be read, or cut off. Give a file that cliply bundle has written.");
        }

        return found;
    }

    /// <summary>A stream that ends with an error where more comes out than any bundle holds.</summary>
    private sealed class BoundedReading(Stream inner, long most) : Stream
    {
        private long _read;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => _read;
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Count(inner.Read(buffer, offset, count));

        public override int Read(Span<byte> buffer) => Count(inner.Read(buffer));

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => Count(await inner.ReadAsync(buffer, cancellationToken));

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private int Count(int read)
        {
            _read += read;
            return _read <= most ? read : throw new InvalidDataException("Too much comes out of it.");
        }
    }
}
