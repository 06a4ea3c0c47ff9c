#!/usr/bin/env bash
# Measures the health checks beside AspNetCore.HealthChecks.NpgSql on a PostgreSQL 15 of its own with 10,000 jobs.
set -euo pipefail
cd "$(dirname "$0")/../.."
source benchmarks/postgres.sh
start_postgres
psql -q -h 127.0.0.1 -p "$port" -U postgres <<'SQL'
create table jobs (id bigserial primary key, kind text, state text, locked_by text, heartbeat_at timestamptz, run_at timestamptz default now(), updated_at timestamptz default now());
insert into jobs (kind, state) select 'TRANSCRIBE', case when i % 100 = 0 then 'queued' else 'done' end from generate_series(1, 10000) i;
create index on jobs (state, kind, run_at) where state in ('queued', 'pending', 'running', 'processing', 'failed', 'error', 'dead_letter');
SQL
CLIPLY_BENCHMARK_DATABASE="Host=127.0.0.1;Port=$port;Username=postgres;Database=postgres" \
  dotnet run -c Release --project benchmarks/Cliply.Diagnostics.Benchmarks -- --filter '*HealthCheck*' --job short
