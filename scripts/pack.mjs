// From the bound Wasm to a folder that a browser loads, and the zip of it; and the sizes of what is in it.
// It never ships anything that is not named here, and never reads the network.
//
// - `pack.mjs extension BOUND OUT ZIP`: BOUND has what the binder wrote
// - `pack.mjs sizes OUT`: what is shipped, in bytes; fails only for what runs on every page

import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import zlib from "node:zlib";
import { zipSync } from "fflate";

/** The extension's own pages: of each its markup, its script and its style. */
const PAGES = ["popup", "history", "options", "welcome", "approve"];

/** What is shipped as it stands: from where in the project it comes, by its name in the package. */
const COPIED = {
  LICENSE: "LICENSE",
  "policy.json": "extension/policy.json",
  ...Object.fromEntries(PAGES.map((name) => [`${name}.html`, `extension/web/pages/${name}.html`])),
  ...Object.fromEntries([16, 32, 48, 128].map((size) => [`icons/${size}.png`, `extension/icons/${size}.png`])),
};

/** The scripts, which esbuild makes one file each. */
const SCRIPTS = ["content/panel", "content/form", ...PAGES.map((name) => `pages/${name}`)];
const STYLES = PAGES.map((name) => `pages/${name}`);

/** Most that may run on a page that Leastwise has nothing to say on, in bytes as they are. */
const ON_EVERY_PAGE = 11_000;

/**
 * Runs a tool of an npm package.
 * @param {string} name
 * @param {string[]} args
 */
const tool = (name, args) => execFileSync(`node_modules/.bin/${name}`, args, { stdio: ["ignore", "inherit", "inherit"] });

/**
 * Makes a script or a style sheet smaller.
 * @param {string} from
 * @param {string} to
 * @param {string[]} flags
 */
const minify = (from, to, flags = []) =>
  tool("esbuild", [from, `--outfile=${to}`, ...flags, "--minify", "--charset=utf8", "--legal-comments=none", "--log-level=warning"]);

/**
 * Every file below a folder by its path in it, in the order of their names.
 * @param {string} folder
 */
const files = (folder) =>
  fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort();

/** The version that stands in the workspace's Cargo.toml. */
function version() {
  const found = /^version = "(.+)"$/m.exec(fs.readFileSync("Cargo.toml", "utf8"));
  if (!found?.[1]) throw new Error("no version in Cargo.toml");
  return found[1];
}

/**
 * What is shipped is the same whoever builds it: it names no folder of the machine that built it.
 * @param {string} folder
 */
function nothingOfThisMachine(folder) {
  const places = [process.cwd(), process.env.CARGO_HOME ?? path.join(os.homedir(), ".cargo"), "/usr/src/rust"];
  for (const name of files(folder)) {
    const text = fs.readFileSync(path.join(folder, name), "latin1");
    const found = places.find((place) => text.includes(place));
    if (found) throw new Error(`${name} would be shipped with the path ${found} in it`);
  }
}

/**
 * Writes the package's folder and its zip.
 * @param {string} bound
 * @param {string} out
 * @param {string} zip
 */
function pack(bound, out, zip) {
  // A new folder each time, put in place at the end: a browser never loads half a package.
  const next = `${out}.next`;
  fs.rmSync(next, { recursive: true, force: true });
  fs.mkdirSync(path.join(next, "icons"), { recursive: true });
  tool("wasm-opt", [path.join(bound, "leastwise_bg.wasm"), "-o", path.join(next, "leastwise.wasm"), "-O2"]);
  /** @param {string} name */
  const inPackage = (name) => path.join(next, path.basename(name));
  for (const name of SCRIPTS) minify(`extension/web/${name}.ts`, `${inPackage(name)}.js`, ["--bundle", "--format=iife"]);
  for (const name of STYLES) minify(`extension/web/${name}.css`, `${inPackage(name)}.css`, ["--bundle"]);
  // The worker carries the panel's style sheet: it sends it along with what it has drawn.
  minify("extension/web/panel.css", path.join(bound, "panel.css"));
  minify("extension/web/worker.ts", path.join(next, "worker.js"), [
    "--bundle",
    "--format=esm",
    "--loader:.css=text",
    `--alias:leastwise-bound=./${bound}`,
  ]);
  for (const [to, from] of Object.entries(COPIED)) fs.copyFileSync(from, path.join(next, to));
  fs.writeFileSync(path.join(next, "manifest.json"), fs.readFileSync("manifest.json", "utf8").replace("@VERSION@", version()));
  nothingOfThisMachine(next);
  fs.rmSync(out, { recursive: true, force: true });
  fs.renameSync(next, out);
  // The same bytes for the same files: sorted, and with no time of their own (the first that a zip can write).
  const entries = files(out).map((name) => [name, fs.readFileSync(path.join(out, name))]);
  fs.writeFileSync(zip, zipSync(Object.fromEntries(entries), { level: 9, mtime: new Date(1980, 0, 1) }));
}

/**
 * Prints the sizes of what is shipped.
 * @param {string} out
 */
function sizes(out) {
  let shipped = 0;
  for (const name of files(out).filter((name) => /\.(js|wasm|css)$/.test(name))) {
    const bytes = fs.readFileSync(path.join(out, name));
    const gzipped = zlib.gzipSync(bytes, { level: 9 }).length;
    shipped += gzipped;
    console.log(`${String(bytes.length).padStart(9)} bytes, ${String(gzipped).padStart(7)} gzipped  ${name}`);
  }
  console.log(`shipped JS + Wasm + CSS, gzipped: ${shipped} bytes (told, not judged)`);
  /** @type {{ content_scripts: { include_globs?: string[], js?: string[], css?: string[] }[] }} */
  const { content_scripts } = JSON.parse(fs.readFileSync(path.join(out, "manifest.json"), "utf8"));
  const everywhere = content_scripts
    .filter((script) => !script.include_globs)
    .flatMap((script) => [...(script.js ?? []), ...(script.css ?? [])]);
  const bytes = everywhere.reduce((sum, name) => sum + fs.statSync(path.join(out, name)).size, 0);
  console.log(`code on an irrelevant page: ${bytes} bytes (goal at most ${ON_EVERY_PAGE})`);
  if (bytes > 0 && bytes <= ON_EVERY_PAGE) return;
  console.error("over budget");
  process.exitCode = 1;
}

const [command, first, second, third] = process.argv.slice(2);
if (command === "extension" && first && second && third) pack(first, second, third);
else if (command === "sizes" && first) sizes(first);
else throw new Error("pack.mjs extension BOUND OUT ZIP, or pack.mjs sizes OUT");
