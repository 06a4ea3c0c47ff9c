-- The table in which workers announce themselves, idle or busy, for Cliply.Diagnostics on PostgreSQL.
-- Run it once as the owner of the job store's schema; running it again changes nothing.
-- Until the first worker has announced itself the diagnostics go on as without the table.

-- Room in the pages keeps a beat from touching the index and lets the page be cleaned on the way.
create table if not exists "public"."cliply_workers" (
  id text primary key,
  host text not null,
  pid integer not null,
  version text,
  kinds text[] not null default '{}',
  running_jobs integer check (running_jobs >= 0),
  beat_at timestamptz not null default now(),
  started_at timestamptz not null default now()
) with (fillfactor = 50);

comment on table "public"."cliply_workers" is 'Workers that announce themselves, one row each. A worker that stops cleanly removes its row; the row of a dead one goes after the retention.';
comment on column "public"."cliply_workers".id is 'The worker''s id, as in locked_by of the job table';
comment on column "public"."cliply_workers".kinds is 'The kinds of the jobs that run now';
comment on column "public"."cliply_workers".running_jobs is 'Jobs that run now; null: the worker does not tell';
comment on column "public"."cliply_workers".beat_at is 'The last sign of life, by the database''s clock';
comment on column "public"."cliply_workers".started_at is 'The first sign of life, likewise';

-- Keeps the table from roles that were granted everything in the schema, such as those of a web API. The table's owner
-- and roles with BYPASSRLS (Supabase: postgres, service_role) are not affected. Every other role needs its grant and its
-- policy below. A role that may see only some rows can't tell how many workers there are; for it the diagnostics count
-- workers by their job locks, as without the table.
alter table "public"."cliply_workers" enable row level security;

-- Workers with a role of their own:
-- grant usage on schema "public" to worker_role;
-- grant select, insert, update, delete on "public"."cliply_workers" to worker_role;
-- create policy cliply_workers_write on "public"."cliply_workers" to worker_role using (true) with check (true);

-- Monitoring that may only read:
-- grant usage on schema "public" to monitoring_role;
-- grant select on "public"."cliply_workers" to monitoring_role;
-- create policy cliply_workers_read on "public"."cliply_workers" for select to monitoring_role using (true);
