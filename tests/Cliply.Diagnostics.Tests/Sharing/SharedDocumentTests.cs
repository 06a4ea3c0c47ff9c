using Cliply.Diagnostics.Collection;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Redaction;
using Cliply.Diagnostics.Sharing;
using Cliply.Diagnostics.Tests.Fakes;

namespace Cliply.Diagnostics.Tests.Sharing;

public sealed class SharedDocumentTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Read_WhatWasWritten_IsTheSame()
    {
        var store = ScriptedCollector.HealthyStore(Now.AddSeconds(-1));
        var prometheus = new CollectedEvidence
        {
            History = Section.List(new HistoryPoint { At = Now, ActiveWorkers = 2 }),
            SecondHand = new SecondHandEvidence
            {
                Workers = new WorkersEvidence { LivenessSource = LivenessSource.JobLocks, Active = 1 },
                Deployments = [new DeploymentEvidence { Platform = DeploymentPlatform.Kubernetes, Name = "worker" }],
                RestartsByInstance = new Dictionary<string, double> { ["worker-1"] = 3.2 },
            },
        };
        var failed = new CollectedEvidence { Logs = Section.UnavailableList<LogEvidence>(new SectionFailure("timeout", "slow")), Deployments = Section.List<DeploymentEvidence>() };

        var utf8 = SharedDocument.Write([("store", store), ("prometheus", prometheus), ("kubernetes", failed), ("unknown", store)], Now, SecretRedactor.PatternsOnly);
        var (collectedAt, evidence) = SharedDocument.Read(utf8, [ScriptedCollector.Healthy(), Collector("prometheus", SnapshotSection.History), Collector("kubernetes", SnapshotSection.Logs, SnapshotSection.Deployments)])!.Value;

        collectedAt.Should().Be(Now);
        evidence.Keys.Should().BeEquivalentTo("store", "prometheus", "kubernetes");
        evidence["prometheus"].CapturedAt.Should().BeNull();
        evidence["prometheus"].SecondHand.Should().BeEquivalentTo(prometheus.SecondHand);
        evidence["kubernetes"].Logs.Unavailable.Should().Be(new SectionFailure("timeout", "slow"));
        Text(evidence["store"]).Should().Be(Text(store));
        Text(evidence["prometheus"]).Should().Be(Text(prometheus));
        Text(evidence["kubernetes"]).Should().Be(Text(failed));

        static string Text(CollectedEvidence evidence) => System.Text.Encoding.UTF8.GetString(SharedDocument.Write([("x", evidence)], Now, SecretRedactor.PatternsOnly));
    }

    [Fact]
    public void Read_LargerThanAllowed_IsRefused() =>
        SharedDocument.Read([.. SharedDocument.Write([], Now, SecretRedactor.PatternsOnly), .. Enumerable.Repeat((byte)' ', SharedDocument.MaxBytes)], []).Should().BeNull();

    private static ScriptedCollector Collector(string name, params SnapshotSection[] sections) => new(name, sections, _ => Task.FromResult(new CollectedEvidence()));
}
