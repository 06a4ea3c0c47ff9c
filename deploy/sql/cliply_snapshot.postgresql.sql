-- The table through which hosts share what they have collected of the fleet, for ShareSnapshots of Cliply.Diagnostics.
-- Run it once as the owner of the job store's schema; running it again changes nothing.
-- Until it is there, every host collects for itself.

-- Unlogged: what it holds serves for seconds, and after a crash the next collection fills it again. Room in the page
-- keeps a change of the row from touching the index.
create unlogged table if not exists "public"."cliply_snapshot" (
  scope text primary key,
  leased_by text not null,
  leased_until timestamptz not null,
  collected_at timestamptz,
  collected_by text,
  evidence bytea check (octet_length(evidence) <= 1048576)
) with (fillfactor = 50);

comment on table "public"."cliply_snapshot" is 'What was last collected of the fleet, one row for each job table and settings. Rows that nobody uses any more go after a day.';
comment on column "public"."cliply_snapshot".scope is 'The job table, and a hash of the settings that hosts must have in common';
comment on column "public"."cliply_snapshot".leased_by is 'The host that collects, or has collected last';
comment on column "public"."cliply_snapshot".leased_until is 'Until when the others wait for it, by the database''s clock';
comment on column "public"."cliply_snapshot".collected_at is 'When the evidence was collected, by the database''s clock';
comment on column "public"."cliply_snapshot".evidence is 'JSON in UTF-8, without secrets';

-- Keeps the table from roles that were granted everything in the schema, such as those of a web API: whoever may write to
-- it can make the fleet look healthy. The table's owner and roles with BYPASSRLS (Supabase: postgres, service_role) are
-- not affected. Every other role needs its grant and its policy below.
alter table "public"."cliply_snapshot" enable row level security;

-- Hosts with a role of their own:
-- grant usage on schema "public" to monitoring_role;
-- grant select, insert, update, delete on "public"."cliply_snapshot" to monitoring_role;
-- create policy cliply_snapshot_share on "public"."cliply_snapshot" to monitoring_role using (true) with check (true);
