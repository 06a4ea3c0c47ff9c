#!/usr/bin/env bash
# Measures one collection of the job table beside the two plain aggregates that it replaces, at 1 and 10 million
# finished rows, on a PostgreSQL 15 of its own. Needs about 8 GB of disk and ten minutes.
# Other sizes: SIZES="100000 1000000" benchmarks/collection-query/run.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
source benchmarks/postgres.sh

dotnet build benchmarks/Cliply.Diagnostics.Benchmarks -c Release -v quiet -nologo
start_postgres $large

{
  echo "# Collecting the job table"
  echo
  echo "$(date -u +%Y-%m-%d), $(nproc) cores, $(awk '/MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo), PostgreSQL $postgres_version. Repeat with \`benchmarks/collection-query/run.sh\`."
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
