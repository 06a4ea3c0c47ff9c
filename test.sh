#!/usr/bin/env bash
# Installs what the tests need (Debian packages, when missing), builds, packs, runs every test,
# and ends with "N passed, N failed" alone on a line.
set -uo pipefail
cd "$(dirname "$0")"

packages=(postgresql pgbouncer ffmpeg yt-dlp podman runc busybox-static prometheus chromium clang zlib1g-dev)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
  sudo=""
  [ "$(id -u)" = 0 ] || sudo="sudo"
  echo "Installing ${missing[*]}"
  { $sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; } || {
    echo "Could not install ${missing[*]}. Install them and run ./test.sh again." >&2
    exit 1
  }
fi

dotnet build Cliply.Diagnostics.sln -c Release -nologo -v quiet || exit 1

# The tool's tests run the tool as users get it: packed, and installed from its package.
echo "== Packing; compiling the tool takes some minutes"
./pack.sh artifacts/packages || exit 1
rm -rf artifacts/tool
NUGET_PACKAGES=$PWD/artifacts/tool/cache dotnet tool install Cliply.Diagnostics.Cli --tool-path artifacts/tool --source "$PWD/artifacts/packages" || exit 1
export CLIPLY_TOOL=$PWD/artifacts/tool/cliply

passed=0
failed=0
status=0
for project in tests/*/*.csproj; do
  name=$(basename "$project" .csproj)
  echo "== $name"
  log=$(mktemp)
  dotnet run --project "$project" -c Release --no-build -- -noColor 2>&1 | tee "$log"
  [ "${PIPESTATUS[0]}" = 0 ] || status=1
  total=$(sed -nE 's/.* Total: ([0-9]+), .*/\1/p' "$log" | tail -n 1)
  bad=$(sed -nE 's/.* Errors: ([0-9]+), Failed: ([0-9]+), .*/\1 \2/p' "$log" | tail -n 1 | awk '{ print $1 + $2 }')
  rm -f "$log"
  if [ -z "$total" ] || [ "$total" = 0 ]; then
    echo "$name ran no test" >&2
    status=1
    bad=${bad:-1}
    total=${total:-0}
  fi
  failed=$((failed + ${bad:-0}))
  passed=$((passed + total - ${bad:-0}))
done

echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && exit "$status"
exit 1
