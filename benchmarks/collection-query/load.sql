-- A job table of realistic width: :finished rows that are done, 50,000 dead letters, 200,000 waiting, 5,000 running.
drop table if exists jobs;
create table jobs (
  id uuid primary key default gen_random_uuid(), workspace_id uuid default gen_random_uuid(), kind text not null, priority int default 5, state text not null,
  payload jsonb, result jsonb, attempts int default 0, max_attempts int default 5, last_error text, error jsonb,
  run_at timestamptz default now(), locked_at timestamptz, locked_by text, heartbeat_at timestamptz, created_at timestamptz default now(), updated_at timestamptz default now());
create or replace function kind_of(i int) returns text language sql immutable as
  $$ select (array['TRANSCRIBE','HIGHLIGHT_DETECT','CLIP_RENDER','THUMBNAIL_GEN','YOUTUBE_DOWNLOAD','PUBLISH_YOUTUBE','PUBLISH_TIKTOK','CLEANUP_STORAGE'])[1 + i % 8] $$;
insert into jobs (kind, state, payload, result, run_at, created_at, updated_at)
  select kind_of(i), 'done', jsonb_build_object('source', md5(i::text), 'n', i, 'options', repeat('x', 100)), jsonb_build_object('out', md5(i::text)),
         now() - interval '40 days', now() - interval '40 days', now() - interval '30 days' from generate_series(1, :finished) i;
insert into jobs (kind, state, payload, run_at, last_error, attempts, updated_at)
  select kind_of(i), 'dead_letter', jsonb_build_object('n', i, 'options', repeat('x', 100)), now() - interval '3 days', 'ffmpeg timed out after 600 s', 5, now() - i * interval '1 minute' from generate_series(1, 50000) i;
insert into jobs (kind, state, payload, run_at)
  select kind_of(i), 'queued', jsonb_build_object('n', i, 'options', repeat('x', 100)), now() - i * interval '0.01 second' from generate_series(1, 200000) i;
insert into jobs (kind, state, payload, run_at, locked_at, locked_by, heartbeat_at)
  select kind_of(i), 'running', jsonb_build_object('n', i, 'options', repeat('x', 100)), now() - interval '1 hour', now() - interval '10 minutes', 'host-' || i % 500 || ':12:1700000000000', now() - i % 4 * interval '1 second' from generate_series(1, 5000) i;
create index jobs_state_run_at on jobs (state, run_at) where state = 'queued';
create index jobs_dead_letter on jobs (state, updated_at) where state = 'dead_letter';
vacuum analyze jobs;
