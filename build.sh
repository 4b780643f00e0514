#!/usr/bin/env bash
# Builds, tries and tests Leastwise: `./build.sh help` lists what it can do.
# It never waits for ever on a download: it gives up and says what to install.
set -euo pipefail
shopt -s inherit_errexit
cd "$(dirname "$0")"

export CARGO_HTTP_TIMEOUT=30 CARGO_NET_RETRY=2 CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-auto}
unset CARGO_TARGET_DIR # one folder a toolchain: target/ here, target/wasm-* for Wasm, target/pack for the packing tool

USAGE="\
./build.sh                     the extension: dist/chromium (load it unpacked) and dist/leastwise-chromium.zip
./build.sh demo                a browser with the extension on a Setup page of a stand-in org
./build.sh test                every check and test; ends with one line, N passed, N failed
./build.sh org [--help] …      the stand-in org alone, on loopback, until it is ended
./build.sh strangers [NAME]…   clients that others wrote, unchanged, against the stand-in org (a part of the tests)
./build.sh bench               each number that has a goal, with its goal
./build.sh docs                writes docs/rules.md anew from the rules
./build.sh new-rule ID         a new rule's file, and its line in the list
./build.sh help                this list"

say() { echo "build: $*" >&2; }
die() { say "$*"; exit 1; }

# --- what is lacking ------------------------------------------------------------------------------------------------

debian_packages() { # the named packages, installed when they are not
  local lacking=() name sudo=
  for name in "$@"; do dpkg -s "$name" >/dev/null 2>&1 || lacking+=("$name"); done
  [ ${#lacking[@]} = 0 ] && return
  [ "$(id -u)" = 0 ] || sudo=sudo
  say "installing ${lacking[*]} …"
  local patience=(-o Acquire::http::Timeout=30 -o Acquire::https::Timeout=30 -o Acquire::Retries=1 -qq)
  timeout 120 $sudo apt-get update "${patience[@]}" >&2 || say "apt-get update failed; trying with the lists at hand"
  DEBIAN_FRONTEND=noninteractive timeout 600 $sudo apt-get install -y --no-install-recommends "${patience[@]}" \
    "${lacking[@]}" >/dev/null
}

need() { # a command, by Debian packages when it is not there
  local command=$1
  shift
  command -v "$command" >/dev/null && return
  [ -e /etc/debian_version ] && debian_packages "$@" && command -v "$command" >/dev/null && return
  die "no $command. Install it (${NEED_HINT:-Debian: apt-get install $*}), then run this again."
}

rust() {
  NEED_HINT="https://rustup.rs, version 1.95 or newer" need cargo cargo-web rustc-web rustfmt-web
  need cc gcc libc6-dev
}

node_packages() {
  need node nodejs
  need npm npm
  [ node_modules/.package-lock.json -nt package-lock.json ] && return
  say "installing the build's npm packages …"
  timeout 300 npm ci --no-audit --no-fund --loglevel=error --fetch-timeout=30000 --fetch-retries=1 >&2 ||
    die "npm ci failed. With a network: npm ci"
  touch node_modules/.package-lock.json
}

browser() { # Chromium, not branded Chrome: that one no longer loads an extension from its command line
  CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || true)}
  [ -n "$CHROMIUM" ] || { NEED_HINT="or set CHROMIUM to its path" need chromium chromium && CHROMIUM=$(command -v chromium); }
  export CHROMIUM
}

firefox() {
  FIREFOX=${FIREFOX:-$(command -v firefox-esr || command -v firefox || true)}
  [ -n "$FIREFOX" ] || { NEED_HINT="or set FIREFOX to its path" need firefox-esr firefox-esr && FIREFOX=$(command -v firefox-esr); }
  export FIREFOX
}

# --- what is built --------------------------------------------------------------------------------------------------

PACK=target/pack/debug/leastwise-pack

pack_tool() {
  [ -e $PACK ] || say "building the packing tool (about a minute, once) …"
  CARGO_TARGET_DIR=target/pack cargo build --quiet --locked --manifest-path extension/pack/Cargo.toml
}

