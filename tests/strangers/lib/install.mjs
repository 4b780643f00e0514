// Installs a stranger at its pinned version into target/tools/strangers, and says how to run its work.
// It never waits for ever, and never runs a version other than the pinned one.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";

const TOOLS = new URL("../../../target/tools/strangers/", import.meta.url).pathname;
const LIB = new URL(".", import.meta.url).pathname;

/** Kinds of stranger by the file that pins them: how one is installed into `into`, and the command of its work. */
const KINDS = {
  "requirements.txt": {
    work: (into) => [`${into}/venv/bin/python`, "work.py"],
    install(into) {
      const python = process.env.PYTHON ?? "python3";
      say(python, ["-c", "import venv, ensurepip"], into, "Install Python 3.9 or newer with its venv module (Debian: apt-get install python3 python3-venv).");
      say(python, ["-m", "venv", "venv"], into, "Install Python's venv module (Debian: apt-get install python3-venv).");
      const pip = ["install", "--quiet", "--disable-pip-version-check", "--timeout", "30", "--retries", "1", "--only-binary", ":all:", "--require-hashes"];
      say("venv/bin/pip", [...pip, "-r", "requirements.txt"], into, "With a network: pip install -r requirements.txt");
    },
  },
  "package-lock.json": {
    work: () => [process.execPath, "work.mjs"],
    install: (into) =>
      say("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-timeout=30000", "--fetch-retries=1"], into, "With a network: npm ci"),
  },
  "Cargo.lock": {
    work: (into) => [`${into}/target/debug/work`],
    install(into) {
      const env = { ...process.env, CARGO_TARGET_DIR: `${into}/target`, CARGO_HTTP_TIMEOUT: "30", CARGO_NET_RETRY: "2" };
      say("cargo", ["build", "--quiet", "--locked"], into, "With a network: cargo build --locked", env);
    },
  },
};

/** Seconds that an installation may take. */
const PATIENCE = 900;

function say(command, args, cwd, hint, env = process.env) {
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd, env, timeout: PATIENCE * 1000, encoding: "utf8" });
  if (status === 0) return;
  const why = error?.code === "ETIMEDOUT" ? `not done after ${PATIENCE} s` : (error?.message ?? `${stdout}${stderr}`.trim().split("\n").slice(-12).join("\n"));
  throw new Error(`${[command, ...args].join(" ")} failed: ${why}\n${hint}`);
}

/** Every file of a folder, by its path in it. */
const files = (folder) =>
  fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath ?? entry.path, entry.name)))
    .sort();

/** Installs the stranger of a folder unless it is there; the folder and the command of its work. */
export function install(folder) {
  const name = path.basename(folder);
  const pin = Object.keys(KINDS).find((file) => fs.existsSync(path.join(folder, file)));
  if (!pin) throw new Error(`${name} has no ${Object.keys(KINDS).join(", no ")}: nothing pins its version`);
  const into = path.join(TOOLS, name);
  fs.mkdirSync(into, { recursive: true });
  // A stranger works on a copy: nothing that it writes comes to lie among the sources.
  for (const file of files(folder)) copy(path.join(folder, file), path.join(into, file));
  for (const file of files(LIB)) copy(path.join(LIB, file), path.join(TOOLS, "lib", file));
  const { install: run, work } = KINDS[pin];
  const hash = createHash("sha256").update(fs.readFileSync(path.join(folder, pin)));
  // A crate's work is compiled: it is pinned with its source, and cargo knows what is up to date.
  if (pin === "Cargo.lock") for (const file of files(folder)) hash.update(fs.readFileSync(path.join(folder, file)));
  const mark = path.join(into, ".installed");
  const wanted = hash.digest("hex");
  if (!fs.existsSync(mark) || fs.readFileSync(mark, "utf8") !== wanted) {
    console.log(`${name}: installing …`);
    fs.rmSync(mark, { force: true });
    if (pin === "requirements.txt") fs.rmSync(path.join(into, "venv"), { recursive: true, force: true });
    run(into);
    fs.writeFileSync(mark, wanted);
  }
  return { into, command: work(into) };
}

/** Copies what has changed, so that a build sees what is new and nothing else. */
function copy(from, to) {
  const text = fs.readFileSync(from);
  if (fs.existsSync(to) && fs.readFileSync(to).equals(text)) return;
  fs.mkdirSync(path.dirname(to), { recursive: true });
  fs.writeFileSync(to, text);
}
