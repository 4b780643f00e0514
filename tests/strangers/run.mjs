// Every client that others wrote, unchanged, at its ordinary work against an org of its own.
// `run.mjs [NAME]…` runs those of the named folders; `run.mjs all` every one; without a name those that are quick: the
// others have a file `slow`, which says why. It never counts what did not run.
//
// A stranger is a folder here: the file that pins its version (requirements.txt, package-lock.json or Cargo.lock), and
// its work (work.py, work.mjs, or the binary `work`), which prints TAP: `ok`, `not ok` with a name, and the plan `1..N`.
// It is told of the org by ORG (the line that the org printed), by HTTPS_PROXY, which leads the real host names there,
// and by the variables with which OpenSSL, Python, Node and Rust are told of a certificate authority.

import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import readline from "node:readline";
import { startOrg } from "../browser/lib/org.mjs";
import { install } from "./lib/install.mjs";

const HERE = new URL(".", import.meta.url).pathname;
const wanted = process.argv.slice(2);
const all = wanted.includes("all");
/** Seconds that a stranger's work may take. */
const PATIENCE = all ? 1_200 : 300;
/** More users than a page of a query has. */
const ORG = ["--scale", "2500,20"];

const isQuick = (name) => !fs.existsSync(path.join(HERE, name, "slow"));
const names = fs
  .readdirSync(HERE, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "lib")
  .map((entry) => entry.name)
  .filter((name) => all || (wanted.length ? wanted.includes(name) : isQuick(name)));

/** What a program of a stranger finds in its environment: the org, and nothing of this machine's own proxies. */
function environment(org, into) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([key]) => !/_proxy$/i.test(key)));
  const home = path.join(into, "home");
  fs.rmSync(home, { recursive: true, force: true });
  fs.mkdirSync(home);
  const { ca, proxy } = org;
  return Object.assign(env, {
    ORG: JSON.stringify(org),
    HOME: home,
    HTTPS_PROXY: proxy,
    https_proxy: proxy,
    NO_PROXY: "127.0.0.1,localhost",
    no_proxy: "127.0.0.1,localhost",
    SSL_CERT_FILE: ca,
    REQUESTS_CA_BUNDLE: ca,
    NODE_EXTRA_CA_CERTS: ca,
    PYTHONDONTWRITEBYTECODE: "1",
    ...(all && { STRANGERS_ALL: "1" }),
  });
}

/** Runs a stranger's work; how many of its checks passed and failed. */
async function work(name) {
  const { into, command } = install(path.join(HERE, name));
  const org = await startOrg(...ORG);
  const [program, ...args] = command;
  const child = spawn(program, args, { cwd: into, env: environment(org, into), stdio: ["ignore", "pipe", "pipe"] });
  const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE * 1000);
  let [passed, failed, plan] = [0, 0, null];
  const ended = new Promise((resolve, reject) => child.once("error", reject).once("close", (code, signal) => resolve(code ?? signal)));
  readline.createInterface({ input: child.stderr }).on("line", (line) => console.log(`    ${line}`));
  for await (const line of readline.createInterface({ input: child.stdout })) {
    if (/^ok\b/.test(line)) passed += 1;
    else if (/^not ok\b/.test(line)) failed += 1;
    plan = /^1\.\.(\d+)$/.exec(line)?.[1] ?? plan;
    console.log(/^(not )?ok\b/.test(line) ? line.replace(/^((?:not )?ok)\b[\s\d]*-?\s*/, `$1    ${name}: `) : `    ${line}`);
  }
  const status = await ended;
  clearTimeout(timer);
  org.stop();
  if (passed + failed === 0 || Number(plan) !== passed + failed || (status !== 0 && failed === 0)) {
    console.log(`not ok    ${name}: ${passed + failed} checks of ${plan ?? "an unknown number"} ran, then it ended with ${status}`);
    failed += 1;
  }
  return { passed, failed };
}

const total = { passed: 0, failed: 0 };
for (const name of names) {
  const start = Date.now();
  try {
    const { passed, failed } = await work(name);
    total.passed += passed;
    total.failed += failed;
  } catch (error) {
    console.log(`not ok    ${name}: ${error.message}`);
    total.failed += 1;
  }
  console.log(`${name}: ${((Date.now() - start) / 1000).toFixed(1)} s`);
}
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed || !total.passed ? 1 : 0;
