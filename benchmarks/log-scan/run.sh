#!/usr/bin/env bash
# Measures the log scanner beside ripgrep and grep on the same 1 GB log in the page cache, one thread each.
# Needs ripgrep (Debian package) and 1 GB of disk. Another size: benchmarks/log-scan/run.sh 100000000
set -euo pipefail
cd "$(dirname "$0")/../.."
bytes=${1:-1000000000}
command -v rg >/dev/null || { echo "This compares with ripgrep. Install it: apt-get install ripgrep" >&2; exit 1; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
dotnet build benchmarks/Cliply.Diagnostics.Benchmarks -c Release -v quiet -nologo >/dev/null
program="dotnet benchmarks/Cliply.Diagnostics.Benchmarks/bin/Release/net10.0/Cliply.Diagnostics.Benchmarks.dll"
log=$folder/worker.log
$program log-write "$log" "$bytes" "$folder/patterns.txt"
cat "$log" > /dev/null

seconds() { local start end; start=$(date +%s.%N); "$@" > "$folder/out"; end=$(date +%s.%N); awk -v s="$start" -v e="$end" 'BEGIN { printf "%.3f\n", e - s }'; }
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

# In turns, so that a change in the machine's load meets all.
for _ in 1 2 3 4 5; do
  seconds rg -j1 -c -i -F -f "$folder/patterns.txt" "$log" >> "$folder/rg"
  seconds grep -c -i -F -f "$folder/patterns.txt" "$log" >> "$folder/grep"
  for detail in counts full; do
    $program log-read "$log" "$detail" > "$folder/read"
    sed -n 1p "$folder/read" >> "$folder/$detail-first"
    sed -n 2p "$folder/read" >> "$folder/$detail"
  done
done

rg=$(median < "$folder/rg")
row() { awk -v n="$1" -v s="$2" -v rg="$rg" -v b="$bytes" 'BEGIN { printf "| %s | %.2f | %.2f | %.2f |\n", n, s, b / s / 1e9, rg / s }'; }
{
  echo "# Reading logs"
  echo
  echo "$(date -u +%Y-%m-%d), $(nproc) cores, $(rg --version | head -n 1). Repeat with \`benchmarks/log-scan/run.sh\`."
  echo
  echo "A log of $bytes bytes in the page cache, the built-in patterns, one thread, medians of 5 runs in turns. One line in five is a healthy worker's, one in a hundred an error;"
  echo "$(rg -j1 -c -i -F -f "$folder/patterns.txt" "$log") of $(wc -l < "$log") lines hold a phrase. \"First\" is the first read of a fresh process, with its compilation; the others have read before, as in a host."
  echo
  echo "| | seconds | GB/s | times ripgrep's speed |"
  echo "| --- | --- | --- | --- |"
  row "grep -c -i -F -f" "$(median < "$folder/grep")"
  row "rg -j1 -c -i -F -f" "$rg"
  row "scanner, counts" "$(median < "$folder/counts")"
  row "scanner, counts, first" "$(median < "$folder/counts-first")"
  row "scanner, everything" "$(median < "$folder/full")"
  row "scanner, everything, first" "$(median < "$folder/full-first")"
} | tee benchmarks/results/log-scan.md
