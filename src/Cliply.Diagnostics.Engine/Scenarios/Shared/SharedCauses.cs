using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Logs;
using Cliply.Diagnostics.Reports;

namespace Cliply.Diagnostics.Scenarios.Shared;

/// <summary>
/// Causes that several scenarios share. A pattern in the workers' logs counts even where our own check of the same thing
/// is fine, for the worker may see another world; so only a good check together with logs that were read rules a cause out.
/// </summary>
internal static class SharedCauses
{
    public static Cause? MissingEnvironment(FleetFacts facts) => Causes.ConfirmedBy(
        CauseCodes.MissingEnvironment,
        "Environment variables are missing or can't work",
        [.. facts.EnvironmentProblems(), .. facts.Patterns(BuiltInLogPatterns.EnvNotConfigured)],
        ruledOut: facts.Snapshot.Environment.IsKnown && facts.Snapshot.Logs.IsKnown);

    public static Cause? MissingBinary(FleetFacts facts)
    {
        var evidence = facts.Patterns(BuiltInLogPatterns.FfmpegNotFound, BuiltInLogPatterns.YtDlpNotFound);
        if (facts.UnavailableBinary(JobKinds.Ffmpeg) is { } ffmpeg)
        {
            evidence.Insert(0, facts.Binary(ffmpeg));
        }

        return Causes.ConfirmedBy(
            CauseCodes.MissingBinary,
            "A program that jobs call is missing",
            evidence,
            ruledOut: facts.IsListed(JobKinds.Ffmpeg) && facts.Snapshot.Logs.IsKnown);
    }

    public static Cause? DatabaseConnection(FleetFacts facts)
    {
        var evidence = facts.Patterns(BuiltInLogPatterns.DatabaseUnreachable, BuiltInLogPatterns.DatabaseAuthentication, BuiltInLogPatterns.DatabaseTooManyConnections);
        if (facts.Snapshot.Database.Value is { Status: not DatabaseStatus.Ok } database)
        {
            evidence.Insert(0, facts.DatabaseStatus(database));
        }

        return Causes.ConfirmedBy(
            CauseCodes.DatabaseConnection,
            "Workers can't reach or use the database",
            evidence,
            ruledOut: facts.Snapshot.Database.IsKnown && facts.Snapshot.Logs.IsKnown);
    }

    public static Cause? StartupFailure(FleetFacts facts) => Causes.ConfirmedBy(
        CauseCodes.StartupFailure,
        "Instances can't start",
        facts.InstanceLines(static (f, deployment, instance) => f.FailsToStart(instance) ? f.State(deployment, instance) : null),
        ruledOut: facts.Snapshot.Deployments.IsKnown);

    public static Cause? MissingFunction(FleetFacts facts, string function) =>
        facts.Snapshot.Database.Value?.MissingFunctions?.Contains(function) == true
            ? Causes.Confirmed(CauseCodes.MissingFunction, $"The function {function} is not in the database", facts.Line("database.missingFunctions", function, "none", "database"))
            : facts.Snapshot.Database.IsKnown ? null : Causes.Possible(CauseCodes.MissingFunction, $"The function {function} is not in the database");
}
