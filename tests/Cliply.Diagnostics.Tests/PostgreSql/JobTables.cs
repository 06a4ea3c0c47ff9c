namespace Cliply.Diagnostics.Tests.PostgreSql;

/// <summary>Job tables as the migrations make them.</summary>
internal static class JobTables
{
    public const string Current = """
        create table jobs (
          id uuid primary key default gen_random_uuid(), workspace_id uuid, kind text not null, priority int default 5, state text not null default 'queued',
          payload jsonb, result jsonb, attempts int default 0, max_attempts int default 5, last_error text, error jsonb,
          run_at timestamptz default now(), locked_at timestamptz, locked_by text, heartbeat_at timestamptz,
          created_at timestamptz default now(), updated_at timestamptz default now());
        create index jobs_state_run_at on jobs (state, run_at) where state = 'queued';
        create index jobs_dead_letter on jobs (state, updated_at) where state = 'dead_letter';
        """;

    public const string Older = """
        create table jobs (
          id uuid primary key default gen_random_uuid(), type text not null, status text not null default 'pending', payload jsonb,
          attempts int default 0, error jsonb, run_after timestamptz not null default now(), worker_id uuid, last_heartbeat timestamptz,
          created_at timestamptz default now(), updated_at timestamptz default now());
        """;

    public const string Index = """
        create index if not exists "jobs_unfinished" on "public"."jobs" ("state", "kind", "run_at") where "state" in ('queued', 'pending', 'running', 'processing', 'failed', 'error', 'dead_letter');
        """;

    public const string Events = "create table job_events (id bigserial primary key, job_id uuid, stage text not null, data jsonb, created_at timestamptz not null default now());";

    public const string Functions = """
        create function worker_claim_next_job(p_worker_id text) returns setof jobs language sql as 'select * from jobs limit 0';
        create function worker_heartbeat(p_job_id uuid, p_worker_id text) returns void language sql as 'select';
        create function worker_finish(p_job_id uuid, p_worker_id text, p_result jsonb) returns void language sql as 'select';
        create function worker_fail(p_job_id uuid, p_worker_id text, p_error jsonb) returns void language sql as 'select';
        create function worker_recover_stuck_jobs(p_seconds int) returns int language sql as 'select 0';
        """;
}
