// From the bound Wasm to a folder for each browser and the file that its store takes; and the sizes of what is in it.
// It never ships anything that is not named here, and never reads the network.
//
// - `pack.mjs extension BOUND DIST`: BOUND has what the binder wrote
// - `pack.mjs sizes OUT`: what is shipped, in bytes; fails only for what runs on every page

import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import zlib from "node:zlib";
import { manifestOf, storeManifestOf, written } from "./manifest.mjs";
import { thirdParty } from "./third-party.mjs";
import { writeZip } from "./zip.mjs";

/** @typedef {import("./manifest.mjs").Browser} Browser */

/**
 * What is uploaded, by browser.
 * @type {Record<Browser, string>}
 */
const STORE_FILES = { chromium: "leastwise-chromium.zip", firefox: "leastwise-firefox.xpi" };

/** The extension's own pages: of each its markup, its script and its style. */
const PAGES = ["popup", "history", "options", "welcome", "approve", "review"];

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
const ON_EVERY_PAGE = 10_800;

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
 * The review's page loads the Wasm itself, as a module does; the others are plain scripts.
 * @param {string} name
 */
const formatOf = (name) => [name === "pages/review" ? "--format=esm" : "--format=iife"];

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
 * Writes what is the same in every browser.
 * @param {string} bound
 * @param {string} out
 */
function common(bound, out) {
  fs.rmSync(out, { recursive: true, force: true });
  fs.mkdirSync(path.join(out, "icons"), { recursive: true });
  tool("wasm-opt", [path.join(bound, "leastwise_bg.wasm"), "-o", path.join(out, "leastwise.wasm"), "-O2"]);
  tool("wasm-opt", [path.join(bound, "review/leastwise_bg.wasm"), "-o", path.join(out, "review.wasm"), "-O2"]);
  /** @param {string} name */
  const inPackage = (name) => path.join(out, path.basename(name));
  for (const name of SCRIPTS)
    minify(`extension/web/${name}.ts`, `${inPackage(name)}.js`, [
      "--bundle",
      ...formatOf(name),
      `--alias:leastwise-bound=./${bound}/review`,
    ]);
  for (const name of STYLES) minify(`extension/web/${name}.css`, `${inPackage(name)}.css`, ["--bundle"]);
  // The worker carries the panel's style sheet: it sends it along with what it has drawn.
  minify("extension/web/panel.css", path.join(bound, "panel.css"), ["--bundle"]);
  minify("extension/web/worker.ts", path.join(out, "worker.js"), [
    "--bundle",
    "--format=esm",
    "--loader:.css=text",
    `--alias:leastwise-bound=./${bound}`,
  ]);
  for (const [to, from] of Object.entries(COPIED)) fs.copyFileSync(from, path.join(out, to));
  fs.writeFileSync(path.join(out, "THIRD-PARTY.txt"), thirdParty());
  nothingOfThisMachine(out);
}

/**
 * Writes a browser's folder, to be loaded unpacked, and the file that its store takes.
 * @param {string} from
 * @param {Browser} browser
 * @param {string} dist
 */
function pack(from, browser, dist) {
  // A new folder each time, put in place at the end: a browser never loads half a package.
  const out = path.join(dist, browser);
  const next = `${out}.next`;
  fs.rmSync(next, { recursive: true, force: true });
  fs.cpSync(from, next, { recursive: true });
  fs.writeFileSync(path.join(next, "manifest.json"), written(manifestOf(browser)));
  fs.rmSync(out, { recursive: true, force: true });
  fs.renameSync(next, out);
  const entries = files(out).map((name) => [name, fs.readFileSync(path.join(out, name))]);
  const manifest = new TextEncoder().encode(written(storeManifestOf(browser)));
  writeZip(path.join(dist, STORE_FILES[browser]), { ...Object.fromEntries(entries), "manifest.json": manifest });
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

const [command, first, second] = process.argv.slice(2);
if (command === "extension" && first && second) {
  const both = "target/packed";
  common(first, both);
  for (const browser of /** @type {Browser[]} */ (["firefox", "chromium"])) pack(both, browser, second);
} else if (command === "sizes" && first) sizes(first);
else throw new Error("pack.mjs extension BOUND DIST, or pack.mjs sizes OUT");
