using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.Reports;
using Cliply.Diagnostics.Scenarios;

namespace Cliply.Diagnostics.Runbook.Entries;

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
        Explains =
        [
            (DiagnosisCodes.NoWorkersRunning, "unless the workers are scaled to zero or not deployed at all"),
            (DiagnosisCodes.WorkersStuck, null),
            (DiagnosisCodes.WorkersNotClaiming, null),
            (DiagnosisCodes.WorkersCrashLooping, null),
            (DiagnosisCodes.JobsFailing, null),
        ],
    };

    private static DiagnosisEntry.CauseEntry By(DatabaseStatus status, string when) =>
        new(DatabaseUnavailableScenario.CauseOf(status).Code, _ => when, null, _ => ExampleFleet.Idle.Database(status));
}
