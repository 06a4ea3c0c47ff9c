#!/usr/bin/env bash
# Packs the tool into a folder (default: artifacts): native for linux-x64 where that can be compiled (clang and
# zlib1g-dev), portable for every other system, and the package that dotnet tool install picks one of them by.
set -euo pipefail
cd "$(dirname "$0")"
folder=${1:-artifacts}
tool=src/Cliply.Diagnostics.Cli
native=()
if [ "$(uname -sm)" = "Linux x86_64" ] && command -v clang >/dev/null; then
  dotnet pack $tool -c Release -nologo -v quiet -r linux-x64 -o "$folder"
else
  # A package that points to one which is not there can't be installed.
  native=(-p:ToolPackageRuntimeIdentifiers=any)
fi
dotnet pack $tool -c Release -nologo -v quiet -r any -p:PublishAot=false "${native[@]}" -o "$folder"
dotnet pack $tool -c Release -nologo -v quiet "${native[@]}" -o "$folder"
ls "$folder"
