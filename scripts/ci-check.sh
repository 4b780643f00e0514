#!/usr/bin/env bash
# The step of action.yml: runs leastwise as the action's inputs say, writes annotations into the log and SARIF into a file.
# It ends with leastwise's exit code.
set -euo pipefail

program=${LEASTWISE:-$RUNNER_TEMP/leastwise/cli/leastwise}
mapfile -t paths < <(printf '%s\n' "${PATHS:-.}" | sed '/^[[:space:]]*$/d')
options=(--format human,github,sarif --output "$RUNNER_TEMP/leastwise-out")
[ -z "${FAIL_ON:-}" ] || options+=(--fail-on "$FAIL_ON")
[ "${STRICT:-}" != true ] || options+=(--strict)
# A push to a branch has no base: all of it is told.
[ "${CHANGED_ONLY:-}" != true ] || [ -z "${BASE:-}" ] || options+=("--changed-only=origin/$BASE")

rm -rf "$RUNNER_TEMP/leastwise-out"
end=0
"$program" check "${options[@]}" -- "${paths[@]}" || end=$?
if [ -e "$RUNNER_TEMP/leastwise-out/leastwise.sarif" ]; then
  cat "$RUNNER_TEMP/leastwise-out/leastwise.txt" "$RUNNER_TEMP/leastwise-out/leastwise-annotations.txt"
  echo "sarif=$RUNNER_TEMP/leastwise-out/leastwise.sarif" >>"$GITHUB_OUTPUT"
fi
exit "$end"
