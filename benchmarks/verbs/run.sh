#!/usr/bin/env bash
# Measures verbs as whole processes, from their start to their end, at 10 million finished rows on a PostgreSQL 15 of its own:
# the native tool, the portable one, and psql beside them. Needs about 8 GB of disk, fifteen minutes, and clang for the
# native tool. Other sizes: SIZES="100000 1000000" benchmarks/verbs/run.sh
set -euo pipefail
cd "$(dirname "$0")/../.."
source benchmarks/postgres.sh

dotnet publish src/Cliply.Diagnostics.Cli -c Release -r linux-x64 -v quiet -nologo -o "$folder/native" >/dev/null
dotnet publish src/Cliply.Diagnostics.Cli -c Release -p:PublishAot=false -v quiet -nologo -o "$folder/portable" >/dev/null
start_postgres $large

{
  echo "# Verbs as whole processes"
  echo
  echo "$(date -u +%Y-%m-%d), $(nproc) cores, $(awk '/MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo), PostgreSQL $postgres_version. Repeat with \`benchmarks/verbs/run.sh\`."
  echo
  echo "200,000 jobs wait, 5,000 run under 500 workers, 50,000 are dead letters; a million events. The indexes are those that exist, the advised one, and one on the events' job."
  echo "Median of 10 runs after one that warms up, from the process's start to its end, from a client on the same machine. The goal is 300 ms. yt-dlp alone takes half a second to tell its version; a bundle reads the dead letters, and is searched once more."
} > benchmarks/results/verbs.md
for finished in ${SIZES:-10000000}; do
  psql -q -h 127.0.0.1 -p "$port" -U postgres -v ON_ERROR_STOP=1 -v finished="$finished" -f benchmarks/collection-query/load.sql
  psql -q -h 127.0.0.1 -p "$port" -U postgres -v ON_ERROR_STOP=1 -f benchmarks/verbs/load.sql
  FOLDER=$folder FINISHED=$finished DATABASE_URL="postgres://postgres@127.0.0.1:$port/postgres" PGPORT=$port python3 benchmarks/verbs/measure.py >> benchmarks/results/verbs.md
done
cat benchmarks/results/verbs.md
