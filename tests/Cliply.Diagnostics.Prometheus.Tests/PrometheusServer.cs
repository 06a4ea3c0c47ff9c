using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Cliply.Diagnostics.Prometheus.Tests;

/// <summary>A Prometheus of its own on a free port of 127.0.0.1, with its data in a temporary folder.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("cliply-prometheus-").FullName;
    private readonly int _port = FreePort();
    private Process? _process;

    public string Url => $"http://127.0.0.1:{_port}";

    /// <summary>One under <c>/prometheus</c> that asks for the user <c>cliply</c> and the password <c>made-up-password</c>.</summary>
    public static async Task<PrometheusServer> StartProtectedAsync()
    {
        var server = new PrometheusServer();
        var web = Path.Combine(server._folder, "web.yml");
        await File.WriteAllTextAsync(web, "basic_auth_users:\n  cliply: $2b$05$yTU0knDJw5POcVm1toSwEOLn1L2GuvHg/0PLllNoypUammwuDPIdi\n");
        return await StartedAsync(server, null, [], $"--web.config.file={web}", "--web.route-prefix=/prometheus");
    }

    /// <summary>Starts one.</summary>
    /// <param name="openMetrics">What it shall hold from the start, as OpenMetrics with times; null: nothing.</param>
    /// <param name="scraped">The ports of 127.0.0.1 that it scrapes each second.</param>
    public static Task<PrometheusServer> StartAsync(string? openMetrics, params int[] scraped) => StartedAsync(new PrometheusServer(), openMetrics, scraped);

    /// <summary>Starts one that evaluates these rules each second.</summary>
    /// <param name="rules">A file of rules.</param>
    /// <param name="scraped">The ports of 127.0.0.1 that it scrapes each second.</param>
    public static async Task<PrometheusServer> StartWithRulesAsync(string rules, params int[] scraped)
    {
        var server = new PrometheusServer();
        await File.WriteAllTextAsync(Path.Combine(server._folder, "rules.yml"), rules);
        return await StartedAsync(server, null, scraped);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<PrometheusServer> StartedAsync(PrometheusServer server, string? openMetrics, IReadOnlyList<int> scraped, params string[] arguments)
    {
        try
        {
            await server.LaunchAsync(openMetrics, scraped, arguments);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    private async Task LaunchAsync(string? openMetrics, IReadOnlyList<int> scraped, string[] arguments)
    {
        if (openMetrics is not null)
        {
            var file = Path.Combine(_folder, "history.txt");
            await File.WriteAllTextAsync(file, openMetrics);
            var (exitCode, output) = await RunAsync("promtool", "tsdb", "create-blocks-from", "openmetrics", file, Path.Combine(_folder, "data"));
            exitCode.Should().Be(0, output);
        }

        await File.WriteAllTextAsync(Path.Combine(_folder, "prometheus.yml"), $"""
            global:
              scrape_interval: 1s
              scrape_timeout: 1s
              evaluation_interval: 1s
            rule_files: [rules.yml]
            scrape_configs:
              - job_name: cliply
                static_configs:
                  - targets: [{string.Join(", ", scraped.Select(port => $"'127.0.0.1:{port}'"))}]

            """);
        _process = Process.Start(new ProcessStartInfo("prometheus",
        [
            $"--config.file={_folder}/prometheus.yml", $"--storage.tsdb.path={_folder}/data", $"--web.listen-address=127.0.0.1:{_port}", "--log.level=error", .. arguments,
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = _folder,
        })!;
        var errors = _process.StandardError.ReadToEndAsync();
        _process.BeginOutputReadLine();
        using var http = new HttpClient();
        for (var attempt = 0; ; attempt++)
        {
            if (_process.HasExited)
            {
                throw new InvalidOperationException($"Prometheus ended with {_process.ExitCode}: {await errors}");
            }

            try
            {
                using var ready = await http.GetAsync(new Uri($"{Url}/-/ready"));
                if (ready.IsSuccessStatusCode || ready.StatusCode == HttpStatusCode.Unauthorized)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (attempt < 600)
            {
                // It does not listen yet.
            }

            attempt.Should().BeLessThan(600, "Prometheus should be ready by now");
            await Task.Delay(100);
        }
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await errors);
    }
}
