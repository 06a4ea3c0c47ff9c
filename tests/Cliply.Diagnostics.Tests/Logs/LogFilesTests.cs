using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.Tests.Binaries;

namespace Cliply.Diagnostics.Tests.Logs;

[Collection(ProgramTests.Name)]
public sealed class LogFilesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I_can_scan_a_whole_stream_of_any_size_in_constant_memory()
    {
        await using var stream = new EndlessStream("2026-11-24T12:00:00Z claimed job 7\n"u8.ToArray(), 105_000_000);
        await LogFiles.ScanAsync(new MemoryStream("warm up\n"u8.ToArray()), "stdin", new LogPatternMatcher(), TimeProvider.System, Cancellation);
        var before = GC.GetTotalAllocatedBytes();

        var log = await LogFiles.ScanAsync(stream, "stdin", new LogPatternMatcher(), TimeProvider.System, Cancellation);

        (GC.GetTotalAllocatedBytes() - before).Should().BeLessThan(16_000_000);
        (log.Source, log.Lines, log.DominantLineShare).Should().Be(("stdin", 3_000_000, 1.0));
        log.Findings.Should().ContainSingle().Which.Count.Should().Be(3_000_000);
        stream.CanRead.Should().BeTrue("the stream is the caller's");
    }

    [Fact]
    public async Task ScanAsync_Cancelled_Throws()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await FluentActions.Awaiting(() => LogFiles.ScanAsync(new MemoryStream([1]), "stdin", new LogPatternMatcher(), TimeProvider.System, cancelled.Token))
            .Should().ThrowAsync<OperationCanceledException>();
    }

    [Theory]
    [InlineData(true, false, "log")]
    [InlineData(false, true, "source")]
    public async Task ScanAsync_Null_Throws(bool noLog, bool noSource, string expected) =>
        (await FluentActions.Awaiting(() => LogFiles.ScanAsync(noLog ? null! : new MemoryStream(), noSource ? null! : "x", new LogPatternMatcher(), TimeProvider.System, Cancellation))
            .Should().ThrowAsync<ArgumentNullException>()).Which.ParamName.Should().Be(expected);

    /// <summary>Repeats a line, in reads of odd sizes, up to a length.</summary>
    private sealed class EndlessStream(byte[] line, long length) : Stream
    {
        private long _at;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => _at; set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var count = (int)Math.Min(Math.Min(buffer.Length, 61_007), length - _at);
            for (var i = 0; i < count; i++)
            {
                buffer[i] = line[(_at + i) % line.Length];
            }

            _at += count;
            return count;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
