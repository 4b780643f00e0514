// Mozilla's linter (what `web-ext lint` and its store run) over what each store takes: no error and no warning.
// Of Chromium's package it is not told what only Firefox wants; whether Chromium takes it, the journeys see.

import { spawnSync } from "node:child_process";

/** What the linter says of a manifest that is not for Firefox, and why that stands. */
const NOT_FOR_CHROMIUM = new Map([
  ["BACKGROUND_SERVICE_WORKER_NOFALLBACK", "Chromium has service workers alone"],
  ["ADDON_ID_REQUIRED", "Chromium's id comes from its key"],
  ["MISSING_DATA_COLLECTION_PERMISSIONS", "Chrome's store asks it in a form"],
  ["STORAGE_MANAGED", "it is about add-ons without an id"],
]);
/** @typedef {{ code: string, message: string, file?: string }} Said */

let passed = 0;
let failed = 0;
for (const [file, isFirefox] of /** @type {const} */ ([
  ["dist/leastwise-firefox.xpi", true],
  ["dist/leastwise-chromium.zip", false],
])) {
  const { stdout, stderr } = spawnSync("node_modules/.bin/addons-linter", [file, "--output", "json"], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  // Nothing that can be read is no answer of "nothing wrong".
  if (!stdout.trim()) throw new Error(`the linter said nothing of ${file}: ${stderr}`);
  /** @type {{ summary: { errors: number }, errors: Said[], warnings: Said[] }} */
  const { errors, warnings } = JSON.parse(stdout);
  const said = [...errors, ...warnings].filter(({ code }) => isFirefox || !NOT_FOR_CHROMIUM.has(code));
  for (const { code, message, file: where } of said) console.log(`${file}: ${code}: ${message}${where ? ` (${where})` : ""}`);
  if (said.length) failed += 1;
  else passed += 1;
  console.log(`${file}: ${errors.length} errors and ${warnings.length} warnings, of which ${said.length} count`);
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed || !passed ? 1 : 0;
