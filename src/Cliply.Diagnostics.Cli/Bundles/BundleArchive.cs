using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Cliply.Diagnostics.Cli.CommandLine;
using Cliply.Diagnostics.Cli.Output;

namespace Cliply.Diagnostics.Cli.Bundles;

/// <summary>Writes a bundle as a <c>.tar.gz</c> that says nothing of who wrote it, and looks at it again before it gets its name.</summary>
internal static class BundleArchive
{
    public const string Manifest = "manifest.json";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <param name="file">Where to; what is there is not written over unless asked.</param>
    /// <param name="replace">Whether to replace what is there.</param>
    /// <param name="content">The files.</param>
    /// <param name="head">What the manifest says of the whole.</param>
    /// <param name="time">The time of every file.</param>
    /// <param name="find">Says what secret is left in a text or in bytes; null: none.</param>
    /// <param name="cancellationToken">Ends the writing; nothing is left.</param>
    /// <exception cref="CliException">It can't be written, or still holds a secret; nothing is left.</exception>
    public static Task WriteAsync(string file, bool replace, BundleContent content, JsonObject head, DateTimeOffset time, SecretSearch find, CancellationToken cancellationToken)
    {
        var folder = Path.GetFileName(file).Split('.')[0] is { Length: > 0 } name ? name : "cliply-bundle";
        return NewFile.WriteAsync(file, "--output-file", replace, OwnerOnly, async (stream, token) =>
        {
            await WriteAsync(stream, folder, [new BundleEntry(Manifest, Describe(content, head)), .. content.Entries], time, token);
            stream.Position = 0;
            if (await SearchAsync(stream, find, token) is { } left)
            {
                throw new CliException(ExitCodes.Software, $"the finished bundle still held a secret ({left}), so it was deleted. Please report this; a bundle without logs may do until then: --log-lines 0.");
            }
        }, cancellationToken);
    }

    private static async Task WriteAsync(Stream stream, string folder, IEnumerable<BundleEntry> entries, DateTimeOffset time, CancellationToken cancellationToken)
    {
        await using var zipped = new GZipStream(stream, CompressionLevel.Optimal, leaveOpen: true);
        await using var tar = new TarWriter(zipped, TarEntryFormat.Pax, leaveOpen: true);
        foreach (var entry in entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var data = new MemoryStream(entry.Content.ToArray(), writable: false);
            await tar.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, $"{folder}/{entry.Path}") { DataStream = data, Mode = OwnerOnly, ModificationTime = time }, cancellationToken);
        }
    }

    /// <summary>The first file in which a secret is left, by its name or content.</summary>
    private static async Task<string?> SearchAsync(Stream stream, SecretSearch find, CancellationToken cancellationToken)
    {
        await using var unzipped = new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true);
        await using var tar = new TarReader(unzipped);
        while (await tar.GetNextEntryAsync(copyData: false, cancellationToken) is { } entry)
        {
            if (find(System.Text.Encoding.UTF8.GetBytes(entry.Name)) is { } inName)
            {
                return $"{inName} in a file's name";
            }

            if (entry.DataStream is { } data)
            {
                using var content = new MemoryStream();
                await data.CopyToAsync(content, cancellationToken);
                if (find(content.GetBuffer().AsSpan(0, (int)content.Length)) is { } inFile)
                {
                    return $"{inFile} in {entry.Name[(entry.Name.IndexOf('/', StringComparison.Ordinal) + 1)..]}";
                }
            }
        }

        return null;
    }

    private static byte[] Describe(BundleContent content, JsonObject head)
    {
        head["files"] = new JsonArray([.. content.Entries.Select(e => new JsonObject
        {
            ["path"] = e.Path,
            ["bytes"] = e.Content.Length,
            ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(e.Content.Span)),
        })]);
        head["missing"] = Gaps(content.Missing);
        head["cut"] = Gaps(content.Cut);
        return [.. AnswerJson.ToUtf8(head).Span, (byte)'\n'];
    }

    public static JsonArray Gaps(IEnumerable<BundleGap> gaps) => new([.. gaps.Select(g => new JsonObject { ["what"] = g.What, ["reason"] = g.Reason })]);
}
