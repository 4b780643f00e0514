#!/usr/bin/env bash
# Builds, tries and tests Leastwise: `./build.sh help` lists what it can do.
# It never waits for ever on a download: it gives up and says what to install.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")"

export CARGO_HTTP_TIMEOUT=30 CARGO_NET_RETRY=2 CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-auto}
unset CARGO_TARGET_DIR # one folder a toolchain: target/ here, target/wasm-* for Wasm, target/bind for the binder

USAGE="\
./build.sh                     the extension: dist/chromium and dist/firefox (load them unpacked), and what each store takes
./build.sh demo                a browser with the extension on a Setup page of a stand-in org
./build.sh cli                 the command line: target/cli/leastwise
./build.sh test [PART]…        every check and test, or the named parts (wasm-tests, firefox, …); ends with one line, N passed, N failed
./build.sh org [--help] …      the stand-in org alone, on loopback, until it is ended
./build.sh strangers [NAME]…   clients that others wrote, unchanged, against the stand-in org (the quick ones a part of the
                               tests; strangers all runs those too that take minutes)
./build.sh bench               each number that has a goal, with its goal; the sizes of what is shipped
./build.sh explore [SEED]…     the tests that draw random cases, with other seeds than the tests' own: the named, or a new one
./build.sh shots               pictures: what stores show (docs/store) and docs/panel.png; every surface, in out/shots
./build.sh release             what is published, in dist/release, built by the pinned toolchain: the same bytes wherever it is run
./build.sh deny                licences and sources by cargo-deny, and advisories (needs the network): before each release
./build.sh docs                writes docs/rules.md anew from the rules, and the scripts' types from the messages
./build.sh new-rule FAMILY ID  a new rule's file, and its line in the list of its family
./build.sh help                this list"

# No function here has the name of a command: `command -v` finds functions first, and would take ours for the program.
# So programs are looked for with `type -P`, which looks at files alone.

inform() { echo "build: $*" >&2; }
give_up() { inform "$*"; exit 1; }

# --- what is lacking ------------------------------------------------------------------------------------------------

