using System.Text;
using Cliply.Diagnostics.Evidence;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Cliply.Diagnostics.Kubernetes.Tests;

public sealed class KubernetesAccessTests : IDisposable
{
    private const string Origin = "the kubeconfig that Cliply:Diagnostics:Kubernetes:Kubeconfig names can't be used: ";
    private readonly string _folder = Directory.CreateTempSubdirectory("cliply-kubeconfig-canary-").FullName;
    private readonly Dictionary<string, string> _variables = new() { ["PATH"] = Environment.GetEnvironmentVariable("PATH")! };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Nothing_IsThere_IsNotConfigured()
    {
        var failure = await FailureAsync(new KubernetesOptions());

        failure.Should().Be(new SectionFailure(
            "not-configured",
            "there is no kubeconfig, and this host does not run in a cluster with a service account; set Cliply:Diagnostics:Kubernetes:Kubeconfig, and Cliply:Diagnostics:Kubernetes:Context for another than its current context"));
    }

    [Fact]
    public async Task Kubeconfig_IsNotThere_IsNoLicenceToLookElsewhere()
    {
        WriteFile("home", Fleet.Kubeconfig("http://127.0.0.1:1"));

        var failure = await FailureAsync(new KubernetesOptions { Kubeconfig = Path.Combine(_folder, "none") });

        failure.Should().Be(new SectionFailure("error", "the file that Cliply:Diagnostics:Kubernetes:Kubeconfig names is not there"));
    }

    [Theory]
    [InlineData("users: [token: canary-made-up", "it can't be read; run kubectl with it to see why")]
    [InlineData("- just\n- a list canary", "it can't be read; run kubectl with it to see why")]
    [InlineData("", "it is empty")]
    [InlineData("apiVersion: v1\nkind: Config\nclusters: []\n", "it has no current context; set Cliply:Diagnostics:Kubernetes:Context")]
    [InlineData("apiVersion: v1\nkind: Config\ncurrent-context: canary\n", "its current context is not among its contexts")]
    [InlineData("apiVersion: v1\nkind: Config\ncurrent-context: a\ncontexts: [{name: a, context: {cluster: canary, user: canary}}]\n", "it can't be read; run kubectl with it to see why")]
    [InlineData("apiVersion: v1\nkind: Config\ncurrent-context: a\ncontexts: [{name: a, context: {cluster: c}}]\nclusters: [{name: c, cluster: {server: 'ftp://canary'}}]\n", "its server is no https URL")]
    [InlineData("apiVersion: v1\nkind: Config\ncurrent-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {server: 'https://canary'}}]\nusers: [{name: u, user: {client-certificate-data: canary, client-key-data: canary}}]\n", "it can't be read; run kubectl with it to see why")]
    [InlineData("apiVersion: v1\nkind: Config\ncurrent-context: a\ncontexts: [{name: a, context: {cluster: c, user: u}}]\nclusters: [{name: c, cluster: {server: 'https://canary'}}]\nusers: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: canary-no-such-plugin}}}]\n", "its credential plugin failed; run kubectl with it to see why")]
    public async Task Kubeconfig_IsBroken_SaysSoWithoutItsContent(string content, string why)
    {
        var failure = await FailureAsync(new KubernetesOptions { Kubeconfig = WriteFile("config", content) });

        failure.Should().Be(new SectionFailure("error", Origin + why));
    }

    [Fact]
    public async Task Context_IsUnknown_NamesTheOption()
    {
        var failure = await FailureAsync(new KubernetesOptions { Kubeconfig = WriteFile("config", Fleet.Kubeconfig("http://127.0.0.1:1")), Context = "canary" });

        failure.Should().Be(new SectionFailure("error", Origin + "it has no context of the name in Cliply:Diagnostics:Kubernetes:Context"));
    }

    [Fact]
    public async Task Context_IsChosen_ItsClusterAndNamespaceAreUsed()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Deployments.Add(Payloads.Workload("worker", replicas: 0));
        var kubeconfig = WriteFile("config", Fleet.Kubeconfig(server.Address).Replace("current-context: test", "current-context: elsewhere"));

