using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Environments;

/// <summary>Looks at this process's environment variables.</summary>
internal sealed class EnvironmentCollector(IOptions<CliplyDiagnosticsOptions> options, Func<string, string?> read) : IEvidenceCollector
{
    private readonly EnvironmentOptions _options = options.Value.Environment;

    public string Name => "environment";

    public IReadOnlyList<SnapshotSection> Sections { get; } = [SnapshotSection.Environment];

    public Task<CollectedEvidence> CollectAsync(CancellationToken cancellationToken) =>
        Task.FromResult(new CollectedEvidence { Environment = EnvironmentRules.Check(_options.Required, _options.Recommended, read) });
}
