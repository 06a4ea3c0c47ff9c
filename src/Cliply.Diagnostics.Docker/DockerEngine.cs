using System.Text.Json;
using Cliply.Diagnostics.Evidence;
using Docker.DotNet;
using Docker.DotNet.Models;

namespace Cliply.Diagnostics.Docker;

/// <summary>The requests that are made of an engine; every one of them only reads.</summary>
internal sealed class DockerEngine : IDisposable
{
    /// <summary>So many requests are under way at once.</summary>
    public const int RequestsAtOnce = 8;

    /// <summary>More containers than this are not listed.</summary>
    public const int MostListed = 2_000;

    private const int ReadPerKeptByte = 16;

    /// <summary>The newest lines come last: what is before them must be read, however little is kept.</summary>
    private const long LeastRead = 16 * 1024 * 1024;

    private readonly DockerEndpoint _endpoint;
    private readonly DockerClient _client;

    public DockerEngine(DockerEndpoint endpoint)
    {
        _endpoint = endpoint;
        _client = new DockerClientBuilder().WithEndpoint(endpoint.Address).WithTimeout(Timeout.InfiniteTimeSpan).WithTransportOptions(new DockerTransport(), endpoint).Build();
    }

    public Task<IList<ContainerListResponse>> ListAsync(ContainerFilter filter, CancellationToken cancellationToken) =>
        ReadAsync(
            () => _client.Containers.ListContainersAsync(new ContainersListParameters { All = true, Limit = MostListed, Filters = filter.ForEngine }, cancellationToken),
            list => list.All(container => !string.IsNullOrEmpty(container?.ID)));

    public Task<ContainerInspectResponse> InspectAsync(WorkerContainer container, CancellationToken cancellationToken) =>
        ReadAsync(
            () => _client.Containers.InspectContainerAsync(container.Id, cancellationToken),
            inspected => inspected is { State: not null, HostConfig: not null });

    /// <summary>One sample, without the second that an engine waits for another by itself.</summary>
    public Task<ContainerStatsResponse> StatsAsync(WorkerContainer container, CancellationToken cancellationToken) =>
        ReadAsync(
            async () =>
            {
                var answer = new Single<ContainerStatsResponse>();
                await _client.Containers.GetContainerStatsAsync(container.Id, new ContainerStatsParameters { Stream = false, OneShot = true }, answer, cancellationToken).ConfigureAwait(false);
                return answer.Value!;
            },
            _ => true);

    /// <summary>What the container's image is, beside its id.</summary>
    public Task<ImageInspectResponse> ImageAsync(WorkerContainer container, CancellationToken cancellationToken) =>
        ReadAsync(
            () => _client.Images.InspectImageAsync(container.Inspected!.Image, cancellationToken),
            image => !string.IsNullOrEmpty(image.ID));

    /// <summary>Reads the newest lines. What is read in all is bounded too, whatever comes.</summary>
    /// <param name="container">The container.</param>
    /// <param name="lines">How many lines are asked for.</param>
    /// <param name="bytes">How many bytes of them are kept.</param>
    /// <param name="cancellationToken">Signals the deadline.</param>
    /// <returns>What was read; and why that is not all, or null.</returns>
    public async Task<(LogTail Tail, SectionFailure? Failure)> ReadLogAsync(WorkerContainer container, int lines, int bytes, CancellationToken cancellationToken)
    {
        var tail = new LogTail(lines, bytes);
        return (tail, await ReadLogAsync(container, lines, Math.Max(LeastRead, (long)ReadPerKeptByte * bytes), tail, cancellationToken).ConfigureAwait(false));
    }

    private async Task<SectionFailure?> ReadLogAsync(WorkerContainer container, int lines, long mostBytes, LogTail tail, CancellationToken cancellationToken)
    {
        var parameters = new ContainerLogsParameters
        {
            ShowStdout = true,
            ShowStderr = true,
            Timestamps = true,
            Tail = lines.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
        using var stream = await ReadAsync(() => _client.Containers.GetContainerLogsAsync(container.Id, parameters, cancellationToken), _ => true).ConfigureAwait(false);
        var buffer = new byte[32 * 1024];
        try
        {
            for (long bytes = 0; bytes < mostBytes;)
            {
                var read = await stream.ReadOutputAsync(buffer, 0, buffer.Length, cancellationToken).ConfigureAwait(false);
                if (read.EOF)
                {
                    return null;
                }

                bytes += read.Count;
                tail.Append(read.Target == MultiplexedStream.TargetStream.StandardError ? 1 : 0, buffer.AsSpan(0, read.Count));
            }

            return new SectionFailure("error", "the log is larger than what is read of it");
        }
        catch (Exception exception) when (FailureOf(exception) is { } failure)
        {
            return failure;
        }
    }

    /// <inheritdoc cref="DockerFailures.Of"/>
    public SectionFailure? FailureOf(Exception exception) => DockerFailures.Of(exception, _endpoint);

    public void Dispose() => _client.Dispose();

    /// <summary>The client throws many things at JSON that it did not expect, and lets null through.</summary>
    private static async Task<T> ReadAsync<T>(Func<Task<T>> ask, Func<T, bool> isWhole)
        where T : class
    {
        T? answer;
        try
        {
            answer = await ask().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is JsonException or FormatException or NotSupportedException or NotImplementedException or InvalidOperationException or ArgumentException)
        {
            throw new MalformedAnswerException(exception);
        }

        return answer is not null && isWhole(answer) ? answer : throw new MalformedAnswerException();
    }

    private sealed class Single<T> : IProgress<T>
    {
        public T? Value { get; private set; }

        public void Report(T value) => Value = value;
    }
}
