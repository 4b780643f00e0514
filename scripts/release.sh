# `./build.sh release`: what is published, in dist/release, with the SHA-256 of each file. Sourced by build.sh.
# It builds from the source archive that it publishes, in a folder of its own, with the one toolchain of
# scripts/release-toolchain.txt: whoever does the same gets the same bytes.

RELEASE=dist/release

# The packages of the pinned toolchain that are not there in their version.
lacking_toolchain() {
  local package version
  while read -r package version; do
    [ "$(dpkg-query -W -f '${Version}' "$package" 2>/dev/null)" = "$version" ] || echo "$package=$version"
  done < <(grep -v '^#' scripts/release-toolchain.txt)
}

container_engine() {
  local engine
  for engine in podman docker; do
    if type -P $engine >/dev/null && $engine info >/dev/null 2>&1; then echo $engine && return; fi
  done
  return 1
}

build_in() { # a folder with the sources alone, by the pinned toolchain, wherever rustup has another one
  (cd "$1" && env PATH=/usr/bin:/bin WASM_STD=debian ./build.sh)
}

release() {
  local version tree engine lacking
  need_node_packages
  if [ -e .git ] && [ -n "$(git status --porcelain)" ]; then
    git status --short >&2
    give_up "there are changes that are not committed: a release is of what is committed"
  fi
  version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml | head -n 1)
  rm -rf $RELEASE && mkdir -p $RELEASE
  # Another folder each time: a path that gets into a file shows at once.
  tree=$(mktemp -d "${TMPDIR:-/tmp}/leastwise-release-XXXXXX")
  trap "rm -rf '$tree'" EXIT
  node scripts/source.mjs "$RELEASE/leastwise-$version-source.zip" "$tree"
  lacking=$(lacking_toolchain)
  if [ -z "$lacking" ]; then
    build_in "$tree"
  elif engine=$(container_engine); then
    inform "building in a container: $(echo $lacking) is not here …"
    $engine build --tag leastwise-release --file Containerfile .
    $engine run --rm --volume "$tree:/leastwise" leastwise-release bash -c 'env WASM_STD=debian ./build.sh'
  elif [ -e /etc/debian_version ] && install_debian $lacking && [ -z "$(lacking_toolchain)" ]; then
    build_in "$tree"
  else
    give_up "no podman or docker, and not the toolchain that releases are built with: $(echo $lacking)"
  fi
  cp "$tree/dist/leastwise-chromium.zip" "$RELEASE/leastwise-$version-chromium.zip"
  cp "$tree/dist/leastwise-firefox.xpi" "$RELEASE/leastwise-$version-firefox.xpi"
  cp CHANGELOG.md "$RELEASE/"
  node scripts/sbom.mjs "$RELEASE/leastwise-$version.cdx.json"
  (cd $RELEASE && sha256sum -- * >SHA256SUMS && cat SHA256SUMS)
}
