#!/usr/bin/env bash
# Measures one collection of the job table beside the two plain aggregates that it replaces, at 1 and 10 million
# finished rows, on a PostgreSQL 15 of its own. Needs about 8 GB of disk and ten minutes.
# Other sizes: SIZES="100000 1000000" benchmarks/collection-query/run.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
programs=/usr/lib/postgresql/15/bin
folder=$(mktemp -d)
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }
[ "$(id -u)" = 0 ] && chown postgres "$folder"
stop() { as_postgres $programs/pg_ctl -D "$folder/data" -m immediate stop >/dev/null 2>&1 || true; rm -rf "$folder"; }
trap stop EXIT

dotnet build benchmarks/Cliply.Diagnostics.Benchmarks -c Release -v quiet -nologo
as_postgres $programs/initdb -D "$folder/data" -A trust -U postgres >/dev/null
as_postgres $programs/pg_ctl -D "$folder/data" -w -l "$folder/log" \
  -o "-p $port -k $folder -c listen_addresses=127.0.0.1 -c fsync=off -c shared_buffers=2GB -c max_wal_size=8GB -c maintenance_work_mem=1GB" start >/dev/null

{
  echo "# Collecting the job table"
  echo
  echo "$(date -u +%Y-%m-%d), $(nproc) cores, $(awk '/MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo), PostgreSQL $($programs/postgres --version | awk '{ print $3 }'). Repeat with \`benchmarks/collection-query/run.sh\`."
  echo
  echo "200,000 jobs wait, 5,000 run under 500 workers, 50,000 are dead letters. The aggregates run as they would without the library: with the indexes that exist."
  echo "Median of 200 collections and of 5 aggregates, all from a client on the same machine."
  echo
  echo "| finished rows | collection, advised index | collection, no index | by kind and state | active workers | aggregates together / collection |"
  echo "| --- | --- | --- | --- | --- | --- |"
} > benchmarks/results/collection-query.md
for finished in ${SIZES:-1000000 10000000}; do
  psql -q -h 127.0.0.1 -p "$port" -U postgres -v ON_ERROR_STOP=1 -v finished="$finished" -f benchmarks/collection-query/load.sql
  dotnet run -c Release --no-build --project benchmarks/Cliply.Diagnostics.Benchmarks -- collection-query "Host=127.0.0.1;Port=$port;Username=postgres;Database=postgres" "$finished" >> benchmarks/results/collection-query.md
done
cat benchmarks/results/collection-query.md
