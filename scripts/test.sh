# `./build.sh test`: every check and test, each a part with its own log; the last line counts them all.
# Sourced by build.sh. It never passes for what did not run: a part without a count is a failure.

LOGS=target/test-logs
rm -rf $LOGS && mkdir -p $LOGS
PASSED=0 FAILED=0
ONLY=("$@") # the names of parts, or none for all of them
TIMEFORMAT="%U %S" # what a part took of the processor: the clock says little on a machine that is shared

# run_part NAME HOW COMMAND…: HOW is `one` (the command itself is the test) or `counted` (its output says how many).
run_part() {
  local name=$1 how=$2 log passed=0 failed=0 ok=1 start=$SECONDS
  shift 2
  if [ ${#ONLY[@]} != 0 ]; then [[ " ${ONLY[*]} " == *" ${name// /-} "* ]] || return 0; fi
  log=$LOGS/${name// /-}.log
  printf 'test: %-28s ' "$name" >&2
  # Not `("$@") || ok=0`: on the left of `||` bash forgets `set -e`, and half a build would pass.
  set +e
  { time { (set -e; "$@") >"$log" 2>&1; }; } 2>$LOGS/time
  [ $? = 0 ] || ok=0
  set -e
  if [ "$how" = counted ]; then
    # cargo and wasm-bindgen say "test result: … N passed; N failed; N ignored", the journeys "N passed, N failed".
    read -r passed failed < <(sed 's/\x1b\[[0-9;]*m//g' "$log" | awk '
      /^ *test result: / { passed += $4; failed += $6 + $8 }
      /^[0-9]+ passed, [0-9]+ failed$/ { passed += $1; failed += $3 }
      END { print passed + 0, failed + 0 }')
    # Something other than a test went wrong, or nothing ran: that too is a failure.
    if [ $failed = 0 ] && { [ $ok = 0 ] || [ $passed = 0 ]; }; then failed=1; fi
  elif [ $ok = 1 ]; then passed=1; else failed=1; fi
  PASSED=$((PASSED + passed)) FAILED=$((FAILED + failed))
  echo "$passed passed, $failed failed ($((SECONDS - start)) s, of a core $(awk '{ print int($1 + $2) }' $LOGS/time) s)" >&2
  grep -h '^skipped: ' "$log" >&2 || true
  if [ $failed != 0 ]; then
    tail -n 60 "$log" | sed 's/^/  | /' >&2
    echo "  the whole of it: $log" >&2
  fi
}

wasm_tests() {
  build_binder
  export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER="node $PWD/scripts/wasm-tests.mjs"
  cargo_wasm test -p leastwise-extension --lib
}

check_typescript() { # types, style and lints of the extension's scripts and of those that build it; a warning is a failure
  node_modules/.bin/tsc --project .
  node_modules/.bin/tsc --project scripts
  node_modules/.bin/biome check --error-on-warnings .
}

no_function_is_a_command() { # it would stand in the program's way wherever that is called
  local name found=0
  for name in $(compgen -A function); do
    if type -P "$name"; then found=1; fi
  done
  [ $found = 0 ]
}

firefox_journeys() {
  need_firefox
  run_journeys firefox.mjs
}

need_lints
need_node_packages
[ -d ../shared ] || echo "test: ../shared is not there: the tests against the corpus and the describes are skipped" >&2
echo "test: tests that draw cases draw from seed 1 (others: ./build.sh explore)" >&2
run_part "the build script" one no_function_is_a_command
run_part "format" one cargo fmt --all --check
run_part "lints" one cargo clippy --quiet --locked --workspace --all-targets -- -D warnings
run_part "typescript" one check_typescript
run_part "rust tests" counted cargo test --locked --no-fail-fast --workspace
run_part "the extension" one build_extension
run_part "documents" counted node scripts/check-documents.mjs
run_part "package lint" counted node scripts/lint-packages.mjs
run_part "code on every page" one node scripts/pack.mjs sizes dist/chromium
run_part "wasm tests" counted wasm_tests
run_part "licences and sources" one node scripts/licences.mjs Cargo.toml extension/bind/Cargo.toml
run_part "strangers" counted run_strangers
run_part "browser journeys" counted run_journeys run.mjs
run_part "firefox" counted firefox_journeys
[ $((PASSED + FAILED)) != 0 ] || give_up "no part of the tests is called ${ONLY[*]}"
echo "$PASSED passed, $FAILED failed"
[ $FAILED = 0 ]
