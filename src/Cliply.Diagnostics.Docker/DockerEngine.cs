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

    private readonly DockerEndpoint _endpoint;
    private readonly DockerClient _client;

    public DockerEngine(DockerEndpoint endpoint)
    {
        _endpoint = endpoint;
        _client = new DockerClientBuilder().WithEndpoint(endpoint.Address).WithTimeout(Timeout.InfiniteTimeSpan).WithTransportOptions(new DockerTransport(), endpoint).Build();
    }

    public Task<IList<ContainerListResponse>> ListAsync(ContainerFilter filter, CancellationToken cancellationToken) =>
        _client.Containers.ListContainersAsync(new ContainersListParameters { All = true, Limit = MostListed, Filters = filter.ForEngine }, cancellationToken);

    public Task<ContainerInspectResponse> InspectAsync(WorkerContainer container, CancellationToken cancellationToken) =>
        _client.Containers.InspectContainerAsync(container.Id, cancellationToken);

    /// <summary>One sample, without the second that an engine waits for another by itself.</summary>
    public async Task<ContainerStatsResponse> StatsAsync(WorkerContainer container, CancellationToken cancellationToken)
    {
        var answer = new Single<ContainerStatsResponse>();
        await _client.Containers.GetContainerStatsAsync(container.Id, new ContainerStatsParameters { Stream = false, OneShot = true }, answer, cancellationToken).ConfigureAwait(false);
        return answer.Value ?? throw new FormatException("No sample came.");
    }

    /// <summary>Reads the newest lines.</summary>
    /// <param name="container">The container.</param>
    /// <param name="lines">How many lines are asked for.</param>
    /// <param name="mostBytes">What is read at most, whatever comes.</param>
    /// <param name="tail">Takes the lines in.</param>
    /// <param name="cancellationToken">Signals the deadline.</param>
    /// <returns>Null where the log was read to its end; otherwise why it was not.</returns>
    public async Task<SectionFailure?> ReadLogAsync(WorkerContainer container, int lines, long mostBytes, LogTail tail, CancellationToken cancellationToken)
    {
        var parameters = new ContainerLogsParameters
        {
            ShowStdout = true,
            ShowStderr = true,
            Timestamps = true,
            Tail = lines.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
        using var stream = await _client.Containers.GetContainerLogsAsync(container.Id, parameters, cancellationToken).ConfigureAwait(false);
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

    private sealed class Single<T> : IProgress<T>
    {
        public T? Value { get; private set; }

        public void Report(T value) => Value = value;
    }
}
