// Where every package of a Cargo.lock comes from and under which licence: the lists are in deny.toml.
// It never looks at advisories, which need the network: `./build.sh deny` does, and all this once more by cargo-deny.
//
// cargo-deny is three minutes to compile: this asks cargo itself, and reads what the packages say of themselves.

import { execFileSync } from "node:child_process";
import fs from "node:fs";
import parse from "spdx-expression-parse";

/**
 * A package as `cargo metadata` describes it.
 * @typedef {{ id: string, name: string, version: string, license: string | null, source: string | null, dependencies: Dependency[] }} Package
 * @typedef {{ name: string, req: string, path?: string }} Dependency
 */

/**
 * A list of deny.toml.
 * @param {string} key
 * @returns {string[]}
 */
const list = (key) => {
  const [, found] = new RegExp(`^${key} = (\\[[^\\]]*\\])`, "m").exec(fs.readFileSync("deny.toml", "utf8")) ?? [];
  if (!found) throw new Error(`no list ${key} in deny.toml`);
  return JSON.parse(found);
};
const allowed = new Set(list("allow"));
const targets = list("targets");

/**
 * Whether what a licence expression allows, is allowed here: of "or" one, of "and" both.
 * @param {import("spdx-expression-parse").Expression} node
 * @returns {boolean}
 */
const permits = (node) => {
  if (node.conjunction === "or") return permits(node.left) || permits(node.right);
  if (node.conjunction === "and") return permits(node.left) && permits(node.right);
  return node.license !== undefined && !node.plus && !node.exception && allowed.has(node.license);
};

/**
 * What is wrong with a package, in words.
 * @param {Package} of
 */
function wrong({ name, version, license, source, dependencies }) {
  /** @type {string[]} */
  const said = [];
  const of = `${name} ${version}`;
  // A package without a source is one of this repository's own folders.
  if (source && !/^registry\+.*\/crates\.io-index$/.test(source)) said.push(`${of} comes from ${source}`);
  if (!license) said.push(`${of} names no licence`);
  // The slash is how "or" was once written.
  else if (!permits(parse(license.replaceAll("/", " OR ")))) said.push(`${of} is under ${license}`);
  if (!source)
    said.push(...dependencies.filter((one) => one.req === "*" && !one.path).map((one) => `${of} takes any version of ${one.name}`));
  return said;
}

/** @type {Map<string, Package>} */
const seen = new Map();
for (const manifest of process.argv.slice(2)) {
  const flags = targets.flatMap((target) => ["--filter-platform", target]);
  const text = execFileSync("cargo", ["metadata", "--format-version=1", "--locked", "--manifest-path", manifest, ...flags], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  /** @type {{ packages: Package[], resolve: { nodes: { id: string }[] } }} */
  const { packages, resolve } = JSON.parse(text);
  // What is locked for other systems alone is not built.
  const built = new Set(resolve.nodes.map(({ id }) => id));
  for (const one of packages.filter(({ id }) => built.has(id))) seen.set(one.id, one);
}
const faults = [...seen.values()].flatMap(wrong);
for (const fault of faults) console.log(fault);
console.log(`${seen.size} packages looked at: ${faults.length ? `${faults.length} faults` : "sources and licences are as deny.toml says"}`);
process.exitCode = faults.length || !seen.size ? 1 : 0;
