using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Microsoft.Extensions.DependencyInjection;

namespace Cliply.Diagnostics.Cli.Fleet;

/// <summary>
/// A platform that nobody named. That it runs no worker says nothing: the workers may be elsewhere. So where it lists
/// nothing it counts as not configured, never as "looked, and nothing is deployed".
/// </summary>
/// <param name="name">The platform, for people.</param>
/// <param name="absent">What it means where it can't be asked at all.</param>
/// <param name="empty">What it means where it lists no worker.</param>
internal sealed class FoundSource(string name, string absent, string empty)
{
    /// <summary>Why it is not used; null where it is.</summary>
    public string? Missing { get; private set; }

    /// <summary>Says that it is not there without asking it.</summary>
    public void IsAbsent() => Missing = absent;

    /// <inheritdoc/>
    public override string ToString() => $"looked for workers in {name}: {Missing}";

    /// <summary>Registers its collector behind that rule.</summary>
    public void Register(CliplyDiagnosticsBuilder builder, Action<CliplyDiagnosticsBuilder> add)
    {
        var before = builder.Services.ToHashSet();
        add(builder);
        foreach (var added in builder.Services.Where(d => d.ServiceType == typeof(IEvidenceCollector) && !before.Contains(d)).ToList())
        {
            builder.Services.Remove(added);
            builder.Services.AddSingleton<IEvidenceCollector>(provider => new Collector(
                (IEvidenceCollector)(added.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, added.ImplementationType!)),
                this));
        }
    }

    private void Judge(Section<IReadOnlyList<DeploymentEvidence>> deployments) => Missing = deployments switch
    {
        { Unavailable.Code: SectionFailure.NotConfigured or SectionFailure.NotSupported } => absent,
        { Value.Count: 0 } => empty,
        _ => null,
    };

    private sealed class Collector(IEvidenceCollector inner, FoundSource source) : IEvidenceCollector, IAsyncDisposable
    {
        public string Name => inner.Name;

        public IReadOnlyList<SnapshotSection> Sections => inner.Sections;

        public async Task<CollectedEvidence> CollectAsync(CancellationToken cancellationToken)
        {
            var evidence = await inner.CollectAsync(cancellationToken);
            source.Judge(evidence.Deployments);
            if (source.Missing is null)
            {
                return evidence;
            }

            var nothing = new SectionFailure(SectionFailure.NotConfigured, "no source was named, and none was found");
            return new CollectedEvidence
            {
                Deployments = Section.UnavailableList<DeploymentEvidence>(nothing),
                Resources = Section.UnavailableList<ResourceEvidence>(nothing),
                Logs = Section.UnavailableList<LogEvidence>(nothing),
            };
        }

        public async ValueTask DisposeAsync()
        {
            switch (inner)
            {
                case IAsyncDisposable disposable:
                    await disposable.DisposeAsync();
                    break;
                case IDisposable disposable:
                    disposable.Dispose();
                    break;
            }
        }
    }
}
