// The crates of others that are linked into the extension, by what cargo says.
// It never lists what only builds or tests: of that nothing is shipped.

import { execFileSync } from "node:child_process";

/**
 * A crate as `cargo metadata` describes it.
 * @typedef {{ id: string, name: string, version: string, license: string, authors: string[], repository: string | null, source: string | null,
 *   manifest_path: string, targets: { kind: string[] }[] }} Crate
 * @typedef {{ id: string, deps: { pkg: string, dep_kinds: { kind: string | null }[] }[] }} Node
 */

const ROOT = "leastwise-extension";

/** The linked crates, in the order of their names. */
export function linked() {
  const args = ["metadata", "--format-version=1", "--locked", "--filter-platform", "wasm32-unknown-unknown"];
  /** @type {{ packages: Crate[], resolve: { nodes: Node[] } }} */
  const { packages, resolve } = JSON.parse(execFileSync("cargo", args, { encoding: "utf8", maxBuffer: 1 << 28 }));
  const crates = new Map(packages.map((one) => [one.id, one]));
  const nodes = new Map(resolve.nodes.map((one) => [one.id, one]));
  /** @type {Set<string>} */
  const seen = new Set();
  /** @param {string} id */
  const walk = (id) => {
    // A macro runs in the compiler: what it writes is ours, what it is made of is not shipped.
    if (seen.has(id) || crates.get(id)?.targets.some(({ kind }) => kind.includes("proc-macro"))) return;
    seen.add(id);
    for (const { pkg, dep_kinds } of nodes.get(id)?.deps ?? []) if (dep_kinds.some(({ kind }) => kind === null)) walk(pkg);
  };
  walk(packages.find(({ name }) => name === ROOT)?.id ?? "");
  const found = [...seen].flatMap((id) => crates.get(id) ?? []).filter(({ source }) => source);
  if (!found.length) throw new Error(`nothing is linked into ${ROOT}`);
  return found.sort((one, other) => (one.name < other.name ? -1 : 1));
}
