// The source archive of a release, and the same files as a folder that it is built in: `source.mjs ZIP FOLDER`.
// It never takes what a build made, nor what Git does not know.

import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { writeZip } from "./zip.mjs";

/** What is no source, where there is no Git to ask: an unpacked archive that was built in. The same as in .gitignore. */
const MADE = new Set([".git", "target", "dist", "out", "node_modules"]);

/** The files of the project, by their paths in it. */
function sources() {
  if (fs.existsSync(".git")) return execFileSync("git", ["ls-files", "-z"], { encoding: "utf8" }).split("\0").filter(Boolean);
  return fs
    .readdirSync(".", { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .filter((name) => !name.split(path.sep).some((part) => MADE.has(part)) && !name.endsWith(".snap.new"));
}

const [zip, folder] = process.argv.slice(2);
if (!zip || !folder) throw new Error("source.mjs ZIP FOLDER");
/** @type {Record<string, Uint8Array>} */
const files = {};
/** @type {Set<string>} */
const programs = new Set();
for (const name of sources()) {
  files[name] = fs.readFileSync(name);
  const mayRun = (fs.statSync(name).mode & 0o100) !== 0;
  if (mayRun) programs.add(name);
  const to = path.join(folder, name);
  fs.mkdirSync(path.dirname(to), { recursive: true });
  fs.writeFileSync(to, files[name], { mode: mayRun ? 0o755 : 0o644 });
}
writeZip(zip, files, programs);
console.error(`${zip}: ${Object.keys(files).length} files`);
