#!/usr/bin/env bash
# Requests per second of the probes beside an empty minimal endpoint and beside AspNetCore.HealthChecks.NpgSql with its UI
# response writer, in one host with a PostgreSQL 15 of its own: 500 connections, in turns. Needs wrk.
set -euo pipefail
cd "$(dirname "$0")/../.."
command -v wrk >/dev/null || { echo "wrk is missing. Install it, as with apt-get install wrk." >&2; exit 1; }
source benchmarks/postgres.sh
start_postgres
psql -q -h 127.0.0.1 -p "$port" -U postgres <<'SQL'
create table jobs (id bigserial primary key, kind text, state text, locked_by text, heartbeat_at timestamptz, run_at timestamptz default now(), updated_at timestamptz default now());
insert into jobs (kind, state) select 'TRANSCRIBE', case when i % 100 = 0 then 'queued' else 'done' end from generate_series(1, 10000) i;
create index on jobs (state, kind, run_at) where state in ('queued', 'pending', 'running', 'processing', 'failed', 'error', 'dead_letter');
SQL
dotnet build benchmarks/Cliply.Diagnostics.Benchmarks -c Release -v quiet -nologo
web=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
dotnet benchmarks/Cliply.Diagnostics.Benchmarks/bin/Release/net10.0/Cliply.Diagnostics.Benchmarks.dll probe-server "$web" "Host=127.0.0.1;Port=$port;Username=postgres;Database=postgres" &
server=$!
trap 'kill $server; wait $server 2>/dev/null || true; stop' EXIT
until curl -sf -o /dev/null "http://127.0.0.1:$web/startupz"; do sleep 0.2; done

seconds=${1:-5}
rounds=${2:-4}
declare -A runs
endpoints=(/empty /livez /readyz "/readyz json" /metrics /checks /peer)
measure() {
  local path=${1% json} accept="*/*"
  [ "$path" = "$1" ] || accept=application/json
  wrk -t 1 -c 500 -d "${2}s" -H "Accept: $accept" --latency "http://127.0.0.1:$web$path" | awk '/Requests\/sec/ { rate = $2 } /99%/ { p99 = $2 } /Non-2xx/ { bad = " (" $NF " not 2xx)" } END { print rate, p99 bad }'
}
for endpoint in "${endpoints[@]}"; do measure "$endpoint" 2 >/dev/null; done
for round in $(seq "$rounds"); do
  for endpoint in "${endpoints[@]}"; do
    runs[$endpoint]+="$(measure "$endpoint" "$seconds")"$'\n'
  done
done
empty=$(printf '%s' "${runs[/empty]}" | sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }')
echo "| endpoint | requests/s, median of $rounds | of the empty endpoint | p99 in that run |"
echo "| --- | ---: | ---: | ---: |"
for endpoint in "${endpoints[@]}"; do
  printf '%s' "${runs[$endpoint]}" | sort -n | awk -v name="$endpoint" -v empty="$empty" '{ v[NR] = $1; rest[NR] = $2 " " $3 " " $4 } END { m = int((NR + 1) / 2); printf "| %s | %.0f | %.0f %% | %s |\n", name, v[m], 100 * v[m] / empty, rest[m] }'
done
