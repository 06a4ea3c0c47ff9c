using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Cliply.Diagnostics.Kubernetes.Tests;

/// <summary>What the collector asked for, in the words of a Role.</summary>
internal sealed record RecordedRequest(string Verb, string Group, string Resource, string PathAndQuery, string? Authorization);

/// <summary>
/// Answers as a Kubernetes API server does: lists in pages with continue tokens, label and field selectors, the logs of a
/// container and of its previous run with tailLines and limitBytes, and Status objects for errors.
/// </summary>
internal sealed class FakeApiServer : IAsyncDisposable
{
    public const string Canary = "canary-made-up-bearer-token-4f1d";
    private const string Namespace = "media";

    private readonly WebApplication _app;
    private readonly ConcurrentQueue<RecordedRequest> _requests = new();

    private FakeApiServer(WebApplication app) => _app = app;

    public string Address => _app.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public IReadOnlyList<RecordedRequest> Requests => [.. _requests];

    public List<JsonObject> Pods { get; } = [];

    public List<JsonObject> Deployments { get; } = [];

    public List<JsonObject> StatefulSets { get; } = [];

    public List<JsonObject> DaemonSets { get; } = [];

    public List<JsonObject> ReplicaSets { get; } = [];

    public List<JsonObject> ControllerRevisions { get; } = [];

    public List<JsonObject> Events { get; } = [];

    /// <summary>Null: there is no metrics API.</summary>
    public List<JsonObject>? Metrics { get; set; }

    /// <summary>By pod, and <c>pod/previous</c> for the run before.</summary>
    public Dictionary<string, string> Logs { get; } = [];

    /// <summary>Answers in place of the usual, by the Role's name of the resource.</summary>
    public Dictionary<string, Func<HttpContext, Task>> Instead { get; } = [];

    /// <summary>How far this server's clock is ahead.</summary>
    public TimeSpan ClockAhead { get; set; }

    private readonly ConcurrentDictionary<string, byte[]> _prepared = new();

    /// <summary>Writes the pages of a long list beforehand, so that its reader's time is measured and not this server's.</summary>
    public void PrepareAnswers()
    {
        for (var start = 0; start < Pods.Count; start += 500)
        {
            _prepared[start == 0 ? "" : $"{start}"] = Page("PodList", "v1", Pods, start, Math.Min(Pods.Count, start + 500));
        }
    }

