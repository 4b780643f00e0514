// THIRD-PARTY.txt: what is in the Wasm that others wrote, under which license, with the texts that have to go with it.
// It never lists what only builds or tests: of that nothing is shipped.

import fs from "node:fs";
import path from "node:path";
import { linked } from "./crates.mjs";

/**
 * The texts that go with a crate. One that may be taken under Apache-2.0 is: that text is in LICENSE, beside this file.
 * @param {import("./crates.mjs").Crate} crate
 */
function texts({ license, manifest_path }) {
  const folder = path.dirname(manifest_path);
  const wanted = /Apache-2\.0/.test(license) && !/ AND /.test(license) ? /^NOTICE/i : /^(NOTICE|LICEN[CS]E|COPYING|UNLICENSE)/i;
  const names = fs.readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile() && wanted.test(entry.name));
  // Of "Unlicense OR MIT" the second is taken; the text of Apache-2.0 is there already.
  const kept = names.map(({ name }) => name).filter((name) => !/UNLICENSE|COPYING|APACHE/i.test(name));
  if (!kept.length && wanted.test("LICENSE")) throw new Error(`${folder} has no text of ${license}`);
  return kept.sort().map((name) => fs.readFileSync(path.join(folder, name), "utf8").replaceAll("\r\n", "\n").trim());
}

/** The whole file. */
export function thirdParty() {
  const parts = linked().map((crate) => {
    const by = crate.authors.length ? `, by ${crate.authors.map((name) => name.replace(/ <.*/, "")).join(", ")}` : "";
    const head = `${crate.name} ${crate.version}${by}\n${crate.license}${crate.repository ? `\n${crate.repository}` : ""}`;
    return [head, ...texts(crate)].join("\n\n");
  });
  const intro = [
    "Leastwise is under Apache-2.0 (LICENSE). Its WebAssembly holds the crates below, which others wrote, and parts of the Rust",
    "standard library (by The Rust Project Developers, MIT OR Apache-2.0, https://github.com/rust-lang/rust). Where a crate may be",
    "used under Apache-2.0, it is, and its text is in LICENSE. Any other text that has to go with a crate stands below it.",
  ].join("\n");
  return `${[intro, ...parts].join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}
