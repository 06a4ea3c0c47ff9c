using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Cliply.Diagnostics.Docker.Tests.Fakes;

/// <summary>
/// An HTTP server, on a Unix socket by default, that answers a path with what a test writes: an answer as bytes, or
/// whatever is done to the connection.
/// </summary>
internal sealed class FakeEngine : IAsyncDisposable
{
    private readonly Dictionary<string, Func<Stream, CancellationToken, Task>> _answers = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly Socket _listener;
    private readonly string? _folder;
    private readonly Task _accepting;
    private int _open;

    public FakeEngine(bool isTcp = false)
    {
        if (isTcp)
        {
            _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            Endpoint = $"tcp://127.0.0.1:{((IPEndPoint)_listener.LocalEndPoint!).Port}";
        }
        else
        {
            _folder = Directory.CreateTempSubdirectory("cliply-").FullName;
            _listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            _listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(_folder, "x.sock")));
            Endpoint = $"unix://{_folder}/x.sock";
        }

        _listener.Listen();
        _accepting = AcceptAsync();
    }

    public string Endpoint { get; }

    /// <summary>Connections that the client has not closed.</summary>
    public int Open => Volatile.Read(ref _open);

    /// <summary>Turns a connection into what HTTP runs over; null: nothing.</summary>
    public Func<Stream, Task<Stream>>? Wrap { get; init; }

    /// <summary>An engine with one running worker, named worker-1, of Docker on a machine with cgroup v2.</summary>
    public static FakeEngine WithOneWorker(bool isTcp = false)
    {
        var engine = new FakeEngine(isTcp);
        engine.Json("/containers/json", Payloads.Read("docker-list.json"));
        engine.Json($"/containers/{Payloads.WorkerId}/json", Payloads.Read("docker-inspect-running.json"));
        engine.Json($"/containers/{Payloads.WorkerId}/stats", Payloads.Read("docker-stats-cgroup-v2.json"));
        engine.Bytes($"/containers/{Payloads.WorkerId}/logs", Frame(1, "2026-11-24T05:20:00.123456789Z Polling for jobs\n"));
        return engine;
    }

    public static byte[] Frame(byte output, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return [output, 0, 0, 0, (byte)(bytes.Length >> 24), (byte)(bytes.Length >> 16), (byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];
    }

    public void Json(string path, string json, string status = "200 OK") => Bytes(path, Encoding.UTF8.GetBytes(json), status);

    public void Bytes(string path, byte[] body, string status = "200 OK") =>
        Does(path, async (stream, token) =>
        {
            await WriteAsync(stream, $"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n", token);
            await stream.WriteAsync(body, token);
        });

    public void Does(string path, Func<Stream, CancellationToken, Task> answer) => _answers[path] = answer;

    public static Task WriteAsync(Stream stream, string text, CancellationToken token) => stream.WriteAsync(Encoding.UTF8.GetBytes(text), token).AsTask();

    public static Task StallAsync(Stream stream, CancellationToken token) => Task.Delay(Timeout.Infinite, token);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stopping.Dispose();
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptAsync(_stopping.Token)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        Interlocked.Increment(ref _open);
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
        try
        {
            await using Stream plain = new NetworkStream(socket, ownsSocket: true);
            var stream = Wrap is null ? plain : await Wrap(plain);
            while (await ReadPathAsync(stream, stopping.Token) is { } path)
            {
                var answer = _answers.GetValueOrDefault(path) ?? throw new InvalidOperationException($"Nothing answers {path}.");
                var answering = answer(stream, stopping.Token);

                // A client that hangs up ends an answer that would never end.
                while (!answering.IsCompleted && !(socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0))
                {
                    await Task.WhenAny(answering, Task.Delay(20));
                }

                if (!answering.IsCompleted)
                {
                    await stopping.CancelAsync();
                }

                await answering;
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or SocketException or System.Security.Authentication.AuthenticationException)
        {
            // The client has gone, which is what some tests are about.
            _ = exception;
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }

    private static async Task<string?> ReadPathAsync(Stream stream, CancellationToken token)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (await stream.ReadAsync(one, token) == 1)
        {
            head.Append((char)one[0]);
            if (head.Length >= 4 && head.ToString(head.Length - 4, 4) == "\r\n\r\n")
            {
                return head.ToString().Split(' ')[1].Split('?')[0];
            }
        }

        return null;
    }
}
