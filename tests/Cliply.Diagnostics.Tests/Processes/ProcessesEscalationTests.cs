using System.Diagnostics;
using System.Text.Json;
using Cliply.Diagnostics.Escalations;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Processes;
using Cliply.Diagnostics.Tests.Fakes;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Tests.Processes;

/// <summary>A real process of a name of its own.</summary>
[System.Runtime.Versioning.SupportedOSPlatform("linux")]
public sealed class ProcessesEscalationTests : IDisposable
{
    private const string Canary = "canary-made-up-value";

    private readonly ProgramFolder _folder = new();
    private readonly string _name = $"ce-{Guid.NewGuid():N}"[..14];
    private Process? _process;

    public void Dispose()
    {
        if (_process is not null)
        {
            _process.Kill();
            _process.WaitForExit();
            _process.Dispose();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task CollectAsync_Process_IsItsProgramCommandLineAndStartAndNothingOfItsEnvironment()
    {
        var program = Path.Combine(_folder.Path, _name);
        File.Copy("/bin/sleep", program);
        var before = TimeProvider.System.GetUtcNow();
        _process = Process.Start(new ProcessStartInfo(program, ["600.5"]) { Environment = { ["DATABASE_URL"] = Canary } })!;
        var instance = $"{_name}:{_process.Id}";
        EscalationDetails? details = null;
        await Eventually.HoldsAsync(async () => (details = await CollectAsync()).Workers is [{ Image: { } image }] && image == program, "the process becomes its program");

        var worker = details!.Workers.Single();
        worker.Should().Be(new WorkerVersion(instance) { Image = program, StartedAt = worker.StartedAt });
        worker.StartedAt.Should().BeAfter(before.AddSeconds(-5)).And.BeBefore(before.AddMinutes(2));
        var file = details.Files.Should().ContainSingle().Subject;
        file.Name.Should().Be($"processes/{_name}.json");
        file.Text.Should().Be($$"""
            [
              {
                "worker": "{{instance}}",
                "program": "{{program}}",
                "commandLine": "{{program}} 600.5",
                "startedAt": {{JsonSerializer.Serialize(worker.StartedAt!.Value)}}
              }
            ]

            """.Replace("\\u002B", "+", StringComparison.Ordinal));
        details.Missing.Should().BeEmpty();
        JsonSerializer.Serialize(details).Should().NotContain(Canary);
    }

    [Fact]
    public async Task CollectAsync_NobodyOfThatName_SaysSo() =>
        (await CollectAsync()).Missing.Should().Equal(new MissingDetail("processes", new SectionFailure("not-configured", "no such process runs; say with AddProcesses or Cliply:Diagnostics:Processes which processes the workers are")));

    [Fact]
    public async Task CollectAsync_NoProc_SaysSo() =>
        (await CollectAsync("/no/such/root")).Missing.Should().Equal(new MissingDetail("processes", new SectionFailure("not-supported", "processes are read from /proc, which only Linux has; remove AddProcesses on other systems")));

    [Fact]
    public async Task CollectAsync_NoTimeLeft_SaysSo()
    {
        using var over = new CancellationTokenSource();
        await over.CancelAsync();

        (await CollectAsync(cancellation: over.Token)).Missing.Should().Equal(new MissingDetail("processes", new SectionFailure("timeout", "no time was left to look for them")));
    }

    private Task<EscalationDetails> CollectAsync(string root = "/", CancellationToken? cancellation = null) =>
        new ProcessesEscalationSource(Options.Create(new ProcessesOptions { Name = _name }), TimeProvider.System, root).CollectAsync(new EscalationRequest(), cancellation ?? TestContext.Current.CancellationToken);
}
