using Microsoft.CodeAnalysis;

namespace Cliply.Diagnostics.Analyzers;

/// <summary>Every rule. Each has a page of its id under docs/analyzers.</summary>
internal static class Rules
{
    public static readonly DiagnosticDescriptor LivenessEndpoint = Rule(
        "CLIPLY001",
        "A health check endpoint runs checks that depend on other systems",
        "{0}",
        "Reliability",
        "A liveness probe that fails with the database or with another program restarts every host at once, and none of them helps. Leave the checks that are tagged 'ready' out of liveness endpoints, and say with a predicate what each endpoint runs.");

    public static readonly DiagnosticDescriptor UnusedHealthChecks = Rule(
        "CLIPLY002",
        "The health checks are never asked",
        "Nothing in this program asks for the health checks that AddCliplyHealthChecks adds; map an endpoint (MapCliplyProbes, MapHealthChecks), add a publisher (AddWebhook), ask HealthCheckService or IFleetDiagnostics, or call AddCliplyDiagnostics where the log is enough",
        "Usage",
        "Health checks run when an endpoint, a publisher or the program itself asks for them.");

    public static readonly DiagnosticDescriptor OptionValue = Rule(
        "CLIPLY003",
        "An option is out of range or contradicts another",
        "{0}",
        "Usage",
        "Options are validated when the host starts, which it does not do with these values.");

    public static readonly DiagnosticDescriptor SecretInSource = Rule(
        "CLIPLY004",
        "A secret stands in the source",
        "{0} stands in the source and is passed to '{1}'; read it from the configuration, an environment variable or a secret store instead",
        "Security",
        "Whoever can read the source can use the secret, and taking it out later does not take it out of the history.");

    public static readonly DiagnosticDescriptor ImpureEvaluation = Rule(
        "CLIPLY005",
        "A scenario or log pattern is impure",
        "'{0}' {1}; the same {2} must always give the same answer, so {3}",
        "Reliability",
        "Scenarios and log patterns are asked concurrently, often, and again for snapshots of the past. One that reads anything but what it is given contradicts its own evidence.");

    public static readonly DiagnosticDescriptor ScenarioIdentity = Rule(
        "CLIPLY006",
        "A scenario's code or runbook link can't be used",
        "{0}",
        "Usage",
        "Alerts, silences and runbooks name a diagnosis by its code, and an engineer who reads it wants the page.");

    public static readonly DiagnosticDescriptor BlockingCall = Rule(
        "CLIPLY007",
        "A call blocks on an asynchronous method",
        "'{0}' blocks a thread until '{1}' has ended, which takes as long as the slowest collector; await it",
        "Reliability",
        "A blocked thread pool is itself a reason why probes time out.");

    public static readonly DiagnosticDescriptor ForgottenToken = Rule(
        "CLIPLY008",
        "A cancellation token is at hand and not passed on",
        "'{0}' is not given the token '{1}', and goes on when its caller has given up; pass it",
        "Reliability",
        "A caller that has gone away need not be waited for.");

    private static DiagnosticDescriptor Rule(string id, string title, string message, string category, string description) =>
        new(id, title, message, category, DiagnosticSeverity.Warning, isEnabledByDefault: true, description, $"https://github.com/cliply/Cliply.Diagnostics/blob/main/docs/analyzers/{id}.md");
}
