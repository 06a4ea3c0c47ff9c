using System.Buffers;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Logs;

namespace Cliply.Diagnostics.Kubernetes;

/// <summary>What is asked of one API server in one reading. Every answer is bounded; every expected failure is a value.</summary>
internal sealed class KubernetesApi(KubernetesConnection connection, LogPatternMatcher patterns, TimeProvider time)
{
    private const int PageSize = 500;

    /// <summary>64 KiB for each object of a page; a pod with all its bookkeeping has about 10.</summary>
    private const int MaxPageLength = PageSize * 64 * 1024;

    /// <summary>etcd keeps no object that is larger than 1.5 MiB.</summary>
    private const int MaxObjectLength = 4 * 1024 * 1024;

    private const int LogAttempts = 4;

    /// <summary>Below that, the server's clock can't be told from this host's: its header knows whole seconds only.</summary>
    private static readonly TimeSpan ClockResolution = TimeSpan.FromSeconds(2);

    private TimeSpan _ahead;

    /// <summary>The time by the API server's clock, which is the one that its objects are stamped with; this host's until it has answered.</summary>
    public DateTimeOffset Now => time.GetUtcNow() + _ahead;

    /// <summary>Lists, page by page.</summary>
    /// <param name="resource">What.</param>
    /// <param name="type">The shape of a page.</param>
    /// <param name="keep">What to keep of an object; null: nothing.</param>
    /// <param name="labelSelector">Only those with these labels.</param>
    /// <param name="fieldSelector">Only those with these fields.</param>
    /// <param name="most">How many objects are looked at.</param>
    /// <param name="canBeCut">Whether those will do where there are more; otherwise the list fails.</param>
    /// <param name="cancellationToken">Ends it as a timeout.</param>
    public async Task<Section<IReadOnlyList<TKept>>> ListAsync<TItem, TKept>(
        ApiResource resource,
        JsonTypeInfo<ApiList<TItem>> type,
        Func<TItem, TKept?> keep,
        string? labelSelector,
        string? fieldSelector,
        int most,
        bool canBeCut,
        CancellationToken cancellationToken)
        where TItem : class
        where TKept : class
    {
        var first = $"{resource.ListPath(connection.Namespace)}?limit={PageSize}{Query("labelSelector", labelSelector)}{Query("fieldSelector", fieldSelector)}";
        var kept = new List<TKept>();
        string? next = null;
        var seen = 0;

        // Pages can be shorter than asked for, even empty; a server that goes on for ever is not followed for ever.
        for (var pages = 0; pages <= (2 * most / PageSize) + 2; pages++)
        {
            var answer = await GetAsync(resource, first + Query("continue", next), (body, token) => PageAsync(body, type, token), MaxPageLength, cancellationToken).ConfigureAwait(false);
            if (!answer.IsKnown)
            {
                return Section.UnavailableList<TKept>(answer.Unavailable!);
            }

            foreach (var item in answer.Value.Items ?? [])
            {
                if (++seen > most)
                {
                    return canBeCut ? Section.List<TKept>(kept) : Section.UnavailableList<TKept>(KubernetesFailures.TooMany(resource, most));
                }

                if (item is not null && keep(item) is { } one)
                {
                    kept.Add(one);
                }
            }

            next = answer.Value.Metadata?.Continue;
            if (string.IsNullOrEmpty(next))
            {
                return Section.List<TKept>(kept);
            }
        }

        return canBeCut ? Section.List<TKept>(kept) : Section.UnavailableList<TKept>(KubernetesFailures.TooMany(resource, most));
    }

    /// <summary>Finds one object by its name, and writes it as a manifest. By a list of one, so that the Role needs no other right.</summary>
    /// <param name="resource">What.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Ends it as a timeout.</param>
    public Task<Section<string>> FindManifestAsync(ApiResource resource, string kind, string name, CancellationToken cancellationToken)
    {
        var path = $"{resource.ListPath(connection.Namespace)}?limit=1{Query("fieldSelector", $"metadata.name={name}")}";
        return GetAsync(resource, path, (body, token) => ManifestText.ReadAsync(body, resource, kind, name, token), MaxObjectLength, cancellationToken);
    }

    /// <summary>Reads the end of a log, and scans it. Neither known nor unavailable where there is none, or no longer.</summary>
    public async Task<Section<LogEvidence>> ReadLogAsync(LogRequest request, LogTailOptions tail, CancellationToken cancellationToken)
    {
        var end = await ReadEndAsync(request, tail.Lines, tail.Bytes, LogAttempts, () => new LogScanner(patterns), (scanner, piece) => scanner.Append(piece), cancellationToken).ConfigureAwait(false);
        if (!end.IsKnown)
        {
            return end.Unavailable is { } failure ? failure : default(Section<LogEvidence>);
        }

        // A run that is over writes nothing more, so that its last line tells nothing of a hang; nor does a line that is not the last.
        var evidence = end.Value.Kept.Complete(request.Source, Now);
        return end.Value.LacksEnd || request.HasEnded ? evidence with { LastLineAt = null } : evidence;
    }

