using Cliply.Diagnostics.Escalations;
using Cliply.Diagnostics.Evidence;
using Docker.DotNet.Models;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Docker;

/// <summary>Hands over the ends of the workers' logs, how their containers were made, and the Compose files and Dockerfiles behind them.</summary>
internal sealed class DockerEscalationSource(IOptions<DockerOptions> options, DockerEndpointSearch search) : IEscalationSource
{
    private const string VersionLabel = "org.opencontainers.image.version";
    private const int MaxImages = 20;

    private readonly DockerOptions _options = options.Value;
    private readonly ContainerFilter _filter = new(options.Value);

    public string Name => "docker";

    public async Task<EscalationDetails> CollectAsync(EscalationRequest request, CancellationToken cancellationToken)
    {
        var details = new EscalationDetailsBuilder(request);
        if (!search.TryFind(_options, out var endpoint, out var missing))
        {
            details.AddMissing("containers", missing);
            return details.Build();
        }

        try
        {
            using var engine = new DockerEngine(endpoint);
            await CollectAsync(engine, endpoint.Address.IsLoopback, request, details, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (DockerFailures.Of(exception, endpoint) is { } failure)
        {
            details.AddMissing("containers", failure);
        }

        return details.Build();
    }

    private static SectionFailure NoContainers { get; } = new(SectionFailure.NotConfigured, $"no container is a worker's by {DockerOptions.SectionName}:Labels and NamePattern");

    private async Task CollectAsync(DockerEngine engine, bool isHere, EscalationRequest request, EscalationDetailsBuilder details, CancellationToken cancellationToken)
    {
        var listed = await WorkerContainers.ListAsync(engine, _filter, _options.Containers, cancellationToken).ConfigureAwait(false);
        if ((listed.Unavailable ?? (listed.Value is [] ? NoContainers : null)) is { } failure)
        {
            details.AddMissing("containers", failure);
            return;
        }

        details.NoteMore(listed.Value!.Count);
        IReadOnlyList<WorkerContainer> containers = [.. listed.Value.Take(request.MaxWorkers)];
        var bytes = request.BytesPerLog(containers.Count);
        var reading = WorkerContainers.EachAsync(engine, containers, DockerEngine.RequestsAtOnce / 2, ReadLogAsync, cancellationToken);
        var inspected = await WorkerContainers.EachAsync(engine, containers, DockerEngine.RequestsAtOnce / 2, engine.InspectAsync, cancellationToken).ConfigureAwait(false);
        var images = await ImagesAsync(engine, inspected, details, cancellationToken).ConfigureAwait(false);
        foreach (var answer in inspected.Where(a => !a.IsGone))
        {
            Add(answer, images, details);
        }

        ComposeFiles.Add(ComposeProject.Of(containers), isHere, details);
        details.AddRollouts(Rollouts(containers));
        foreach (var log in await reading.ConfigureAwait(false))
        {
            Add(log, details);
        }

        async Task<ReadLog> ReadLogAsync(WorkerContainer container, CancellationToken token)
        {
            var (tail, notWhole) = await engine.ReadLogAsync(container, request.LogLines, bytes, token).ConfigureAwait(false);
            using var text = new MemoryStream();
            foreach (var line in tail.Complete())
            {
                text.Write(line);
            }

            return new ReadLog(text.ToArray(), tail.IsCut, notWhole);
        }
    }

    /// <summary>By the images' ids. Not every proxy before an engine lets images be looked at, and that costs their digests alone.</summary>
    private static async Task<Dictionary<string, ImageInspectResponse>> ImagesAsync(
        DockerEngine engine, List<ContainerAnswer<ContainerInspectResponse>> inspected, EscalationDetailsBuilder details, CancellationToken cancellationToken)
    {
        IReadOnlyList<WorkerContainer> ofEach = [.. inspected
            .Where(a => !string.IsNullOrEmpty(a.Value?.Image))
            .Select(a => a.Container with { Inspected = a.Value })
            .DistinctBy(c => c.Inspected!.Image, StringComparer.Ordinal)
            .Take(MaxImages)];
        var answers = await WorkerContainers.EachAsync(engine, ofEach, DockerEngine.RequestsAtOnce / 2, engine.ImageAsync, cancellationToken).ConfigureAwait(false);
        if (answers.Select(a => a.Failure).FirstOrDefault(f => f is not null) is { } failure)
        {
            details.AddMissing("image digests", failure.Code == "permissionDenied" ? failure with { Message = "the engine, or a proxy before it, forbids this; allow GET on /images" } : failure);
        }

        return answers.Where(a => a.Value is not null).ToDictionary(a => a.Container.Inspected!.Image, a => a.Value!, StringComparer.Ordinal);
    }

    private static void Add(ContainerAnswer<ContainerInspectResponse> answer, Dictionary<string, ImageInspectResponse> images, EscalationDetailsBuilder details)
    {
        var container = answer.Container with { Inspected = answer.Value };
        if (container.Inspected is not { } inspected)
        {
            details.AddWorker(new WorkerVersion(container.Name) { Image = container.Image, Digest = container.ImageId, Version = VersionOf(container, container.Image) });
            details.AddMissing($"docker/{container.Name}.json", answer.Failure!);
            return;
        }

        var image = images.GetValueOrDefault(inspected.Image ?? "");
        details.AddFile("docker", $"{container.Name}.json", ContainerJson.Write(container, image));
        details.AddWorker(new WorkerVersion(container.Name)
        {
            Image = inspected.Config?.Image ?? container.Image,
            Digest = image?.RepoDigests?.FirstOrDefault() ?? inspected.Image,
            Version = VersionOf(container, inspected.Config?.Image ?? container.Image),
            StartedAt = container.StartedAt,
            Restarts = inspected.RestartCount,
        });
    }

    private static string? VersionOf(WorkerContainer container, string? image) =>
        container.Labels.TryGetValue(VersionLabel, out var version) && version.Length > 0 ? version : ImageName.TagOf(image);

    private static void Add(ContainerAnswer<ReadLog> answer, EscalationDetailsBuilder details)
    {
        var what = $"log of {answer.Container.Name}";
        if (answer.Value is { } log && (log.Failure is null || log.Lines.Length > 0))
        {
            details.AddLog(answer.Container.Name, log.Lines, log.IsCut || log.Failure is not null);
        }

        if ((answer.Failure ?? answer.Value?.Failure) is { } failure)
        {
            details.AddMissing(what, failure);
        }
        else if (answer.IsGone)
        {
            details.AddMissing(what, Gone);
        }
    }

    private static SectionFailure Gone { get; } = new("error", "the container was removed before it could be read");

    /// <summary>An engine keeps no history; but each container that is there was made at some time from some image.</summary>
    private static IEnumerable<Rollout> Rollouts(IReadOnlyList<WorkerContainer> containers) => containers
        .GroupBy(c => ComposeProject.ServiceOf(c) ?? c.Name, StringComparer.Ordinal)
        .OrderBy(g => g.Key, StringComparer.Ordinal)
        .SelectMany(g => g
            .OrderByDescending(c => c.CreatedAt)
            .Take(EscalationRequest.MaxRollouts)
            .Select(c => new Rollout(g.Key, Revision: null, c.CreatedAt, c.Image is { } image ? [image] : [])));

    private sealed record ReadLog(byte[] Lines, bool IsCut, SectionFailure? Failure);
}
