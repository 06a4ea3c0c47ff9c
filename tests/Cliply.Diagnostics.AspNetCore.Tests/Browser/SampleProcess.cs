using System.Diagnostics;
using System.Text;
using Cliply.Diagnostics.Prometheus.Tests;

namespace Cliply.Diagnostics.AspNetCore.Tests.Browser;

/// <summary>The web sample as a process of its own, as a user starts it.</summary>
internal sealed class SampleProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<bool> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SampleProcess(Process process, int port)
    {
        _process = process;
        Port = port;
        _process.OutputDataReceived += (_, line) => Add(line.Data);
        _process.ErrorDataReceived += (_, line) => Add(line.Data);
        _process.EnableRaisingEvents = true;
        _process.Exited += (_, _) => _started.TrySetResult(false);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Port { get; }

    public string Url => $"http://localhost:{Port}";

    public static Task<SampleProcess> StartAsync(params string[] arguments) => StartAsync(PrometheusServer.FreePort(), "Development", arguments);

    public static async Task<SampleProcess> StartAsync(int port, string environment, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Cliply.Diagnostics.SampleWeb.dll"), "--urls", $"http://localhost:{port}", .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = environment;
        start.Environment.Remove("DATABASE_URL");
        var sample = new SampleProcess(Process.Start(start)!, port);
        try
        {
            (await sample._started.Task.WaitAsync(TimeSpan.FromMinutes(2))).Should().BeTrue("the sample should start, but said: {0}", sample._output);
            return sample;
        }
        catch
        {
            await sample.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        // As Ctrl+C, so that it takes its temporary folder with it.
        using (var interrupt = Process.Start("kill", ["-INT", $"{_process.Id}"]))
        {
            await interrupt.WaitForExitAsync();
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await _process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private void Add(string? line)
    {
        lock (_output)
        {
            _output.Append(line).Append('\n');
            if (line?.StartsWith("the page: ", StringComparison.Ordinal) == true)
            {
                _started.TrySetResult(true);
            }
        }
    }
}
