using System.Net.Http.Headers;
using System.Text.Json;
using Cliply.Diagnostics.Binaries;
using CliWrap;
using k8s.Authentication;
using k8s.KubeConfigModels;

namespace Cliply.Diagnostics.Kubernetes;

/// <summary>What a plugin gave.</summary>
internal sealed record PluginCredential(string? Token, string? ClientCertificate, string? ClientKey, DateTimeOffset? ExpiresAt);

/// <summary>
/// Runs a kubeconfig's credential plugin (<c>exec</c>) as kubectl does, once for all who wait and again when what it gave
/// expires. The library's own way takes arguments with spaces apart, runs programs of the current directory, and leaves a
/// plugin that hangs behind.
/// </summary>
internal sealed class CredentialPlugin(ExternalExecution plugin, string kubeconfigFolder, BinarySearch programs, TimeProvider time, CancellationToken stopping) : ITokenProvider
{
    private const int MaxOutput = 1024 * 1024;
    private const string MarkerVariable = "CLIPLY_CREDENTIAL_PLUGIN";

    /// <summary>Longer than a reading may take: plugins ask other servers, and what they are given serves later readings.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan RenewedBefore = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private Task<PluginCredential>? _running;

    public async Task<AuthenticationHeaderValue> GetAuthenticationHeaderAsync(CancellationToken cancellationToken) =>
        new("Bearer", (await GetAsync(cancellationToken).ConfigureAwait(false)).Token);

    /// <summary>What the plugin gives.</summary>
    /// <param name="cancellationToken">Ends the waiting only.</param>
    /// <exception cref="CredentialsException">It failed, or gave nothing.</exception>
    public Task<PluginCredential> GetAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_running is null || _running.IsFaulted || _running.IsCanceled || (_running.IsCompleted && time.GetUtcNow() + RenewedBefore >= _running.Result.ExpiresAt))
            {
                _running = Task.Run(RunAsync, CancellationToken.None);
            }

            return _running.WaitAsync(cancellationToken);
        }
    }

    private async Task<PluginCredential> RunAsync()
    {
        var marker = Guid.NewGuid().ToString("N");
        using var deadline = new CancellationTokenSource(Limit, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopping);
        using var output = new MemoryStream();
        try
        {
            var result = await CliWrap.Cli.Wrap(ProgramPath())
                .WithArguments(plugin.Arguments ?? [])
                .WithEnvironmentVariables(variables =>
                {
                    foreach (var variable in plugin.EnvironmentVariables ?? [])
                    {
                        variables.Set(variable["name"], variable["value"]);
                    }

                    variables.Set("KUBERNETES_EXEC_INFO", JsonSerializer.Serialize(new ExecInfo("ExecCredential", plugin.ApiVersion, new ExecSpec(false)), KubernetesJsonContext.Default.ExecInfo));
                    variables.Set(MarkerVariable, marker);
                })
                .WithValidation(CommandResultValidation.None)
                .WithStandardInputPipe(PipeSource.Null)
                .WithStandardOutputPipe(PipeTarget.Create((stream, token) => KeepAsync(stream, output, token)))
                .ExecuteAsync(end.Token).Task.WaitAsync(end.Token).ConfigureAwait(false);
            var status = result.ExitCode == 0 ? JsonSerializer.Deserialize(output.ToArray(), KubernetesJsonContext.Default.ExecCredential)?.Status : null;
            return status is { Token.Length: > 0 } or { ClientCertificateData.Length: > 0, ClientKeyData.Length: > 0 }
                ? new PluginCredential(status.Token, status.ClientCertificateData, status.ClientKeyData, status.ExpirationTimestamp)
                : throw new InvalidOperationException("the plugin gave no credential");
        }
        catch (Exception exception)
        {
            // What the plugin has started may outlive it; it is known by the variable that it inherited.
            Descendants.Kill($"{MarkerVariable}={marker}");
            throw new CredentialsException(exception);
        }
    }

    private string ProgramPath() =>
        Path.IsPathFullyQualified(plugin.Command) ? plugin.Command
        : plugin.Command.Contains('/', StringComparison.Ordinal) ? Path.GetFullPath(plugin.Command, kubeconfigFolder)
        : programs.Find(plugin.Command).Path ?? throw new FileNotFoundException("the plugin is not on PATH");

    private static async Task KeepAsync(Stream stream, MemoryStream output, CancellationToken cancellationToken)
    {
        await using var bounded = new BoundedStream(stream, MaxOutput);
        await bounded.CopyToAsync(output, cancellationToken).ConfigureAwait(false);
    }
}
