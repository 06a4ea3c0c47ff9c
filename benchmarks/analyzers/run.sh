#!/usr/bin/env bash
# What the analyzers cost: a web project of 1,000 files is built with and without those of the packed package, in turns, with a
# compiler that runs already (seconds) and with one that starts for each build (seconds of processor time); and the compiler's
# own report of each analyzer's time, beside the SDK's analyzers in the same build.
set -euo pipefail
cd "$(dirname "$0")/../.."
rounds=${1:-15}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for library in Engine "" AspNetCore; do
  dotnet pack "src/Cliply.Diagnostics${library:+.$library}" -c Release -o "$folder/packages" -v quiet -nologo
done
mkdir "$folder/fleet"
python3 benchmarks/analyzers/project.py "$folder/fleet" "$folder/packages" 0.1.0
cd "$folder/fleet"
export NUGET_PACKAGES=$folder/cache
dotnet restore -v quiet
build() { dotnet build --no-restore -t:Rebuild -c Release -nologo -v quiet -p:UseSharedCompilation=true "$@"; }
build >/dev/null
build -p:WithoutCliplyAnalyzers=true >/dev/null
for round in $(seq "$rounds"); do
  for without in false true; do
    start=$(date +%s.%N)
    build -p:WithoutCliplyAnalyzers=$without >/dev/null
    echo "warm-$without $(echo "$(date +%s.%N) - $start" | bc)" >> times
    TIMEFORMAT='%U %S'
    cpu=$({ time dotnet build --no-restore -t:Rebuild -c Release -nologo -v quiet -p:UseSharedCompilation=false -nodeReuse:false -m:1 -p:WithoutCliplyAnalyzers=$without >/dev/null; } 2>&1)
    echo "cold-$without $(echo "$cpu" | awk '{ print $1 + $2 }')" >> times
  done
done
row() { grep "^$2 " times | cut -d' ' -f2 | sort -n | awk -v name="$1" '{ v[NR] = $1 } END { printf "| %s | %.2f | %.2f | %.2f |\n", name, v[1], v[int((NR + 1) / 2)], v[NR] }'; }
echo "| build of 1,000 files, $rounds times each, in turns | shortest, s | median, s | longest, s |"
echo "| --- | ---: | ---: | ---: |"
row "with the analyzers, compiler running" warm-false
row "without" warm-true
row "with the analyzers, compiler started, processor time" cold-false
row "without" cold-true
echo
for report in 1 2 3 4 5; do
  dotnet build --no-restore -t:Rebuild -c Release -nologo -v detailed -p:UseSharedCompilation=true -p:ReportAnalyzer=true > report
  sed -n '/Total analyzer execution time/,/Done executing task "Csc"/p' report | grep -E '^ *[<0-9.]+ .*(Cliply|, Version=)' | sed -E 's/, Version=.*//; s/^ *<?([0-9.]+) +<?[0-9]+ +/\1 /' >> reports
done
echo "| in the compiler's own report of 5 builds, over all threads | median, s |"
echo "| --- | ---: |"
cut -d' ' -f2- reports | sort -u | while read -r name; do
  grep -F " $name" reports | awk -v name="$name" '{ n = $1; $1 = ""; if (substr($0, 2) == name) print n }' | sort -n | awk -v name="$name" '{ v[NR] = $1 } END { printf "| %s | %.3f |\n", name, v[int((NR + 1) / 2)] }'
done | sort -t'|' -k3 -rn
