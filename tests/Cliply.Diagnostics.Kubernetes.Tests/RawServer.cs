using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Cliply.Diagnostics.Kubernetes.Tests;

/// <summary>
/// A server that writes to its sockets itself, so that what it has sent is what somebody has taken: Kestrel goes on
/// accepting writes for a while after the other side has hung up.
/// </summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, Func<byte[], Task>, Task> _answer;
    private readonly Task _serving;
    private long _sent;

    /// <summary>Starts to serve.</summary>
    /// <param name="answer">Gets the first line of a request and what sends bytes; the connection is closed afterwards.</param>
    public RawServer(Func<string, Func<byte[], Task>, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Address => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>All bytes that were taken, with what fits the sockets' buffers.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _serving;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(AnswerAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                var buffer = new byte[16 * 1024];
                var read = await stream.ReadAsync(buffer, _stop.Token);
                await _answer(Encoding.ASCII.GetString(buffer, 0, read).Split('\r')[0], async bytes =>
                {
                    await stream.WriteAsync(bytes, _stop.Token);
                    Interlocked.Add(ref _sent, bytes.Length);
                });
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
                // The other side hung up, or the test is over.
                return;
            }
        }
    }
}
