using System.Diagnostics;
using System.Net;
using Cliply.Diagnostics.Tests.Fakes;
using Cliply.Diagnostics.Tests.PostgreSql;

namespace Cliply.Diagnostics.Packages.Tests;

/// <summary>A program that serves on a free port of 127.0.0.1.</summary>
internal sealed class HostProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;
    private readonly HttpClient _http;

    private HostProcess(Process process, string address)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _error = process.StandardError.ReadToEndAsync();
        _http = new HttpClient { BaseAddress = new Uri(address), Timeout = TimeSpan.FromMinutes(1) };
    }

    /// <summary>Starts it with no other environment, and waits until its first collection has ended.</summary>
    public static async Task<HostProcess> StartAsync(string program, string[] arguments, Dictionary<string, string> environment)
    {
        var address = $"http://127.0.0.1:{PostgresServer.FreePort()}";
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = Path.GetDirectoryName(arguments.FirstOrDefault(program)), RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Clear();
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        start.Environment["ASPNETCORE_URLS"] = address;
        var host = new HostProcess(Process.Start(start)!, address);
        try
        {
            await Eventually.HoldsAsync(host.HasStartedAsync, "the first collection");
            return host;
        }
        catch
        {
            host.Dispose();
            throw;
        }
    }

    public async Task<(HttpStatusCode Status, string? ContentType, string Body)> GetAsync(string path)
    {
        using var response = await _http.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);
        return (response.StatusCode, response.Content.Headers.ContentType?.ToString(), await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Asks it to stop, as Kubernetes and systemd do.</summary>
    /// <returns>Its exit code, and what it has written since it started.</returns>
    public async Task<(int ExitCode, string Output)> TerminateAsync()
    {
        using (var terminate = Process.Start("kill", ["-TERM", $"{_process.Id}"]))
        {
            await terminate.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        return (_process.ExitCode, await _output + await _error);
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.Dispose();
        _http.Dispose();
    }

    private async Task<bool> HasStartedAsync()
    {
        _process.HasExited.Should().BeFalse("the host should serve, but said: {0}", _process.HasExited ? await _output + await _error : "");
        try
        {
            return (await GetAsync("/startupz")).Status == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
