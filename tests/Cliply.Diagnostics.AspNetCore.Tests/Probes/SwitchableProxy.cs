using System.Net;
using System.Net.Sockets;

namespace Cliply.Diagnostics.AspNetCore.Tests.Probes;

/// <summary>Stands before a database and makes it slow, silent or gone; counts the connections.</summary>
internal sealed class SwitchableProxy : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _never = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly Task _accepting;
    private CancellationTokenSource _connections = new();
    private int _open;
    private int _mostOpen;

    public SwitchableProxy(int target)
    {
        _target = target;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public enum State
    {
        /// <summary>Passes all on.</summary>
        Open,

        /// <summary>Passes each answer on after a while.</summary>
        Slow,

        /// <summary>Accepts, and says nothing.</summary>
        Hung,

        /// <summary>Refuses.</summary>
        Gone,
    }

    public int Port { get; }

    public int MostOpen => _mostOpen;

    public State Now { get; private set; }

    public void Switch(State state)
    {
        Now = state;
        if (state == State.Gone)
        {
            _listener.Stop();
            Interlocked.Exchange(ref _connections, new CancellationTokenSource()).Cancel();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _connections.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _connections.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var client = await _listener.AcceptTcpClientAsync(_stop.Token);
            _ = ServeAsync(client, _connections.Token);
        }
    }

    private async Task ServeAsync(TcpClient accepted, CancellationToken stop)
    {
        var open = Interlocked.Increment(ref _open);
        InterlockedMax(open);
        try
        {
            using var client = accepted;
            using var upstream = new TcpClient();
            await upstream.ConnectAsync(IPAddress.Loopback, _target, stop);
            await Task.WhenAny(PumpAsync(client.GetStream(), upstream.GetStream(), isAnswer: false, stop), PumpAsync(upstream.GetStream(), client.GetStream(), isAnswer: true, stop));
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            // One side has gone.
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, bool isAnswer, CancellationToken stop)
    {
        var buffer = new byte[64 * 1024];
        int read;
        while ((read = await from.ReadAsync(buffer, stop)) > 0)
        {
            if (isAnswer && Now == State.Slow)
            {
                await Task.Delay(150, stop);
            }
            else if (isAnswer && Now == State.Hung)
            {
                await _never.Task.WaitAsync(stop);
            }

            await to.WriteAsync(buffer.AsMemory(0, read), stop);
        }
    }

    private void InterlockedMax(int value)
    {
        int current;
        while ((current = Volatile.Read(ref _mostOpen)) < value && Interlocked.CompareExchange(ref _mostOpen, value, current) != current)
        {
        }
    }
}
