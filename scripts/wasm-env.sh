# Finds a way to compile for wasm32 and exports it: WCARGO, WASM_FLAGS and, for Debian's Rust, RUSTC and its linker.
# Source it in a subshell only (it exports RUSTC), with cargo's command as its argument. It never waits on a download for longer than a minute and a half.
#
# WASM_STD=auto (default) | active | rustup | debian
_target=wasm32-unknown-unknown
_refused="$PWD/target/.rustup-refused" # rustup said no once: do not wait for it again (remove the file to try again)

# rustc prints a libdir even when nothing is there, so look for the library itself.
_has_std() {
  local dir
  dir=$("$1" --print target-libdir --target $_target 2>/dev/null) || return 1
  compgen -G "$dir/libstd-*.rlib" >/dev/null
}

_way() {
  case "${WASM_STD:-auto}" in active | rustup | debian) echo "$WASM_STD" && return ;; esac
  if _has_std "${RUSTC:-rustc}"; then echo active
  elif type -P rustup >/dev/null && [ "${RUSTUP_AUTO_INSTALL:-1}" != 0 ] && [ ! -e "$_refused" ]; then echo rustup
  elif [ -e /etc/debian_version ]; then echo debian
  else echo none; fi
}

_give_up() {
  echo "build: no Rust standard library for $_target. Install one of:" >&2
  echo "         rustup target add $_target" >&2
  echo "         apt-get install rustc-web cargo-web rust-web-src lld-19   (Debian, Ubuntu)" >&2
  exit 1
}

WASM_KIND=$(_way)
if [ "$WASM_KIND" = rustup ]; then
  echo "build: adding the wasm32 target with rustup (at most 90 s) …" >&2
  if timeout -k 5 90 rustup target add $_target >&2 && _has_std rustc; then
    WASM_KIND=active
  else
    mkdir -p target && touch "$_refused"
    WASM_KIND=debian
  fi
fi

case "$WASM_KIND" in
  active)
    WCARGO=cargo
    WASM_FLAGS=(--target $_target)
    export CARGO_TARGET_DIR="$PWD/target/wasm-std"
    # No path of this machine in what is shipped.
    export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo --remap-path-prefix=$PWD=leastwise"
    ;;
  debian)
    # Debian's Rust with its source; std is built here, for size. /usr/bin/cargo would take rustup's rustc from PATH,
    # so RUSTC names Debian's; without RUSTC_BOOTSTRAP, -Z is refused; without the linker, rust-lld is looked for.
    [ -e /etc/debian_version ] || _give_up
    install_debian rustc-web cargo-web rust-web-src lld-19 || _give_up
    [ -e /usr/lib/rustlib/src/rust/library/std/Cargo.toml ] || _give_up
    WCARGO=/usr/bin/cargo
    export RUSTC=/usr/bin/rustc RUSTDOC=/usr/bin/rustdoc RUSTC_BOOTSTRAP=1
    export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld-19
    export CARGO_TARGET_DIR="$PWD/target/wasm-deb"
    # No path of this machine in what is shipped.
    export CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS="--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo --remap-path-prefix=$PWD=leastwise"
    WASM_FLAGS=(--target $_target -Zbuild-std=std,panic_abort)
    ;;
  *) _give_up ;;
esac