wasm() { # wasm COMMAND [ARGUMENT]…: cargo with a wasm32 standard library
  (
    local command=$1
    shift
    . scripts/wasm-env.sh "$command"
    "$WCARGO" "$command" --locked "${WASM_FLAGS[@]}" "$@" >&2
    echo "$CARGO_TARGET_DIR"
  )
}

extension() {
  rust
  node_packages
  pack_tool
  compgen -G "target/wasm-*/wasm32-unknown-unknown/release/leastwise_extension.wasm" >/dev/null ||
    say "compiling to Wasm (about a minute, once: the standard library is built too) …"
  local folder wasm zip=dist/leastwise-chromium.zip
  folder=$(wasm build --release --quiet -p leastwise-extension)
  wasm=$folder/wasm32-unknown-unknown/release/leastwise_extension.wasm
  local inputs=("$wasm" $PACK manifest.json Cargo.toml LICENSE extension/boot extension/pages extension/icons extension/policy.json)
  if [ -e $zip ] && [ -e dist/chromium/manifest.json ] && [ -z "$(find "${inputs[@]}" -newer $zip -print -quit)" ]; then
    say "dist/chromium is up to date"
    return
  fi
  say "packing …"
  mkdir -p dist
  $PACK extension "$wasm" dist/chromium $zip
  say "dist/chromium (chrome://extensions, Developer mode, Load unpacked) and $zip"
}

org_server() {
  rust
  [ -e target/org/leastwise-org ] || say "building the stand-in org (about a minute, once) …"
  cargo build --quiet --locked --profile org -p leastwise-org
}

journeys() { # a script of tests/browser, with what it needs built and named in the environment
  local script=tests/browser/$1
  shift
  [ -e "$script" ] || die "$script is not there"
  extension
  org_server
  browser
  LEASTWISE_EXTENSION=$PWD/dist/chromium LEASTWISE_ORG=$PWD/target/org/leastwise-org node "$script" "$@"
}

strangers() { # clients that others wrote, by the names of their folders in tests/strangers; all when none is named
  org_server
  need node nodejs
  need npm npm
  # Debian's Python comes without what makes a venv.
  if ! python3 -c 'import venv, ensurepip' 2>/dev/null; then
    [ -e /etc/debian_version ] && debian_packages python3 python3-venv
    python3 -c 'import venv, ensurepip' ||
      die "no python3 with venv, which the client simple-salesforce needs. Install it (Debian: apt-get install python3 python3-venv), then run this again."
  fi
  LEASTWISE_ORG=$PWD/target/org/leastwise-org node tests/strangers/run.mjs "$@"
}

# --- what is asked --------------------------------------------------------------------------------------------------

case "${1:-build}" in
  build) extension ;;
  demo) shift && journeys demo.mjs "$@" ;;
  test) . scripts/test.sh ;;
  org) shift && org_server && exec target/org/leastwise-org "$@" ;;
  strangers) shift && strangers "$@" ;;
  bench)
    extension
    $PACK sizes dist/chromium
    cargo run --quiet --locked --profile org -p leastwise-org --example bench
    journeys bench.mjs
    # Each trouble at each request of each fix: the test fails unless every case has one of the three ends.
    cargo test --quiet --locked -p leastwise-org --test fixes a_fault_at_any -- --nocapture |
      sed -n 's/^\([0-9]* tried\), .*/faults × steps × fixes: \1, none lost (goal: none lost)/p'
    ;;
  docs)
    rust
    UPDATE=1 cargo test --quiet --locked -p leastwise-core docs_are_fresh
    say "docs/rules.md is written"
    ;;
  new-rule) . scripts/new-rule.sh "${2:?which id? for example: ./build.sh new-rule shared-profile}" ;;
  help | --help | -h) echo "$USAGE" ;;
  *) echo "$USAGE" >&2 && exit 2 ;;
esac
