using System.Text.Json.Nodes;
using Cliply.Diagnostics.Cli.Output;
using Cliply.Diagnostics.Evidence;
using Cliply.Diagnostics.JobStores;
using Cliply.Diagnostics.PostgreSql;
using Cliply.Diagnostics.WorkerHeartbeats;

namespace Cliply.Diagnostics.Cli.Setup;

/// <summary>The three things that a set-up needs: the configuration section, the lines of C#, the SQL.</summary>
internal static class SetupTexts
{
    /// <summary>The section <c>Cliply:Diagnostics</c>. The connection string is not in it: it is a secret.</summary>
    public static ReadOnlyMemory<byte> Configuration(SetupAnswers answers)
    {
        var section = new JsonObject { ["JobStore"] = new JsonObject { ["Schema"] = answers.Schema, ["Table"] = answers.Table } };
        switch (answers.Platform)
        {
            case WorkerPlatform.Docker:
                section["Docker"] = new JsonObject { ["NamePattern"] = "*worker*" };
                break;
            case WorkerPlatform.Kubernetes:
                section["Kubernetes"] = new JsonObject { ["LabelSelector"] = "app=worker" };
                break;
            case WorkerPlatform.Systemd:
                section["Systemd"] = new JsonObject { ["Units"] = AnswerJson.List(["cliply-worker"]) };
                break;
            case WorkerPlatform.Process:
                section["Processes"] = new JsonObject { ["Name"] = "worker" };
                break;
        }

        return AnswerJson.ToUtf8(new JsonObject { ["Cliply"] = new JsonObject { ["Diagnostics"] = section } });
    }

    public static string Registration(SetupAnswers answers, string file)
    {
        var (package, call) = answers.Platform switch
        {
            WorkerPlatform.Docker => ("Cliply.Diagnostics.Docker", "\n    .AddDocker()"),
            WorkerPlatform.Kubernetes => ("Cliply.Diagnostics.Kubernetes", "\n    .AddKubernetes()"),
            WorkerPlatform.Systemd => (null, "\n    .AddSystemd()"),
            WorkerPlatform.Process => (null, "\n    .AddProcesses()"),
            _ => ((string?)null, ""),
        };
        return $"""
            // dotnet add package Cliply.Diagnostics{(package is null ? "" : $"\n// dotnet add package {package}")}
            builder.Configuration.AddJsonFile("{Path.GetFileName(file)}", optional: true).AddEnvironmentVariables();
            builder.Services.AddCliplyHealthChecks(){call};{(answers.Heartbeat ? "\n\n// In each worker:\nbuilder.Services.AddCliplyWorkerHeartbeat();" : "")}

            """.ReplaceLineEndings("\n");
    }

    /// <summary>Makes a role that can read the job store and nothing else, and the index that makes reading cheap. May run again.</summary>
    /// <param name="answers">The names.</param>
    /// <param name="missingIndexes">Those that the job table lacks; null where no database was looked at.</param>
    public static string Sql(SetupAnswers answers, IReadOnlyList<MissingIndex>? missingIndexes)
    {
        var role = PostgreSql.Sql.Name(answers.Role);
        var schema = PostgreSql.Sql.Name(answers.Schema);
        var jobs = PostgreSql.Sql.Name(answers.Schema, answers.Table);
        var events = PostgreSql.Sql.Name(answers.Schema, "job_events");
        var policy = PostgreSql.Sql.Name($"{answers.Role}_reads"[..Math.Min(63, answers.Role.Length + 6)]);
        var index = missingIndexes switch
        {
            null => JobStoreStatements.AdvisedIndex(Assumed(answers)) + ";",
            [] => "-- Nothing to do: an index leads to unfinished jobs.",
            _ => string.Join("\n", missingIndexes.Select(i => i.Sql + ";")),
        };
        return $"""
            -- Run this as the owner of the job store; running it again changes nothing.

            -- A role that may read the job store and nothing else. Give it a password with: \password {answers.Role}
            do $cliply$ begin
              if not exists (select from pg_roles where rolname = {PostgreSql.Sql.Literal(answers.Role)}) then create role {role} login; end if;
            end $cliply$;
            grant usage on schema {schema} to {role};
            grant select on {jobs} to {role};
            do $cliply$ begin
              if to_regclass({PostgreSql.Sql.Literal(events)}) is not null then execute {PostgreSql.Sql.Literal($"grant select on {events} to {role}")}; end if;
            end $cliply$;

            -- Row-level security, as on Supabase, hides every row from a role without a policy.
            drop policy if exists {policy} on {jobs};
            create policy {policy} on {jobs} for select to {role} using (true);

            -- Reading the queue without a scan of the whole table. Outside a transaction; it locks nobody out.
            {index}
            {(answers.Heartbeat ? Heartbeat(answers, role) : "")}
            """.ReplaceLineEndings("\n").TrimEnd() + "\n";
    }

    private static string Heartbeat(SetupAnswers answers, string role)
    {
        const string WorkersTable = "cliply_workers";
        var workers = PostgreSql.Sql.Name(answers.Schema, WorkersTable);
        return $"""

            -- The table in which workers announce themselves.
            {WorkerHeartbeatSchema.PostgreSqlFor(answers.Schema, WorkersTable).Trim()}
            grant select on {workers} to {role};
            drop policy if exists cliply_workers_read on {workers};
            create policy cliply_workers_read on {workers} for select to {role} using (true);
            """;
    }

    /// <summary>The table as the current migrations make it.</summary>
    private static JobTable Assumed(SetupAnswers answers) => new()
    {
        Schema = answers.Schema,
        Table = answers.Table,
        Columns = new JobColumns { State = "state", Kind = "kind", LockedBy = "locked_by", RunAt = "run_at" },
        States = JobStates.Unfinished.ToHashSet(StringComparer.Ordinal),
    };
}
