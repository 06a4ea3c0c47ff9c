-- The table in which workers announce themselves, idle or busy, for Cliply.Diagnostics on SQLite.
-- Run it once; running it again changes nothing.
-- Until the first worker has announced itself the diagnostics go on as without the table.

create table if not exists "cliply_workers" (
  number integer primary key autoincrement, -- remembers that there was a row
  id text not null unique,                  -- as in locked_by of the job table
  host text not null,
  pid integer not null,
  version text,
  kinds text not null default '[]',         -- JSON: the kinds of the jobs that run now
  running_jobs integer check (running_jobs >= 0), -- null: the worker does not tell
  beat_at text not null,                    -- the last sign of life, UTC
  started_at text not null                  -- the first sign of life, UTC
);
