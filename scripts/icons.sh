#!/usr/bin/env bash
# Draws the extension's PNG icons from icon.svg with Chromium. Run it after a change to the drawing; the PNGs are kept.
set -euo pipefail
cd "$(dirname "$0")/../extension/icons"
for size in 16 32 48 128; do
  page=$(mktemp --suffix .html)
  echo "<style>*{margin:0}svg{display:block;width:${size}px;height:${size}px}</style>$(cat icon.svg)" >"$page"
  "${CHROMIUM:-chromium}" --headless=new --no-sandbox --disable-gpu --hide-scrollbars --default-background-color=00000000 \
    --window-size=$size,$size --screenshot="$PWD/$size.png" "file://$page" >/dev/null 2>&1
  rm "$page"
done
