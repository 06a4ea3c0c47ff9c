using System.Net;
using System.Net.Sockets;

namespace Cliply.Diagnostics.Tests.PostgreSql;

/// <summary>Passes bytes through, and counts how often the client starts to speak after the server has.</summary>
internal sealed class FlightCountingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _flights;
    private int _clientSpoke;

    public FlightCountingProxy(int target)
    {
        _listener.Start();
        _accepting = AcceptAsync(target);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public int Flights => _flights;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync(int target)
    {
        using var client = await _listener.AcceptTcpClientAsync(_stop.Token);
        using var upstream = new TcpClient();
        await upstream.ConnectAsync(IPAddress.Loopback, target, _stop.Token);
        client.NoDelay = upstream.NoDelay = true;
        await Task.WhenAny(PumpAsync(client.GetStream(), upstream.GetStream(), isClient: true), PumpAsync(upstream.GetStream(), client.GetStream(), isClient: false));
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, bool isClient)
    {
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await from.ReadAsync(buffer, _stop.Token)) > 0)
        {
            if (Interlocked.Exchange(ref _clientSpoke, isClient ? 1 : 0) == 0 && isClient)
            {
                Interlocked.Increment(ref _flights);
            }

            await to.WriteAsync(buffer.AsMemory(0, read), _stop.Token);
        }
    }
}
