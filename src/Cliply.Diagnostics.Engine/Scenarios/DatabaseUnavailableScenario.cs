using Cliply.Diagnostics.Classification;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Runbook;
using Cliply.Diagnostics.Scenarios.Shared;

namespace Cliply.Diagnostics.Scenarios;

public static partial class DiagnosisCodes
{
    /// <summary>The database does not answer, or the job store can't be read.</summary>
    public const string DatabaseUnavailable = "database-unavailable";
}

internal static partial class CauseCodes
{
    public const string DatabaseConnection = "database-connection";
    public const string ConnectionRefused = "connection-refused";
    public const string HostNotFound = "host-not-found";
    public const string Timeout = "timeout";
    public const string InvalidCredentials = "invalid-credentials";
    public const string TlsFailure = "tls-failure";
    public const string PermissionDenied = "permission-denied";
    public const string SchemaMissing = "schema-missing";
    public const string TooManyConnections = "too-many-connections";
    public const string ReadOnly = "read-only";
    public const string ShuttingDown = "shutting-down";
    public const string UnexpectedError = "unexpected-error";
}

/// <summary>The database does not answer, or the job store can't be read (runbook: "Cause: Database Connection Refused").</summary>
internal sealed class DatabaseUnavailableScenario : IScenario
{
    /// <summary>The causes that lie between the workers and a database that works.</summary>
    private static readonly string[] OfTheWay =
    [
        CauseCodes.ConnectionRefused, CauseCodes.HostNotFound, CauseCodes.Timeout, CauseCodes.InvalidCredentials, CauseCodes.TlsFailure,
        CauseCodes.TooManyConnections, CauseCodes.UnexpectedError, CauseCodes.DatabaseConnection,
    ];

    public string Code => DiagnosisCodes.DatabaseUnavailable;

    public Diagnosis? Diagnose(FleetFacts facts)
    {
        if (facts.Snapshot.Database.Value is not { Status: not DatabaseStatus.Ok } database)
        {
            return null;
        }

        var (cause, what, quick) = Explain(database.Status);
        string[] causes = [cause, CauseCodes.DatabaseConnection];
        return new Diagnosis
        {
            Code = Code,
            Title = "Database unavailable",
            Severity = Severity.Critical,
            Summary = $"The job store can't be used: {Detail(facts) ?? what}.",
            Evidence = [facts.DatabaseStatus(database)],
            Causes = [Causes.Confirmed(cause, Title(what), facts.DatabaseStatus(database))],
            Impact = "No worker can claim, beat or finish a job, and no new job can be queued: every job kind stands still.",
            NextChecks =
            [
                new("Does the database answer from here?", Commands.TestDatabase) { Decides = causes },
                new("Do the workers reach it from where they run?", Commands.Logs(facts)) { Decides = causes },
            ],
            Remediation =
            [
                new(RemediationHorizon.Quick, quick, Commands.TestDatabase) { Removes = causes },
                new(RemediationHorizon.Medium, "Verify network and firewall rules, the credentials and the pool sizes between workers and database. On Supabase, check that the address is allowed, and use the pooler where only IPv4 is available.", Commands.None) { Removes = OfTheWay },
                new(RemediationHorizon.Medium, "Restart the workers once the database answers, if they do not recover by themselves.", Commands.Restart(facts)) { Removes = causes },
                new(RemediationHorizon.Long, "Let workers retry with back-off instead of failing, and alert on this check.", Commands.None) { Removes = causes },
            ],
            Verification =
            [
                "psql \"$DATABASE_URL\" -c 'SELECT 1;' answers.",
                "The next diagnosis shows the database as ok, and the number of runnable jobs falls.",
            ],
            Runbook = "worker-debugging.md#cause-database-connection-refused",
        };
    }

    public bool Explains(Diagnosis own, Diagnosis other, FleetFacts facts) => other.Code is
        DiagnosisCodes.NoWorkersRunning or DiagnosisCodes.WorkersStuck or DiagnosisCodes.WorkersNotClaiming
        or DiagnosisCodes.WorkersCrashLooping or DiagnosisCodes.JobsFailing;

    /// <summary>The cause of a status, by code and title.</summary>
    internal static (string Code, string Title) CauseOf(DatabaseStatus status)
    {
        var (cause, what, _) = Explain(status);
        return (cause, Title(what));
    }

    private static string Title(string what) => char.ToUpperInvariant(what[0]) + what[1..];

    /// <summary>The collector's own words say which table, column or role it is.</summary>
    private static string? Detail(FleetFacts facts) => (facts.Snapshot.Queue.Unavailable ?? facts.Snapshot.Workers.Unavailable)?.Message?.TrimEnd('.');

    private static (string Cause, string What, string Quick) Explain(DatabaseStatus status) => status switch
    {
        DatabaseStatus.Refused => (CauseCodes.ConnectionRefused, "nothing listens at its address", "Check that the database runs, and that host and port in the connection string are right."),
        DatabaseStatus.HostNotFound => (CauseCodes.HostNotFound, "its host name can't be resolved", "Check the host name in the connection string, and DNS. A host that has only an IPv6 address can't be reached from an IPv4 network: use the pooler's address."),
        DatabaseStatus.Timeout => (CauseCodes.Timeout, "it did not answer in time", "Check the load of the database, and whether a firewall drops packets silently."),
        DatabaseStatus.AuthenticationFailed => (CauseCodes.InvalidCredentials, "it refuses the credentials, or does not know the role or database", "Check user, password and database name in the connection string; after a rotation, deploy the new ones. Repeated failures can lock everyone out for minutes."),
        DatabaseStatus.TlsFailed => (CauseCodes.TlsFailure, "no encrypted connection could be agreed on", "Check the SSL mode in the connection string and the server's certificate."),
        DatabaseStatus.PermissionDenied => (CauseCodes.PermissionDenied, "the role may not read the job store", "Grant the role SELECT on the job table. Where row-level security is on, give it a policy or BYPASSRLS; without one it sees no row."),
        DatabaseStatus.SchemaMissing => (CauseCodes.SchemaMissing, "the job table or one of its columns is not there", "Check that the connection string names the right database, and that its migrations have run."),
        DatabaseStatus.TooManyConnections => (CauseCodes.TooManyConnections, "it has no connection left", "Find who holds the connections (pg_stat_activity), and use the pooler's address."),
        DatabaseStatus.ReadOnly => (CauseCodes.ReadOnly, "it accepts no writes", "Check whether this is a standby, or whether a full disk made the database read-only."),
        DatabaseStatus.ShuttingDown => (CauseCodes.ShuttingDown, "it is shutting down, starting up or recovering", "Wait a minute: this passes. If it does not, look at the server's log."),
        _ => (CauseCodes.UnexpectedError, "it answers with an error that is not known here", "Connect by hand and read the error."),
    };
}