    public static async Task<FakeApiServer> StartAsync(X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, 0, listen =>
            {
                listen.Protocols = certificate is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2;
                if (certificate is not null)
                {
                    listen.UseHttps(certificate);
                }
            });
        });
        var app = builder.Build();
        var server = new FakeApiServer(app);
        app.Run(server.AnswerAsync);
        await app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    public static Func<HttpContext, Task> Failing(int code, string reason) => async context =>
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync($$"""{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"made up: User \"system:serviceaccount:media:{{Canary}}\" failed","reason":"{{reason}}","code":{{code}}}""");
    };

    public static Func<HttpContext, Task> Sending(string body) => context => context.Response.WriteAsync(body);

    /// <summary>Takes the request and says nothing more.</summary>
    public static async Task Stalling(HttpContext context)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        var segments = request.Path.Value!.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var core = segments[0] == "api";
        var group = core ? "" : segments[1];
        var rest = segments[(core ? 2 : 3)..];
        var isLog = rest is ["namespaces", _, "pods", _, "log"];
        var resource = isLog ? "pods/log" : rest is ["namespaces", _, var named] ? named : string.Join('/', rest);
        var verb = request.Method != "GET" ? request.Method : request.Query.ContainsKey("watch") ? "watch" : rest.Length == 3 ? "list" : "get";
        _requests.Enqueue(new RecordedRequest(verb, group, resource, request.Path + request.QueryString, request.Headers.Authorization));
        context.Response.Headers.Date = (TimeProvider.System.GetUtcNow() + ClockAhead).ToString("R", CultureInfo.InvariantCulture);

        if (Instead.TryGetValue(group == "metrics.k8s.io" ? "pods.metrics.k8s.io" : resource, out var instead))
        {
            await instead(context);
            return;
        }

        if (request.Headers.Authorization != $"Bearer {Canary}")
        {
            await Failing(401, "Unauthorized")(context);
            return;
        }

        if (rest.ElementAtOrDefault(1) != Namespace)
        {
            await Failing(403, "Forbidden")(context);
            return;
        }

        await ((group, resource) switch
        {
            ("", "pods") when _prepared.TryGetValue($"{request.Query["continue"]}", out var page) => context.Response.Body.WriteAsync(page).AsTask(),
            ("", "pods") => ListAsync(context, "PodList", "v1", Pods),
            ("", "events") => ListAsync(context, "EventList", "v1", Events),
            ("", "pods/log") => LogAsync(context, rest[3]),
            ("apps", "deployments") => ListAsync(context, "DeploymentList", "apps/v1", Deployments),
            ("apps", "statefulsets") => ListAsync(context, "StatefulSetList", "apps/v1", StatefulSets),
            ("apps", "daemonsets") => ListAsync(context, "DaemonSetList", "apps/v1", DaemonSets),
            ("apps", "replicasets") => ListAsync(context, "ReplicaSetList", "apps/v1", ReplicaSets),
            ("apps", "controllerrevisions") => ListAsync(context, "ControllerRevisionList", "apps/v1", ControllerRevisions),
            ("metrics.k8s.io", "pods") when Metrics is not null => ListAsync(context, "PodMetricsList", "metrics.k8s.io/v1beta1", Metrics),
            _ => Failing(404, "NotFound")(context),
        });
    }

    private static async Task ListAsync(HttpContext context, string kind, string version, List<JsonObject> all)
    {
        var query = context.Request.Query;
        var chosen = all.Where(item => IsSelected(item, query["labelSelector"], query["fieldSelector"])).ToList();
        var limit = int.Parse(query["limit"]!, CultureInfo.InvariantCulture);
        var start = int.TryParse(query["continue"], NumberStyles.None, CultureInfo.InvariantCulture, out var from) ? from : 0;
        var end = Math.Min(chosen.Count, start + limit);
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(Page(kind, version, chosen, start, end), context.RequestAborted);
    }

    private static byte[] Page(string kind, string version, List<JsonObject> chosen, int start, int end)
    {
        var page = new StringBuilder();
        page.Append(CultureInfo.InvariantCulture, $$"""{"kind":"{{kind}}","apiVersion":"{{version}}","metadata":{"resourceVersion":"48212000"{{(end < chosen.Count ? $",\"continue\":\"{end}\",\"remainingItemCount\":{chosen.Count - end}" : "")}}},"items":[""");
        for (var i = start; i < end; i++)
        {
            page.Append(i > start ? "," : "").Append(chosen[i].ToJsonString());
        }

        return Encoding.UTF8.GetBytes(page.Append("]}").ToString());
    }

    private static bool IsSelected(JsonObject item, string? labels, string? fields)
    {
        foreach (var part in (labels ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part.Split('=') is not [var key, var value] || (string?)item["metadata"]!["labels"]?[key] != value)
            {
                return false;
            }
        }

        foreach (var part in (fields ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var (path, value) = part.Split('=') is [var p, var v] ? (p, v) : throw new FormatException(part);
            if ((string?)path.Split('.').Aggregate((JsonNode?)item, (node, name) => node?[name]) != value)
            {
                return false;
            }
        }

        return true;
    }

    private async Task LogAsync(HttpContext context, string pod)
    {
        var query = context.Request.Query;
        if (!Logs.TryGetValue(query["previous"] == "true" ? $"{pod}/previous" : pod, out var log))
        {
            await Failing(400, "BadRequest")(context);
            return;
        }

        var lines = log.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var tail = Encoding.UTF8.GetBytes(string.Concat(lines[Math.Max(0, lines.Length - int.Parse(query["tailLines"]!, CultureInfo.InvariantCulture))..].Select(l => l + "\n")));
        await context.Response.Body.WriteAsync(tail.AsMemory(0, Math.Min(tail.Length, int.Parse(query["limitBytes"]!, CultureInfo.InvariantCulture))));
    }
}
