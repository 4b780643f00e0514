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

/** What is shipped as it stands: [in the project, in the package]. */
const COPIED = [
  ["LICENSE", "LICENSE"],
  ...["popup", "history", "approve"].map((name) => [`extension/web/pages/${name}.html`, `${name}.html`]),
  ["extension/policy.json", "policy.json"],
  ...[16, 32, 48, 128].map((size) => [`extension/icons/${size}.png`, `icons/${size}.png`]),
];

/** What esbuild makes smaller: [in the project, in the package, its further flags]. */
const MINIFIED = [
  ...["content/panel", "content/form", "pages/popup", "pages/history", "pages/approve"].map((name) => [
    `extension/web/${name}.ts`,
    `${path.basename(name)}.js`,
    ["--bundle", "--format=iife"],
  ]),
  ...["popup", "history", "approve"].map((name) => [`extension/web/pages/${name}.css`, `${name}.css`, []]),
];

/** Most that may run on a page that Leastwise has nothing to say on, in bytes as they are. */
const ON_EVERY_PAGE = 6_500;

const tool = (name, args) => execFileSync(`node_modules/.bin/${name}`, args, { stdio: ["ignore", "inherit", "inherit"] });

const minify = (from, to, flags) =>
  tool("esbuild", [from, `--outfile=${to}`, ...flags, "--minify", "--charset=utf8", "--legal-comments=none", "--log-level=warning"]);

/** Every file below a folder by its path in it, in the order of their names. */
const files = (folder) =>
  fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort();

/** The version that stands in the workspace's Cargo.toml. */
function version() {
  const found = /^version = "(.+)"$/m.exec(fs.readFileSync("Cargo.toml", "utf8"));
  if (!found) throw new Error("no version in Cargo.toml");
  return found[1];
}

/** What is shipped is the same whoever builds it: it names no folder of the machine that built it. */
function nothingOfThisMachine(folder) {
  const places = [process.cwd(), process.env.CARGO_HOME ?? path.join(os.homedir(), ".cargo"), "/usr/src/rust"];
  for (const name of files(folder)) {
    const text = fs.readFileSync(path.join(folder, name), "latin1");
    const found = places.find((place) => text.includes(place));
    if (found) throw new Error(`${name} would be shipped with the path ${found} in it`);
  }
}

function pack(bound, out, zip) {
  // A new folder each time, put in place at the end: a browser never loads half a package.
  const next = `${out}.next`;
  fs.rmSync(next, { recursive: true, force: true });
  fs.mkdirSync(path.join(next, "icons"), { recursive: true });
  tool("wasm-opt", [path.join(bound, "leastwise_bg.wasm"), "-o", path.join(next, "leastwise.wasm"), "-O2"]);
  for (const [from, to, flags] of MINIFIED) minify(from, path.join(next, to), flags);
  // The worker carries the panel's style sheet: it sends it along with what it has drawn.
  minify("extension/web/panel.css", path.join(bound, "panel.css"), []);
  minify("extension/web/worker.ts", path.join(next, "worker.js"), [
    "--bundle",
    "--format=esm",
    "--loader:.css=text",
    `--alias:leastwise-bound=./${bound}`,
  ]);
  for (const [from, to] of COPIED) fs.copyFileSync(from, path.join(next, to));
  fs.writeFileSync(path.join(next, "manifest.json"), fs.readFileSync("manifest.json", "utf8").replace("@VERSION@", version()));
  nothingOfThisMachine(next);
  fs.rmSync(out, { recursive: true, force: true });
  fs.renameSync(next, out);
  // The same bytes for the same files: sorted, and with no time of their own (the first that a zip can write).
  const entries = files(out).map((name) => [name, fs.readFileSync(path.join(out, name))]);
  fs.writeFileSync(zip, zipSync(Object.fromEntries(entries), { level: 9, mtime: new Date(1980, 0, 1) }));
}

function sizes(out) {
  let shipped = 0;
  for (const name of files(out).filter((name) => /\.(js|wasm|css)$/.test(name))) {
    const bytes = fs.readFileSync(path.join(out, name));
    const gzipped = zlib.gzipSync(bytes, { level: 9 }).length;
    shipped += gzipped;
    console.log(`${String(bytes.length).padStart(9)} bytes, ${String(gzipped).padStart(7)} gzipped  ${name}`);
  }
  console.log(`shipped JS + Wasm + CSS, gzipped: ${shipped} bytes (told, not judged)`);
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

const [command, ...args] = process.argv.slice(2);
if (command === "extension") pack(...args);
else if (command === "sizes") sizes(...args);
else throw new Error("pack.mjs extension BOUND OUT ZIP, or pack.mjs sizes OUT");
