// Zips with the same bytes for the same files: sorted, and with no time of their own.

import fs from "node:fs";
import { zipSync } from "fflate";

/**
 * Writes a zip of files by their path in it; of those in `programs` it says that they may be run.
 * @param {string} to
 * @param {Record<string, Uint8Array>} files
 * @param {Set<string>} [programs]
 */
export function writeZip(to, files, programs = new Set()) {
  const names = Object.keys(files).sort();
  // 1980 is the first year that a zip can write. 3 is Unix, whose modes stand in the upper half of the attributes.
  const entries = names.map((name) => {
    const attrs = (programs.has(name) ? 0o100755 : 0o100644) << 16;
    return /** @type {const} */ ([name, [files[name] ?? new Uint8Array(), { os: 3, attrs: attrs >>> 0 }]]);
  });
  fs.writeFileSync(
    to,
    zipSync(/** @type {import("fflate").Zippable} */ (Object.fromEntries(entries)), { level: 9, mtime: new Date(1980, 0, 1) }),
  );
}
