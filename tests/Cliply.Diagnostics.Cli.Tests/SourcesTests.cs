using System.Globalization;
using System.Text;
using System.Text.Json;
using Cliply.Diagnostics.Kubernetes.Tests;

namespace Cliply.Diagnostics.Cli.Tests;

public sealed class SourcesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cliply-sources-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task I_can_diagnose_logs_from_standard_input_and_a_folder_together()
    {
        var now = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "worker.log"), $"{now} Error: SUPABASE_URL is not configured\n", TestContext.Current.CancellationToken);

        var (_, output, error) = await Cliply.RunAsync(
            ["diagnose", "--no-local", "--process", "no-such-worker", "--logs", "-", "--logs", _folder.FullName, "--output", "json"],
            Encoding.UTF8.GetBytes($"{now} connect ECONNREFUSED 10.0.0.1:5432 password=canary\n"));

        error.Should().BeEmpty();
        using var report = JsonDocument.Parse(output);
        var diagnosis = report.RootElement.GetProperty("diagnoses").EnumerateArray().Single(d => d.GetProperty("code").GetString() == "no-workers-running");
        var causes = diagnosis.GetProperty("causes").EnumerateArray().ToDictionary(c => c.GetProperty("code").GetString()!, c => c);
        causes["not-deployed"].GetProperty("confidence").GetString().Should().Be("confirmed");
        Source(causes["missing-environment"]).Should().Contain("file:worker.log");
        Source(causes["database-connection"]).Should().Equal("standard input");
        output.Should().NotContainEquivalentOf("canary");

        static IEnumerable<string?> Source(JsonElement cause) => cause.GetProperty("evidence").EnumerateArray().Select(e => e.GetProperty("source").GetString());
    }

    [Fact]
    public async Task I_can_diagnose_a_deployment_of_my_kubeconfig()
    {
        await using var server = await FakeApiServer.StartAsync();
        var died = Kubernetes.Tests.Fleet.Now.AddSeconds(-30);
        server.Deployments.Add(Payloads.Workload("worker", 1));
        server.Pods.Add(Payloads.Pod("worker-a", died.AddMinutes(-20), Payloads.Waiting("CrashLoopBackOff"), Payloads.Terminated("OOMKilled", 137, died), restarts: 9));
        var kubeconfig = Path.Combine(_folder.FullName, "config");
        await File.WriteAllTextAsync(kubeconfig, Kubernetes.Tests.Fleet.Kubeconfig(server.Address), TestContext.Current.CancellationToken);

        var (_, output, error) = await Cliply.RunAsync(["diagnose", "--no-local", "--kubernetes", "--timeout", "30s", "--output", "json"], environment: new() { ["KUBECONFIG"] = kubeconfig });

        error.Should().BeEmpty();
        using var report = JsonDocument.Parse(output);
        var cause = report.RootElement.GetProperty("diagnoses").EnumerateArray().SelectMany(d => d.GetProperty("causes").EnumerateArray()).First(c => c.GetProperty("code").GetString() == "out-of-memory");
        cause.GetProperty("confidence").GetString().Should().Be("confirmed");
        cause.GetProperty("evidence").EnumerateArray().Select(e => e.GetProperty("source").GetString()).Should().Contain("kubernetes");
        server.Requests.Should().OnlyContain(r => r.Authorization == $"Bearer {FakeApiServer.Canary}").And.NotBeEmpty();
        output.Should().NotContain(FakeApiServer.Canary);
    }

    [Fact]
    public async Task I_am_told_which_platforms_were_looked_for_and_not_found()
    {
        var (exitCode, output, error) = await Cliply.RunAsync(
            ["diagnose", "--no-local", "--auto", "--logs", _folder.FullName, "--output", "json"],
            environment: new() { ["PATH"] = $"{_folder.FullName}{Path.PathSeparator}{Path.GetDirectoryName(Environment.ProcessPath)}", ["DOCKER_HOST"] = "", ["KUBERNETES_SERVICE_HOST"] = "" });

        exitCode.Should().Be(3, "neither workers nor queue are known");
        error.Should().Contain("cliply: looked for workers in systemd: it does not run here\n")
            .And.Contain("cliply: looked for workers in Kubernetes: this is no pod with a service account; --kubernetes uses your kubeconfig\n");
        using var report = JsonDocument.Parse(output);
        report.RootElement.GetProperty("unknowns").EnumerateArray().Single(u => u.GetProperty("section").GetString() == "deployments")
            .GetProperty("reason").GetString().Should().Be("not-configured: no source was named, and none was found");
    }

    [Fact]
    public async Task I_can_name_a_socket_that_is_not_there_and_am_told()
    {
        var (_, output, error) = await Cliply.RunAsync(["diagnose", "--no-local", "--docker", $"unix://{_folder.FullName}/none.sock", "--output", "json"]);

        error.Should().BeEmpty();
        using var report = JsonDocument.Parse(output);
        report.RootElement.GetProperty("unknowns").EnumerateArray().Single(u => u.GetProperty("section").GetString() == "deployments")
            .GetProperty("reason").GetString().Should().Be("refused: there is no socket where Cliply:Diagnostics:Docker:Endpoint points; start Docker or Podman, or change Cliply:Diagnostics:Docker:Endpoint");
    }
}
