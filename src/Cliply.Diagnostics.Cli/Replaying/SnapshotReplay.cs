using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Cli.CommandLine;
using Cliply.Diagnostics.Json;

namespace Cliply.Diagnostics.Cli.Replaying;

/// <summary>
/// Streams snapshots through the classifier in memory that does not grow with the input: blocks of lines are diagnosed on
/// all cores while the next are read, and written in their order.
/// </summary>
internal sealed class SnapshotReplay(string name)
{
    private const int LinesPerBlock = 64;

    /// <summary>A block of long lines has fewer of them.</summary>
    private const int BytesPerBlock = 1024 * 1024;

    /// <summary>How much of the input may be waiting for its reports.</summary>
    private const int BytesPending = 64 * 1024 * 1024;

    private readonly DiagnosisClassifier _classifier = new();
    private readonly ConcurrentQueue<ArrayBufferWriter<byte>> _free = new();

    public async Task RunAsync(Stream input, Stream output, CancellationToken cancellationToken)
    {
        var reader = PipeReader.Create(input, new StreamPipeReaderOptions(bufferSize: 256 * 1024, minimumReadSize: 64 * 1024, leaveOpen: true));
        var pending = new Queue<(Task<Diagnosed> Reports, long Bytes)>();
        long blockBytes = 0;
        long pendingBytes = 0;
        var block = new List<(long Line, byte[] Utf8)>(LinesPerBlock);
        long line = 0;
        try
        {
            while (true)
            {
                var result = await ReadAsync();
                var rest = result.Buffer;
                while (TakeLine(ref rest, result.IsCompleted, out var utf8))
                {
                    line++;
                    if (!utf8.AsSpan().Trim(" \t\r"u8).IsEmpty)
                    {
                        block.Add((line, utf8));
                        blockBytes += utf8.Length;
                    }

                    if (block.Count == LinesPerBlock || blockBytes >= BytesPerBlock)
                    {
                        await StartAsync();
                    }
                }

                if (rest.Length > InputFiles.MaxSnapshotBytes)
                {
                    await StartAsync();
                    pending.Enqueue((Task.FromResult(new Diagnosed(new ArrayBufferWriter<byte>(), new CliException(ExitCodes.BadInput, $"{name}, line {line + 1}: longer than {InputFiles.MaxSnapshotBytes / (1024 * 1024)} MiB, which no snapshot is. Give one snapshot a line."))), 0));
                    break;
                }

                reader.AdvanceTo(rest.Start, rest.End);
                if (result.IsCompleted)
                {
                    break;
                }

                // Nor does it wait for the block to fill.
                if (block.Count > 0 && rest.IsEmpty)
                {
                    await StartAsync();
                }
            }

            await StartAsync();
            while (pending.Count > 0)
            {
                await WriteAsync(pending.Dequeue());
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }

        // A slow producer must see a report before its next snapshot.
        async Task<ReadResult> ReadAsync()
        {
            var reading = reader.ReadAsync(cancellationToken).AsTask();
            while (pending.Count > 0 && await Task.WhenAny(pending.Peek().Reports, reading) != reading)
            {
                await WriteAsync(pending.Dequeue());
            }

            return await reading;
        }

        async Task StartAsync()
        {
            if (block.Count > 0)
            {
                var lines = block.ToArray();
                block.Clear();
                pending.Enqueue((Task.Run(() => Diagnose(lines), cancellationToken), blockBytes));
                pendingBytes += blockBytes;
                blockBytes = 0;
            }

            while (pending.Count > 2 * Environment.ProcessorCount || pendingBytes > BytesPending || (pending.Count > 0 && pending.Peek().Reports.IsCompleted))
            {
                await WriteAsync(pending.Dequeue());
            }
        }

        async Task WriteAsync((Task<Diagnosed> Reports, long Bytes) block)
        {
            var (reports, failure) = await block.Reports;
            pendingBytes -= block.Bytes;
            await output.WriteAsync(reports.WrittenMemory, cancellationToken);
            if (failure is not null)
            {
                throw failure;
            }

            // A block's reports are so large that a new buffer each time would be what takes longest.
            reports.ResetWrittenCount();
            _free.Enqueue(reports);
        }
    }

    /// <summary>The reports of a block of lines, up to the first that is bad.</summary>
    private sealed record Diagnosed(ArrayBufferWriter<byte> Reports, CliException? Failure);

    private static bool TakeLine(ref ReadOnlySequence<byte> rest, bool isLast, out byte[] line)
    {
        if (rest.PositionOf((byte)'\n') is { } end)
        {
            line = rest.Slice(0, end).ToArray();
            rest = rest.Slice(rest.GetPosition(1, end));
            return true;
        }

        line = isLast ? rest.ToArray() : [];
        rest = isLast ? rest.Slice(rest.End) : rest;
        return line.Length > 0;
    }

    private Diagnosed Diagnose((long Line, byte[] Utf8)[] lines)
    {
        var reports = _free.TryDequeue(out var free) ? free : new ArrayBufferWriter<byte>(64 * 1024);
        foreach (var (line, utf8) in lines)
        {
            try
            {
                ReportJson.Write(reports, _classifier.Classify(SnapshotJson.Read(utf8)));
            }
            catch (SnapshotFormatException exception)
            {
                var place = exception.Path is null ? "" : $"{exception.Path}: ";
                return new Diagnosed(reports, new CliException(ExitCodes.BadInput, $"{name}, line {line}: {place}{exception.Problem}"));
            }

            reports.Write("\n"u8);
        }

        return new Diagnosed(reports, null);
    }
}