internal static class DatabaseUnavailableEntry
{
    public static DiagnosisEntry Create() => new()
    {
        Topic = new DiagnosisTopic(
            DiagnosisCodes.DatabaseUnavailable,
            null,
            "Database unavailable",
            [Severity.Critical],
            "The database that holds the queue does not answer, or the job table in it can't be read. Workers can do nothing without it, so that it is looked at before anything else; most other diagnoses beside it are its symptoms."),
        Forms = [new(Severity.Critical, _ => "The look at the database did not end well: no connection, no login, no right to read the job table, or no such table.", _ => ExampleFleet.Idle.Database(DatabaseStatus.Refused))],
        Causes =
        [
            By(DatabaseStatus.Refused, "The connection was refused."),
            By(DatabaseStatus.HostNotFound, "The host name in the connection string could not be resolved."),
            By(DatabaseStatus.Timeout, "No answer came within the collector's deadline."),
            By(DatabaseStatus.AuthenticationFailed, "The login failed (SQLSTATE 28P01 or 28000), or the database does not exist (3D000)."),
            By(DatabaseStatus.TlsFailed, "The TLS handshake failed."),
            By(DatabaseStatus.PermissionDenied, "Reading the job table was refused (SQLSTATE 42501), or row-level security hides every row."),
            By(DatabaseStatus.SchemaMissing, "The job table or one of its columns is not there (SQLSTATE 42P01, 42703)."),
            By(DatabaseStatus.TooManyConnections, "The server or the pooler has no connection left (SQLSTATE 53300, EMAXCONN)."),
            By(DatabaseStatus.ReadOnly, "The database accepts no writes (SQLSTATE 25006)."),
            By(DatabaseStatus.ShuttingDown, "The server says that it is shutting down, starting up or recovering (SQLSTATE 57P01 to 57P03)."),
            By(DatabaseStatus.Error, "The database answered with any other error."),
        ],
        CausePages =
        [
            Page(DatabaseStatus.Refused, "The host answers, but no server listens on that port: PostgreSQL or the pooler is down, or the host or port in the connection string is wrong."),
            Page(DatabaseStatus.HostNotFound, "The name of the database's host leads nowhere: a typing error, a DNS fault, or a host that has only an IPv6 address, as direct hosts of Supabase have."),
            Page(DatabaseStatus.Timeout, "The database takes the connection and is silent, or packets are dropped on the way: it is overloaded, blocked, or behind a firewall that says nothing."),
            Page(DatabaseStatus.AuthenticationFailed, "The database is there and does not let anybody in with this user, password and database name: a rotated password that was not deployed, a wrong role, a wrong database."),
            Page(DatabaseStatus.TlsFailed, "The client wants encryption that the server does not offer, or does not trust its certificate."),
            Page(DatabaseStatus.PermissionDenied, "The login works, but the role has no right to read the job table, or row-level security hides every row from it."),
            Page(DatabaseStatus.SchemaMissing, "The login works, and the job table or one of its columns is not there: another database than was meant, or migrations that have not run."),
            Page(DatabaseStatus.TooManyConnections, "All connections of the server or the pooler are taken, often by a leak, by too many workers, or by a client that bypasses the pooler."),
            Page(DatabaseStatus.ReadOnly, "The database can be read and takes no writes: it is a standby, or was made read-only, as by a full disk. No job can be claimed."),
            Page(DatabaseStatus.ShuttingDown, "The server restarts, fails over or recovers after a crash. This passes within minutes; if it does not, the server's log says why."),
            Page(DatabaseStatus.Error, "The database answers with an error that fits none of the known ones."),
            new(
                CauseCodes.DatabaseConnection,
                "Workers can't reach or use the database",
                "From where the workers run, the database can't be reached, does not let them in, or has no connection left. It may well answer from elsewhere.") { Runbook = "worker-debugging.md#cause-database-connection-refused" },
        ],
        Explains =
        [
            (DiagnosisCodes.NoWorkersRunning, "unless the workers are scaled to zero or not deployed at all"),
            (DiagnosisCodes.WorkersStuck, null),
            (DiagnosisCodes.WorkersNotClaiming, null),
            (DiagnosisCodes.WorkersCrashLooping, null),
            (DiagnosisCodes.JobsFailing, null),
        ],
    };

    private static CausePage Page(DatabaseStatus status, string meaning)
    {
        var (code, title) = DatabaseUnavailableScenario.CauseOf(status);
        return new CausePage(code, title, meaning);
    }

    private static DiagnosisEntry.CauseEntry By(DatabaseStatus status, string when) =>
        new(DatabaseUnavailableScenario.CauseOf(status).Code, _ => when, null, _ => ExampleFleet.Idle.Database(status));
}
