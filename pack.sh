#!/usr/bin/env bash
# Packs the libraries and the tool into a folder: artifacts/packages, or the one that is given.
# The tool is three packages: a small one to install, which points to the native one for linux-x64 or to the portable one for
# every other system. The native one is compiled ahead of time, which takes some minutes, and needs clang and zlib1g-dev.
set -euo pipefail
cd "$(dirname "$0")"
folder=${1:-artifacts/packages}
tool=src/Cliply.Diagnostics.Cli
mkdir -p "$folder"
rm -f "$folder"/Cliply.Diagnostics*.nupkg "$folder"/Cliply.Diagnostics*.snupkg
rm -rf "$tool"/bin/Release/net10.0/{any,linux-x64}/publish
# Entries in the packages carry the time of the commit, so that packing the same commit again gives the same bytes.
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 1767225600)}
export SOURCE_DATE_EPOCH
dotnet pack Cliply.Diagnostics.sln -c Release -o "$folder" -v quiet -nologo
dotnet pack "$tool" -c Release -r any -p:PublishAot=false -o "$folder" -v quiet -nologo
dotnet pack "$tool" -c Release -r linux-x64 -o "$folder" -v quiet -nologo
