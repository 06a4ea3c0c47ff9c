using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Cliply.Diagnostics.Tests.PostgreSql;

namespace Cliply.Diagnostics.Tests.Notifications;

/// <summary>A webhook's receiver on a free port of 127.0.0.1, which answers as it is told and keeps what it was sent.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<(int Status, string? RetryAfter)> _answers = new();
    private readonly ConcurrentQueue<(string ContentType, string? Authorization, string Body)> _received = new();
    private readonly TaskCompletionSource _never = new();
    private readonly Task _serving;

    public Receiver()
    {
        Url = $"http://127.0.0.1:{PostgresServer.FreePort()}/hook/made-up-token-6Qz";
        _listener.Prefixes.Add(new Uri(Url).GetLeftPart(UriPartial.Authority) + "/");
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Url { get; }

    public bool Hangs { get; set; }

    public IReadOnlyList<(string ContentType, string? Authorization, string Body)> Received => [.. _received];

    /// <summary>The next answers; after them 204.</summary>
    public void Answer(params (int Status, string? RetryAfter)[] answers)
    {
        foreach (var answer in answers)
        {
            _answers.Enqueue(answer);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _never.TrySetResult();
        _listener.Close();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            var context = await _listener.GetContextAsync();
            using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
            var body = await reader.ReadToEndAsync();
            _received.Enqueue((context.Request.ContentType ?? "", context.Request.Headers["Authorization"], body));
            if (Hangs)
            {
                await _never.Task;
            }

            var (status, retryAfter) = _answers.TryDequeue(out var answer) ? answer : (204, null);
            context.Response.StatusCode = status;
            if (retryAfter is not null)
            {
                context.Response.Headers["Retry-After"] = retryAfter;
            }

            if (status is 302)
            {
                context.Response.RedirectLocation = Url;
            }

            context.Response.Close();
        }
    }
}
