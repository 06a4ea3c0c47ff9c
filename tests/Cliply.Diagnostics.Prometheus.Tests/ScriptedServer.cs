using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Cliply.Diagnostics.Prometheus.Tests;

/// <summary>What a client sent.</summary>
internal sealed record SeenRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, string Body)
{
    /// <summary>A parameter of the query string or the form.</summary>
    public string? Parameter(string name) => (Body.Length > 0 ? Body : Target[(Target.IndexOf('?', StringComparison.Ordinal) + 1)..])
        .Split('&')
        .Select(p => p.Split('=', 2))
        .Where(p => p[0] == name)
        .Select(p => WebUtility.UrlDecode(p[1]))
        .FirstOrDefault();
}

/// <summary>An HTTP server on a free port of 127.0.0.1 that sends whatever bytes a test writes, be they HTTP or not.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Func<SeenRequest, Stream, CancellationToken, Task> _answer;
    private readonly ConcurrentBag<Task> _connections = [];
    private readonly Task _accepting;

    public ScriptedServer(Func<SeenRequest, Stream, CancellationToken, Task> answer)
    {
        _answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Url => $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    public ConcurrentQueue<SeenRequest> Requests { get; } = new();

    /// <summary>Answers everything alike.</summary>
    public static ScriptedServer Answering(int status, string body, string headers = "") =>
        new((_, stream, token) => SendAsync(stream, status, body, token, headers));

    /// <summary>Answers each query as the real API does.</summary>
    public static ScriptedServer Prometheus(Func<SeenRequest, string> result) =>
        new((request, stream, token) => SendAsync(stream, 200, $$$"""{"status":"success","data":{"resultType":"{{{(request.Target.Contains("query_range", StringComparison.Ordinal) ? "matrix" : "vector")}}}","result":{{{result(request)}}}}}""", token));

    public static async Task SendAsync(Stream stream, int status, string body, CancellationToken cancellationToken, string headers = "")
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 {status} Status\r\nContent-Type: application/json\r\nContent-Length: {bytes.Length}\r\n{headers}Connection: close\r\n\r\n"), cancellationToken);
        await stream.WriteAsync(bytes, cancellationToken);
    }

    /// <summary>Says nothing until the client has gone.</summary>
    public static async Task HoldAsync(Stream stream, CancellationToken cancellationToken)
    {
        var rest = new byte[16];
        while (await stream.ReadAsync(rest, cancellationToken) > 0)
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Dispose();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.WhenAll(_connections).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await _listener.AcceptTcpClientAsync(_stopping.Token);
            _connections.Add(Task.Run(() => ServeAsync(client)));
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            var stream = client.GetStream();
            try
            {
                if (await ReadAsync(stream) is { } request)
                {
                    Requests.Enqueue(request);
                    await _answer(request, stream, _stopping.Token);
                }
            }
            catch (IOException)
            {
                // The client has gone, as it may.
            }
        }
    }

    private async Task<SeenRequest?> ReadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _stopping.Token) == 0)
            {
                return null;
            }

            head.Append((char)one[0]);
        }

        var lines = head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines.Skip(1).Select(l => l.Split(": ", 2)).ToDictionary(l => l[0], l => l[1], StringComparer.OrdinalIgnoreCase);
        var body = new byte[headers.TryGetValue("Content-Length", out var length) ? int.Parse(length, System.Globalization.CultureInfo.InvariantCulture) : 0];
        await stream.ReadExactlyAsync(body, _stopping.Token);
        var first = lines[0].Split(' ');
        return new SeenRequest(first[0], first[1], headers, Encoding.UTF8.GetString(body));
    }
}
