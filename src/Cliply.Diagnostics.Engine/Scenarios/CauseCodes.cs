namespace Cliply.Diagnostics.Scenarios;

/// <summary>The codes of causes that more than one rule speaks of.</summary>
internal static class CauseCodes
{
    public const string MissingEnvironment = "missing-environment";
    public const string MissingBinary = "missing-binary";
    public const string DatabaseConnection = "database-connection";
    public const string MissingFunction = "missing-function";
    public const string InfiniteLoop = "infinite-loop";
    public const string StartupFailure = "startup-failure";
    public const string ScaledToZero = "scaled-to-zero";
    public const string NotDeployed = "not-deployed";
    public const string OutOfMemory = "out-of-memory";
    public const string NativeCrash = "native-crash";
    public const string UncaughtException = "uncaught-exception";
}
