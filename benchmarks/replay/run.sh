#!/usr/bin/env bash
# Measures `cliply replay` as a whole process: the named cases again and again, with full reports.
set -euo pipefail
cd "$(dirname "$0")/../.."
snapshots=${1:-200000}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
dotnet build src/Cliply.Diagnostics.Cli -c Release -v quiet -nologo
python3 - "$snapshots" > "$folder/snapshots.jsonl" <<'P'
import glob, json, sys
cases = [json.dumps(json.load(open(f))["snapshot"], separators=(",", ":")) for f in sorted(glob.glob("tests/Cliply.Diagnostics.Engine.Tests/Cases/*.json"))]
for i in range(int(sys.argv[1])):
    print(cases[i % len(cases)])
P
start=$(date +%s.%N)
dotnet src/Cliply.Diagnostics.Cli/bin/Release/net10.0/cliply.dll replay "$folder/snapshots.jsonl" > "$folder/reports.jsonl"
end=$(date +%s.%N)
[ "$(wc -l < "$folder/reports.jsonl")" = "$snapshots" ]
{
  echo "# Replay"
  echo
  echo "$(date -u +%Y-%m-%d), $(nproc) cores. Repeat with \`benchmarks/replay/run.sh\`."
  echo
  echo "| snapshots | seconds, whole process | snapshots/s | report bytes |"
  echo "| --- | --- | --- | --- |"
  awk -v n="$snapshots" -v s="$start" -v e="$end" -v b="$(stat -c %s "$folder/reports.jsonl")" 'BEGIN { printf "| %d | %.1f | %.0f | %d |\n", n, e - s, n / (e - s), b }'
} | tee benchmarks/results/replay.md