install_debian() { # the named packages, unless they are there
  local lacking=() name sudo=
  for name in "$@"; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || lacking+=("$name")
  done
  [ ${#lacking[@]} = 0 ] && return
  [ "$(id -u)" = 0 ] || sudo=sudo
  inform "installing ${lacking[*]} …"
  # Somebody else may be installing: dpkg has one lock.
  local patience=(-o DPkg::Lock::Timeout=300 -o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30 -o Acquire::Retries=1 -qq)
  # The lists of packages are fetched once an hour, not once a package.
  local fetched=target/.apt-lists
  if [ -z "$(find $fetched -mmin -60 2>/dev/null)" ]; then
    if timeout 120 $sudo apt-get update "${patience[@]}" >&2; then mkdir -p target && touch $fetched
    else inform "apt-get update failed; trying with the lists at hand"; fi
  fi
  local log=target/.apt-log
  mkdir -p target
  DEBIAN_FRONTEND=noninteractive timeout 600 $sudo apt-get install -y --no-install-recommends "${patience[@]}" \
    "${lacking[@]}" >$log 2>&1 || { tail -n 20 $log >&2 && return 1; }
}

need_command() { # a command, by Debian packages when it is not there
  local command=$1
  shift
  type -P "$command" >/dev/null && return
  [ -e /etc/debian_version ] && install_debian "$@" && type -P "$command" >/dev/null && return
  give_up "no $command. Install it (${NEED_HINT:-Debian: apt-get install $*}), then run this again."
}

need_rust() {
  NEED_HINT="https://rustup.rs, version 1.95 or newer" need_command cargo cargo-web rustc-web
  need_command cc gcc libc6-dev
}

need_lints() { # rustup's smallest profile has neither of them
  need_rust
  cargo fmt --version >/dev/null 2>&1 && cargo clippy --version >/dev/null 2>&1 && return
  if type -P rustup >/dev/null; then
    inform "adding rustfmt and clippy with rustup (at most 90 s) …"
    timeout -k 5 90 rustup component add rustfmt clippy >&2 && return
  elif [ -e /etc/debian_version ]; then
    install_debian rustfmt-web rust-clippy-web && return
  fi
  give_up "no cargo fmt or cargo clippy. Install them (rustup component add rustfmt clippy), then run this again."
}

need_node() {
  need_command node nodejs
  need_command npm npm
}

need_node_packages() {
  need_node
  [ node_modules/.package-lock.json -nt package-lock.json ] && return
  inform "installing the build's npm packages …"
  timeout 300 npm ci --no-audit --no-fund --loglevel=error --fetch-timeout=30000 --fetch-retries=1 >&2 ||
    give_up "npm ci failed. With a network: npm ci"
  touch node_modules/.package-lock.json
}

need_chromium() { # not branded Chrome: that one no longer loads an extension from its command line
  CHROMIUM=${CHROMIUM:-$(type -P chromium || type -P chromium-browser || true)}
  [ -n "$CHROMIUM" ] || { NEED_HINT="or set CHROMIUM to its path" need_command chromium chromium && CHROMIUM=$(type -P chromium); }
  export CHROMIUM
}

need_firefox() {
  FIREFOX=${FIREFOX:-$(type -P firefox-esr || type -P firefox || true)}
  [ -n "$FIREFOX" ] || { NEED_HINT="or set FIREFOX to its path" need_command firefox-esr firefox-esr && FIREFOX=$(type -P firefox-esr); }
  export FIREFOX
}

need_venv() { # Debian's Python comes without what makes a venv
  python3 -c 'import venv, ensurepip' 2>/dev/null && return
  [ -e /etc/debian_version ] && install_debian python3 python3-venv
  python3 -c 'import venv, ensurepip' ||
    give_up "no python3 with venv, which the clients in Python need. Install it (Debian: apt-get install python3 python3-venv), then run this again."
}

# --- what is built --------------------------------------------------------------------------------------------------

export LEASTWISE_BIND=$PWD/target/bind/debug/leastwise-bind

build_binder() {
  [ -e "$LEASTWISE_BIND" ] || inform "building the binder (wasm-bindgen's library: 20 s, once) …"
  CARGO_TARGET_DIR=target/bind cargo build --quiet --locked --manifest-path extension/bind/Cargo.toml
}

cargo_wasm() { # cargo_wasm COMMAND [ARGUMENT]…: cargo with a wasm32 standard library
  (
    local command=$1
    shift
    . scripts/wasm-env.sh "$command"
    "$WCARGO" "$command" --locked "${WASM_FLAGS[@]}" "$@" >&2
    echo "$CARGO_TARGET_DIR"
  )
}

build_extension() {
  need_rust
  need_node_packages
  build_binder
  compgen -G "target/wasm-*/wasm32-unknown-unknown/release/leastwise_extension.wasm" >/dev/null ||
    inform "compiling to Wasm (about a minute, once: the standard library may be built too) …"
  local folder made zip=dist/leastwise-chromium.zip worker=target/wasm/leastwise.wasm review=target/wasm/review.wasm
  # Two programs of one crate: what the worker starts with has nothing in it that only the review's page needs.
  mkdir -p target/wasm
  folder=$(cargo_wasm build --release --quiet -p leastwise-extension)
  made=$folder/wasm32-unknown-unknown/release/leastwise_extension.wasm
  cmp -s "$made" $worker || cp "$made" $worker
  cargo_wasm build --release --quiet -p leastwise-extension --features review >/dev/null
  cmp -s "$made" $review || cp "$made" $review
  local inputs=($worker $review "$LEASTWISE_BIND" scripts/{pack,manifest,crates,third-party,zip}.mjs Cargo.lock package-lock.json tsconfig.json manifest.json Cargo.toml LICENSE
    extension/web extension/icons extension/policy.json)
  if [ -e $zip ] && [ -e dist/chromium/manifest.json ] && [ -e dist/firefox/manifest.json ] && [ -z "$(find "${inputs[@]}" -newer $zip -print -quit)" ]; then
    inform "dist/chromium and dist/firefox are up to date"
    return
  fi
  inform "packing …"
  mkdir -p dist
  "$LEASTWISE_BIND" web $worker target/bound
  "$LEASTWISE_BIND" web $review target/bound/review
  node scripts/pack.mjs extension target/bound dist
  inform "dist/chromium (chrome://extensions, Developer mode, Load unpacked), dist/firefox, and a file for each store"
}

# The org as the tests have it, so that it is compiled once for all of them; the figures of `bench` ask for a faster one.
export LEASTWISE_ORG=$PWD/target/debug/leastwise-org

build_org() {
  need_rust
  [ -e "$LEASTWISE_ORG" ] || inform "building the stand-in org (about a minute, once) …"
  cargo build --quiet --locked --profile "${ORG_PROFILE:-dev}" -p leastwise-org
}

build_cli() { # the command line, as people install it
  cargo build --quiet --locked --profile cli -p leastwise-cli
  inform "target/cli/leastwise ($(stat -c %s target/cli/leastwise) bytes)"
}

# What `check` takes on the collection of real metadata, six times over, beside a bare scan of the same files by its parser: the least
# of five runs each, in seconds of CPU.
bench_check() {
  [ -d ../shared/corpus ] || { inform "../shared is not there: check is not measured" && return; }
  local folder=target/bench-check n scan check least='{ t = $1 + $2; if (least == "" || t < least) least = t } END { print least }'
  rm -rf $folder && mkdir -p $folder
  for n in 1 2 3 4 5 6; do cp -r ../shared/corpus $folder/$n; done
  build_cli
  cargo build --quiet --locked --profile cli -p leastwise-core --example scan
  least_cpu() { local TIMEFORMAT='%U %S'; for n in 1 2 3 4 5; do { time "$@" >/dev/null 2>&1 || true; } 2>&1; done | awk "$least"; }
  scan=$(least_cpu target/cli/examples/scan $folder)
  check=$(least_cpu target/cli/leastwise check $folder --format json --threads 1)
  awk -v scan="$scan" -v check="$check" -v files="$(target/cli/examples/scan $folder)" \
    'BEGIN { printf "check of %s: %.2f CPU s; a bare roxmltree scan: %.2f; ratio %.2f (goal: at most 2.0)\n", files, check, scan, check / scan }'
  echo "leastwise, from its start to its first byte: $(node scripts/first-byte.mjs target/cli/leastwise rules) ms (goal: at most 20)"
}

# The core as it was before the ordinary stack, with today's program that measures: what a figure "against f28a3a2" is
# relative to. A clone without that history goes without the figure.
build_before() {
  local before=f28a3a2 folder=target/before
  [ -e $folder/Cargo.toml ] || git worktree add --quiet --force --detach $folder $before 2>/dev/null ||
    { inform "the history has no $before: nothing is compared with it" && return; }
  sed -e 's/collect::Collector/gather::Gather/; s/\bCollector::/Gather::/; s/leastwise_core::salesforce::http/leastwise_core::request/' \
    -e 's/leastwise_core::salesforce::setup_url/leastwise_core::page/; s/leastwise_core::salesforce::time/leastwise_core::time/' \
    core/examples/growth.rs >$folder/core/examples/growth.rs
}

run_journeys() { # a script of tests/browser, with what it needs built and named in the environment
  local script=tests/browser/$1 org package=dist/chromium
  [ "$1" = firefox.mjs ] && package=dist/leastwise-firefox.xpi
  shift
  [ -e "$script" ] || give_up "$script is not there"
  need_rust
  # Side by side: each ends with a long step that keeps one core.
  build_org &
  org=$!
  build_extension
  [[ $script == *firefox.mjs ]] || need_chromium
  wait $org
  LEASTWISE_EXTENSION=$PWD/$package node "$script" "$@"
}

run_strangers() { # clients that others wrote, by the names of their folders in tests/strangers; the quick ones when none is named
  build_org
  need_node
  need_venv
  node tests/strangers/run.mjs "$@"
}

# Tests that draw cases are called `drawn_…` and always draw the same; here they draw others.
explore_cases() {
  local seed
  [ $# -gt 0 ] || set -- "$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')"
  for seed in "$@"; do
    [[ $seed =~ ^[0-9]+$ ]] || give_up "a seed is a number, and $seed is none"
    inform "drawing from seed $seed (the same again: ./build.sh explore $seed) …"
    LEASTWISE_RANDOM=$seed cargo test --locked --no-fail-fast --workspace drawn_
    LEASTWISE_SCHEDULES=$seed run_journeys run.mjs --only schedules
  done
}

# --- what is asked --------------------------------------------------------------------------------------------------

case "${1:-build}" in
  build) build_extension ;;
  demo) shift && run_journeys demo.mjs "$@" ;;
  cli) need_rust && build_cli ;;
  test) shift && . scripts/test.sh ;;
  org) shift && build_org && exec "$LEASTWISE_ORG" "$@" ;;
  strangers) shift && run_strangers "$@" ;;
  release) . scripts/release.sh && release ;;
  shots)
    run_journeys store.mjs
    run_journeys shots.mjs
    ;;
  explore) shift && need_rust && explore_cases "$@" ;;
  bench)
    build_extension
    node scripts/pack.mjs sizes dist/chromium
    cargo run --quiet --locked --profile org -p leastwise-org --example bench
    # Rows against describes, operations and relations against what is published: the laws of the stand-in org.
    cargo test --quiet --locked -p leastwise-org --test laws -- --nocapture |
      sed -n 's/^[.]*\(non-nillable fields that are null\|operations of the contracts without an answer\|relations of published describes not understood\): .*/org, & (goal: 0)/p'
    bench_check
    # Calls, bytes and rounds of a review: the test fails above 20 calls at 10,000 users, and 39 at 100,000.
    cargo test --quiet --locked --profile org -p leastwise-org --features large --test review -- --nocapture calls_ |
      sed -n 's/^\([0-9]*,[0-9]*,[0-9]*,[0-9]*\): /review of an org of \1 (users, profiles, sets, integrations): /p'
    build_before
    ORG_PROFILE=org LEASTWISE_ORG=$PWD/target/org/leastwise-org run_journeys bench.mjs
    # Each trouble at each request of each fix: the test fails unless every case has one of the three ends.
    cargo test --quiet --locked -p leastwise-org --test fixes a_fault_at_any -- --nocapture |
      sed -n 's/^\([0-9]* tried\), .*/faults × steps × fixes: \1, none lost (goal: none lost)/p'
    ;;
  deny)
    need_rust
    PATH=$PWD/target/tools/bin:$PATH
    if ! type -P cargo-deny >/dev/null; then
      inform "building cargo-deny (some minutes, once) …"
      timeout 900 cargo install --quiet --debug --locked --root target/tools cargo-deny@0.20.2
    fi
    cargo deny --log-level warn check bans licenses sources
    cargo deny --log-level warn check advisories
    ;;
  docs)
    need_rust
    UPDATE=1 cargo test --quiet --locked -p leastwise-core --lib fresh
    inform "docs/rules.md, docs/leastwise-review.schema.json and extension/web/protocol.ts are written"
    ;;
  new-rule) . scripts/new-rule.sh "${2:?which family, which id? for example: ./build.sh new-rule identity shared-profile}" "${3:?which id? for example: ./build.sh new-rule identity shared-profile}" ;;
  help | --help | -h) echo "$USAGE" ;;
  *) echo "$USAGE" >&2 && exit 2 ;;
esac
