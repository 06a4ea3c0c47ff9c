using Cliply.Diagnostics;
using Cliply.Diagnostics.AspNetCore;
using Cliply.Diagnostics.AspNetCore.Probes;
using Cliply.Diagnostics.Scenarios;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Maps the probes of an orchestrator or a load balancer.</summary>
public static class CliplyProbesEndpointRouteBuilderExtensions
{
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];
    private static readonly byte[] Alive = "alive"u8.ToArray();
    private static readonly byte[] Ready = "ready"u8.ToArray();
    private static readonly byte[] Unready = "unready"u8.ToArray();
    private static readonly byte[] Started = "started"u8.ToArray();
    private static readonly byte[] Starting = "starting"u8.ToArray();

    /// <summary>
    /// Maps <c>/livez</c>, <c>/readyz</c> and <c>/startupz</c>; with 200, or 503 and no exception's text. <c>/livez</c> says that the
    /// process answers, looks at nothing, and can't be given anything to look at. <c>/readyz</c> answers from the shared reading,
    /// within <see cref="ProbeOptions.Budget"/>. <c>/startupz</c> is ready once the first collection has ended. A plain word by
    /// default; <c>?verbose</c> lists the checks, <c>Accept: application/json</c> gives <c>ok</c>, <c>ffmpegOk</c>, <c>ytDlpOk</c>,
    /// <c>database</c>, <c>checks</c> and <c>ts</c> (runbook: 1.4). All of it is safe to publish.
    /// </summary>
    /// <param name="endpoints">The host's endpoints.</param>
    /// <param name="configure">Changes the options after the configuration section <c>Cliply:Diagnostics:Probes</c>.</param>
    /// <returns>The conventions of all three; where the host has a fallback policy, <c>AllowAnonymous()</c> lets an orchestrator in.</returns>
    /// <exception cref="InvalidOperationException">The diagnostics were not added.</exception>
    /// <exception cref="OptionsValidationException">An option is out of range or contradicts another one.</exception>
    public static IEndpointConventionBuilder MapCliplyProbes(this IEndpointRouteBuilder endpoints, Action<ProbeOptions>? configure = null)
    {
        var diagnostics = AddedServices.Diagnostics(endpoints, nameof(MapCliplyProbes));
        var services = endpoints.ServiceProvider;
        var fleet = services.GetRequiredService<IOptions<CliplyDiagnosticsOptions>>().Value;
        var time = services.GetRequiredService<TimeProvider>();
        var probe = new ReadinessProbe(diagnostics, ReadOptions(services, fleet, configure), fleet, time);

        var group = endpoints.MapGroup("");
        group.MapMethods("/livez", Methods, context => ProbeResponse.WantsJson(context.Request)
            ? ProbeResponse.WriteJsonAsync(context, true, writer => writer.WriteString("ts", time.GetUtcNow().UtcDateTime))
            : ProbeResponse.WriteWordAsync(context, true, Alive)).WithDisplayName("Cliply liveness");
        group.MapMethods("/startupz", Methods, context =>
        {
            var hasStarted = probe.HasStarted();
            return ProbeResponse.WantsJson(context.Request)
                ? ProbeResponse.WriteJsonAsync(context, hasStarted, writer => writer.WriteString("ts", time.GetUtcNow().UtcDateTime))
                : ProbeResponse.WriteWordAsync(context, hasStarted, hasStarted ? Started : Starting);
        }).WithDisplayName("Cliply startup");
        group.MapMethods("/readyz", Methods, context =>
        {
            var asking = probe.AskAsync(context.RequestAborted);
            return asking.IsCompletedSuccessfully ? WriteReadinessAsync(context, asking.Result.Readiness, asking.Result.Age) : AwaitReadinessAsync(context, asking);
        }).WithDisplayName("Cliply readiness");
        return group;
    }

    private static async Task AwaitReadinessAsync(HttpContext context, ValueTask<(Readiness Readiness, TimeSpan Age)> asking)
    {
        var (readiness, age) = await asking.ConfigureAwait(false);
        await WriteReadinessAsync(context, readiness, age).ConfigureAwait(false);
    }

    private static Task WriteReadinessAsync(HttpContext context, Readiness readiness, TimeSpan age)
    {
        if (ProbeResponse.WantsJson(context.Request))
        {
            return ProbeResponse.WriteJsonAsync(context, readiness.IsReady, writer => ProbeResponse.WriteProperties(writer, readiness, age));
        }

        return ProbeResponse.IsVerbose(context.Request)
            ? ProbeResponse.WriteWordAsync(context, readiness.IsReady, ProbeResponse.Lines(readiness.IsReady ? "ready" : "unready", readiness, age))
            : ProbeResponse.WriteWordAsync(context, readiness.IsReady, readiness.IsReady ? Ready : Unready);
    }

    private static ProbeOptions ReadOptions(IServiceProvider services, CliplyDiagnosticsOptions fleet, Action<ProbeOptions>? configure)
    {
        var options = new ProbeOptions();
        if (services.GetService<IConfiguration>()?.GetSection(ProbeOptions.SectionName) is { } section)
        {
            // The binder adds to lists; a configured list is meant to replace the default.
            if (section.GetSection(nameof(ProbeOptions.UnreadyDiagnoses)).Exists())
            {
                options.UnreadyDiagnoses = [];
            }

            section.Bind(options);
        }

        configure?.Invoke(options);
        IValidateOptions<ProbeOptions>[] validators = [new ProbeOptionsValidator(), new ProbeOptionsRules(fleet, services.GetServices<IScenario>())];
        var failures = validators.SelectMany(v => v.Validate(null, options).Failures ?? []).ToList();
        return failures.Count == 0 ? options : throw new OptionsValidationException(Options.DefaultName, typeof(ProbeOptions), failures);
    }
}
