namespace Cliply.Diagnostics.Scenarios;

/// <summary>The codes of causes. Those that are a log pattern found in jobs or logs have the pattern's code.</summary>
internal static class CauseCodes
{
    public const string MissingEnvironment = "missing-environment";
    public const string InvalidEnvironment = "invalid-environment";
    public const string MissingBinary = "missing-binary";
    public const string NotInPath = "not-in-path";
    public const string NotInstalled = "not-installed";
    public const string NotExecutable = "not-executable";
    public const string BrokenBinary = "broken-binary";
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
    public const string MissingFunction = "missing-function";
    public const string InfiniteLoop = "infinite-loop";
    public const string ResourceExhaustion = "resource-exhaustion";
    public const string NetworkPartition = "network-partition";
    public const string HungProcess = "hung-process";
    public const string ClaimQueryEmpty = "claim-query-empty";
    public const string StartupFailure = "startup-failure";
    public const string ScaledToZero = "scaled-to-zero";
    public const string NotDeployed = "not-deployed";
    public const string AllCrashed = "all-crashed";
    public const string InstanceCrashed = "instance-crashed";
    public const string OutOfMemory = "out-of-memory";
    public const string NativeCrash = "native-crash";
    public const string UncaughtException = "uncaught-exception";
    public const string InvalidPayload = "invalid-payload";
    public const string Memory = "memory";
    public const string Cpu = "cpu";
    public const string IoWait = "io-wait";
    public const string InsufficientCapacity = "insufficient-capacity";
}