        (await NamesAsync(new KubernetesOptions { Kubeconfig = kubeconfig, Context = "test" })).Should().Equal("worker");
        server.Requests.Should().OnlyContain(r => r.PathAndQuery.Contains("/namespaces/media/"));
    }

    [Fact]
    public async Task Namespace_IsSet_WinsOverTheContexts()
    {
        await using var server = await FakeApiServer.StartAsync();

        var failure = await FailureAsync(new KubernetesOptions { Kubeconfig = WriteFile("config", Fleet.Kubeconfig(server.Address)), Namespace = "other" });

        failure!.Code.Should().Be("permissionDenied");
        server.Requests.Should().OnlyContain(r => r.PathAndQuery.Contains("/namespaces/other/"));
    }

    [Fact]
    public async Task KubeconfigVariable_NamesSeveralFiles_TheFirstToSetSomethingWins()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Deployments.Add(Payloads.Workload("worker", replicas: 0));
        var first = WriteFile("first", "apiVersion: v1\nkind: Config\ncurrent-context: test\n");
        var second = WriteFile("second", Fleet.Kubeconfig(server.Address).Replace("current-context: test", "current-context: none"));
        _variables["KUBECONFIG"] = string.Join(Path.PathSeparator, Path.Combine(_folder, "none"), first, second);

        (await NamesAsync(new KubernetesOptions())).Should().Equal("worker");
    }

    [Fact]
    public async Task HomeKubeconfig_IsThere_IsUsed()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Deployments.Add(Payloads.Workload("worker", replicas: 0));
        WriteFile("home", Fleet.Kubeconfig(server.Address));

        (await NamesAsync(new KubernetesOptions())).Should().Equal("worker");
    }

    [Fact]
    public async Task ServiceAccount_IsThere_IsUsedBeforeTheHomesKubeconfig()
    {
        using var certificate = KubernetesFailureTests.Certificate();
        await using var server = await FakeApiServer.StartAsync(certificate);
        server.Deployments.Add(Payloads.Workload("worker", replicas: 0));
        WriteFile("home", "broken");
        WriteServiceAccount(server, certificate.ExportCertificatePem());

        (await NamesAsync(new KubernetesOptions())).Should().Equal("worker");
        server.Requests.Should().OnlyContain(r => r.Authorization == $"Bearer {FakeApiServer.Canary}" && r.PathAndQuery.Contains("/namespaces/media/"));
    }

    [Fact]
    public async Task ServiceAccount_HasABrokenAuthority_IsTold()
    {
        await using var server = await FakeApiServer.StartAsync();
        WriteServiceAccount(server, "-----BEGIN CERTIFICATE-----\ncanary\n-----END CERTIFICATE-----\n");

        (await FailureAsync(new KubernetesOptions())).Should().Be(new SectionFailure("error", "the pod's service account can't be read; check its automountServiceAccountToken and the files' permissions"));
    }

    [Fact]
    public async Task CredentialPlugin_GivesAToken_ItIsSent()
    {
        await using var server = await FakeApiServer.StartAsync();
        server.Deployments.Add(Payloads.Workload("worker", replicas: 0));
        var plugin = $$$"""{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"{{{FakeApiServer.Canary}}}"}}""";
        var kubeconfig = WriteFile("config", WithPlugin(server.Address, WriteFile("plugin", $"test \"$2\" = 'two words' && test \"$REGION\" = here && echo '{plugin}'\n")));

        (await NamesAsync(new KubernetesOptions { Kubeconfig = kubeconfig })).Should().Equal("worker");
    }

    [Fact]
    public async Task CredentialPlugin_Hangs_IsTimeoutNotRunTwiceAtOnceAndNotLeftBehind()
    {
        var runs = Path.Combine(_folder, "runs");
        var kubeconfig = WriteFile("config", WithPlugin("http://127.0.0.1:1", WriteFile("plugin", $"echo $$ >> '{runs}'\nsleep 600 & wait\n")));
        var source = Source(new KubernetesOptions { Kubeconfig = kubeconfig }, TimeSpan.FromSeconds(4));
        var collector = Collector(source, new KubernetesOptions(), TimeSpan.FromSeconds(4));

        var first = await collector.CollectAsync(TestContext.Current.CancellationToken);
        var second = await collector.CollectAsync(TestContext.Current.CancellationToken);

        var expected = new SectionFailure("timeout", "the kubeconfig could not be read in time; its credential plugin may be waiting for somebody");
        first.Deployments.Unavailable.Should().Be(expected);
        second.Logs.Unavailable.Should().Be(expected);
        var process = (await File.ReadAllLinesAsync(runs, TestContext.Current.CancellationToken)).Should().ContainSingle().Which;
        Directory.Exists($"/proc/{process}").Should().BeTrue();
        source.Dispose();
        for (var i = 0; i < 200 && Directory.Exists($"/proc/{process}"); i++)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        Directory.Exists($"/proc/{process}").Should().BeFalse();
    }

    private static string WithPlugin(string address, string script) => Fleet.Kubeconfig(address).Replace(
        $"token: {FakeApiServer.Canary}",
        $"exec: {{ apiVersion: client.authentication.k8s.io/v1, command: sh, args: [{script}, --, two words], env: [{{ name: REGION, value: here }}], interactiveMode: Never }}");

    private string WriteFile(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, content, new UTF8Encoding(false));
        return path;
    }

    private void WriteServiceAccount(FakeApiServer server, string authority)
    {
        var address = new Uri(server.Address);
        _variables["KUBERNETES_SERVICE_HOST"] = address.Host;
        _variables["KUBERNETES_SERVICE_PORT"] = $"{address.Port}";
        WriteFile("token", $"{FakeApiServer.Canary}\n");
        WriteFile("namespace", "media");
        WriteFile("ca.crt", authority);
    }

    private async Task<SectionFailure?> FailureAsync(KubernetesOptions options)
    {
        using var source = Source(options, TimeSpan.FromSeconds(30));
        return (await Collector(source, options, TimeSpan.FromSeconds(30)).CollectAsync(TestContext.Current.CancellationToken)).Deployments.Unavailable;
    }

    private async Task<IEnumerable<string>> NamesAsync(KubernetesOptions options)
    {
        using var source = Source(options, TimeSpan.FromSeconds(30));
        var evidence = await Collector(source, options, TimeSpan.FromSeconds(30)).CollectAsync(TestContext.Current.CancellationToken);
        evidence.Deployments.Unavailable.Should().BeNull();
        return evidence.Deployments.Value!.Select(d => d.Name);
    }

    private KubernetesConnectionSource Source(KubernetesOptions options, TimeSpan deadline) => new(
        Options.Create(options),
        Options.Create(new CliplyDiagnosticsOptions { CollectorDeadline = deadline }),
        new KubernetesSurroundings(_variables.GetValueOrDefault, _folder, Path.Combine(_folder, "home")),
        TimeProvider.System);

    private static KubernetesCollector Collector(KubernetesConnectionSource source, KubernetesOptions options, TimeSpan deadline) => new(
        source,
        Options.Create(options),
        Options.Create(new CliplyDiagnosticsOptions { CollectorDeadline = deadline }),
        new Cliply.Diagnostics.Logs.LogPatternMatcher([], []),
        TimeProvider.System,
        NullLogger<KubernetesCollector>.Instance);
}
