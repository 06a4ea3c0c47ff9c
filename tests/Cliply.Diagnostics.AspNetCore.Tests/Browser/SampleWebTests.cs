using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Cliply.Diagnostics.AspNetCore.Tests.Browser;

/// <summary>The web sample on the command line.</summary>
public sealed class SampleWebTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task I_am_told_which_failures_there_are() =>
        (await RunAsync("--break", "everything")).Should().Be((64, "sample: --break 'everything' is not known. Use one of no-workers, not-claiming, stuck, crash-loop, ffmpeg.\n"));

    [Fact]
    public async Task I_am_told_that_the_address_is_taken()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";

        var (exitCode, output) = await RunAsync("--urls", url);

        exitCode.Should().Be(69, output);
        output.Should().EndWith($"sample: {url} can't be listened on. Give a free one, as in --urls http://localhost:5081.\n");
    }

    private static async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Cliply.Diagnostics.SampleWeb.dll"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove("DATABASE_URL");
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(Cancellation);
        var error = process.StandardError.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);
        return (process.ExitCode, await output + await error);
    }
}