    /// <summary>Reads the end of a log as it is. Neither known nor unavailable where there is none, or no longer.</summary>
    public Task<Section<LogEnd<MemoryStream>>> ReadLogTextAsync(LogRequest request, int lines, int bytes, CancellationToken cancellationToken) =>
        ReadEndAsync(request, lines, bytes, int.MaxValue, () => new MemoryStream(), (text, piece) => text.Write(piece), cancellationToken);

    private async Task<Section<LogEnd<T>>> ReadEndAsync<T>(
        LogRequest request, int lines, int bytes, int attempts, Func<T> create, Action<T, ReadOnlySpan<byte>> append, CancellationToken cancellationToken)
    {
        for (var (attempt, wanted) = (1, lines); ; attempt++)
        {
            var path = string.Create(
                CultureInfo.InvariantCulture,
                $"{ApiResource.Pods.ListPath(connection.Namespace)}/{Uri.EscapeDataString(request.Pod)}/log?container={Uri.EscapeDataString(request.Container)}&tailLines={wanted}&limitBytes={bytes}&timestamps=true{(request.IsPrevious ? "&previous=true" : "")}");
            var answer = await GetAsync(ApiResource.Log, path, (body, token) => EndAsync(body, bytes, create(), append, token), long.MaxValue, cancellationToken).ConfigureAwait(false);

            // The server cuts at the end: of lines that are too many bytes it sends the oldest. Fewer of them have room.
            if (answer.Value is not { LacksEnd: true } end || attempt == attempts || wanted == 1)
            {
                return answer.Value is null ? answer : answer.Value with { IsCut = answer.Value.LacksEnd || wanted < lines };
            }

            wanted = (int)Math.Clamp(end.Lines * 3 / 4, 1, Math.Max(1, wanted / 2));
        }
    }

    private async Task<Section<T>> GetAsync<T>(ApiResource resource, string path, Func<Stream, CancellationToken, Task<T>> read, long most, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            using var response = await connection.GetAsync(path, cancellationToken).ConfigureAwait(false);
            if (response.Headers.Date is { } date)
            {
                var ahead = date - time.GetUtcNow();
                _ahead = ahead.Duration() < ClockResolution ? TimeSpan.Zero : ahead;
            }

            if (response.StatusCode != HttpStatusCode.OK)
            {
                // A pod that has gone, or a container that has not started yet or kept no earlier log.
                return resource == ApiResource.Log && response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.BadRequest
                    ? default(Section<T>)
                    : KubernetesFailures.Of(resource, response.StatusCode);
            }

            await using var body = new BoundedStream(await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false), most);
            return await read(body, cancellationToken).ConfigureAwait(false);
        }
        catch (CredentialsException)
        {
            return new SectionFailure(KubernetesFailures.AuthenticationFailed, "the credentials can't be had: the service account's token is not there, or the kubeconfig's credential plugin failed");
        }
        catch (Exception exception) when (KubernetesFailures.Of(resource, exception) is not null)
        {
            return KubernetesFailures.Of(resource, exception)!;
        }
    }

    private static async Task<ApiList<T>> PageAsync<T>(Stream body, JsonTypeInfo<ApiList<T>> type, CancellationToken cancellationToken)
    {
        // Something else than a list would read as an empty one.
        var page = await JsonSerializer.DeserializeAsync(body, type, cancellationToken).ConfigureAwait(false);
        return page is { Kind: { } kind } && kind.EndsWith("List", StringComparison.Ordinal) ? page : throw new JsonException("not a list");
    }

    private static async Task<LogEnd<T>> EndAsync<T>(Stream body, int most, T kept, Action<T, ReadOnlySpan<byte>> append, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(32 * 1024);
        try
        {
            var left = most;
            long lines = 0;
            var isLineBegun = false;
            int read;
            while (left > 0 && (read = await body.ReadAsync(buffer.AsMemory(0, Math.Min(buffer.Length, left)), cancellationToken).ConfigureAwait(false)) > 0)
            {
                append(kept, buffer.AsSpan(0, read));
                lines += buffer.AsSpan(0, read).Count((byte)'\n');
                isLineBegun = buffer[read - 1] != '\n';
                left -= read;
            }

            return new LogEnd<T>(kept, lines + (isLineBegun ? 1 : 0), LacksEnd: left == 0, IsCut: false);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static string Query(string name, string? value) => string.IsNullOrEmpty(value) ? "" : $"&{name}={Uri.EscapeDataString(value)}";
}
