using Cliply.Diagnostics.WorkerHeartbeats;

namespace Cliply.Diagnostics.Tests.PostgreSql;

/// <summary>The grants that the script's comments hold for a role, as people copy them.</summary>
internal static class ScriptGrants
{
    public static string For(string role)
    {
        var statements = WorkerHeartbeatSchema.PostgreSql.Split('\n').Where(l => l.StartsWith("-- ", StringComparison.Ordinal) && l.Contains($" to {role}", StringComparison.Ordinal)).Select(l => l[3..]).ToList();
        statements.Should().HaveCount(3);
        return string.Join('\n', statements);
    }
}
