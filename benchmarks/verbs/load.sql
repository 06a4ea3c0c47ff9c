-- What collection-query/load.sql leaves out: the advised index, and events of each running job among a million others.
create index jobs_unfinished on jobs (state, kind, run_at) where state in ('queued', 'pending', 'running', 'processing', 'failed', 'error', 'dead_letter');
drop table if exists job_events;
create table job_events (id bigserial primary key, job_id uuid, stage text not null, data jsonb, created_at timestamptz not null default now());
insert into job_events (job_id, stage, created_at) select gen_random_uuid(), 'progress', now() - interval '1 day' from generate_series(1, 1000000);
insert into job_events (job_id, stage, created_at) select id, stage, now() - interval '4 minutes' from jobs, unnest(array['enqueued', 'claimed']) stage where state = 'running';
create index job_events_job_id on job_events (job_id, id);
vacuum analyze jobs, job_events;
