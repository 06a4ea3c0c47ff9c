using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Environments;

/// <summary>Looks at this process's environment variables.</summary>
internal sealed class EnvironmentCollector(IOptions<CliplyDiagnosticsOptions> options, Func<string, string?> read) : IEvidenceCollector
{
    private readonly CliplyDiagnosticsOptions _options = options.Value;

    public string Name => "environment";

    public IReadOnlyList<SnapshotSection> Sections { get; } = [SnapshotSection.Environment];

    public Task<CollectedEvidence> CollectAsync(CancellationToken cancellationToken) =>
        Task.FromResult(_options.LocalEvidence ? new CollectedEvidence { Environment = EnvironmentRules.Check(_options.Environment.Required, _options.Environment.Recommended, read) } : new CollectedEvidence());
}
