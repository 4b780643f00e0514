// What is in a release, as a CycloneDX bill of materials: `sbom.mjs OUT`. The same bytes for the same Cargo.lock.
// It names what is linked into the Wasm, as THIRD-PARTY.txt does: `cargo cyclonedx` would name what only builds and tests, and
// the moment of its making.

import fs from "node:fs";
import { linked } from "./crates.mjs";
import { version } from "./manifest.mjs";

/** The SHA-256 of each crate's file, by name and version, as Cargo.lock has it. */
const checksums = new Map(
  [...fs.readFileSync("Cargo.lock", "utf8").matchAll(/^name = "(.+)"\nversion = "(.+)"\nsource = .+\nchecksum = "(.+)"$/gm)].map(
    ([, name, number, sum]) => [`${name} ${number}`, sum],
  ),
);

const [out] = process.argv.slice(2);
if (!out) throw new Error("sbom.mjs OUT");
const purl = (/** @type {string} */ name, /** @type {string} */ number) => `pkg:cargo/${name}@${number}`;
const components = linked().map(({ name, version: number, license, repository }) => {
  const content = checksums.get(`${name} ${number}`);
  if (!content) throw new Error(`Cargo.lock has no checksum of ${name} ${number}`);
  return {
    type: "library",
    "bom-ref": purl(name, number),
    name,
    version: number,
    scope: "required",
    hashes: [{ alg: "SHA-256", content }],
    // The slash is how "or" was once written.
    licenses: [{ expression: license.replaceAll("/", " OR ") }],
    purl: purl(name, number),
    ...(repository && { externalReferences: [{ type: "vcs", url: repository }] }),
  };
});
const own = {
  type: "application",
  "bom-ref": "leastwise",
  name: "Leastwise",
  version: version(),
  licenses: [{ license: { id: "Apache-2.0" } }],
};
const dependencies = [{ ref: "leastwise", dependsOn: components.map((one) => one["bom-ref"]) }];
const bill = { bomFormat: "CycloneDX", specVersion: "1.6", version: 1, metadata: { component: own }, components, dependencies };
fs.writeFileSync(out, `${JSON.stringify(bill, null, 2)}\n`);
