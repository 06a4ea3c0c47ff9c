using System.Net;
using System.Net.Sockets;

namespace Cliply.Diagnostics.Tests.PostgreSql;

/// <summary>Passes bytes through to a server, and breaks the connection in the middle of an answer when it is told to.</summary>
internal sealed class BreakingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _left = int.MaxValue;

    public BreakingProxy(int target)
    {
        _listener.Start();
        _accepting = AcceptAsync(target);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Breaks the connection after so many bytes of the next answer, once.</summary>
    public void BreakAfter(int bytes) => Volatile.Write(ref _left, bytes);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync(int target)
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                serving.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token), target));
            }
        }
        finally
        {
            await Task.WhenAll(serving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task ServeAsync(TcpClient accepted, int target)
    {
        using var client = accepted;
        using var upstream = new TcpClient();
        await upstream.ConnectAsync(IPAddress.Loopback, target, _stop.Token);
        await Task.WhenAny(client.GetStream().CopyToAsync(upstream.GetStream(), _stop.Token), AnswerAsync(upstream.GetStream(), client.GetStream()));
    }

    private async Task AnswerAsync(NetworkStream from, NetworkStream to)
    {
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await from.ReadAsync(buffer, _stop.Token)) > 0)
        {
            if (read >= Volatile.Read(ref _left))
            {
                await to.WriteAsync(buffer.AsMemory(0, _left), _stop.Token);
                Volatile.Write(ref _left, int.MaxValue);
                return;
            }

            await to.WriteAsync(buffer.AsMemory(0, read), _stop.Token);
        }
    }
}
