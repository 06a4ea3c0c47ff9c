#!/usr/bin/env bash
# Writes what follows from the code alone: the pages of the documentation, what `cliply explain` shows, and the public API.
# Afterwards, look at the difference: git diff
set -euo pipefail
cd "$(dirname "$0")"
export CLIPLY_ACCEPT=1

accept() {
  local project=Cliply.Diagnostics.$1
  shift
  dotnet build "tests/$project" -c Release -nologo -v quiet
  "tests/$project/bin/Release/net10.0/$project" -noColor "$@"
}

accept Cli.Tests -class '*ExplainTests'
accept Docs.Tests -class '*PageTests' -class '*PagesTests'
accept Packages.Tests -class '*PublicApiTests'
