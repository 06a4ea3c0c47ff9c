using System.Text.Json.Serialization;
using Cliply.Diagnostics.Json;

namespace Cliply.Diagnostics.Evidence;

/// <summary>Whether the database answers, and if not, why.</summary>
[JsonConverter(typeof(CamelCaseEnumConverter<DatabaseStatus>))]
public enum DatabaseStatus
{
    /// <summary>It answers, and the job store can be read.</summary>
    Ok,

    /// <summary>Nothing listens at its address.</summary>
    Refused,

    /// <summary>Its name can't be resolved.</summary>
    HostNotFound,

    /// <summary>It did not answer in time.</summary>
    Timeout,

    /// <summary>Wrong password, or an unknown role or database.</summary>
    AuthenticationFailed,

    /// <summary>No encrypted connection could be agreed on.</summary>
    TlsFailed,

    /// <summary>The role may not read the job store, or row-level security hides every row.</summary>
    PermissionDenied,

    /// <summary>The job table or one of its columns is not there.</summary>
    SchemaMissing,

    /// <summary>The server or the pooler has no connection left.</summary>
    TooManyConnections,

    /// <summary>It accepts no writes, so that no job can be claimed.</summary>
    ReadOnly,

    /// <summary>It is shutting down, starting up or recovering.</summary>
    ShuttingDown,

    /// <summary>Anything else.</summary>
    Error,
}
