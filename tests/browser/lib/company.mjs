// Chromium as a company sets it up: with a managed policy that it reads itself, and with what an admin allowed before.
// It never touches this computer's own policies: the browser sees its own in their place, and nobody else does.

import { execFileSync, spawnSync } from "node:child_process";
import { createPublicKey } from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import os from "node:os";
import path from "node:path";
import { unzipSync } from "fflate";
import { extensionId, idOf } from "../../../scripts/manifest.mjs";
import { CHROMIUM, EXTENSION } from "./browser.mjs";

/** Where Debian's Chromium looks for policies. */
const CONFIGURATION = "/etc/chromium";

/** A namespace of its own for what is mounted: root may have one, others where the system lets them. */
const UNSHARE = ["unshare", ...(process.getuid?.() === 0 ? [] : ["--map-root-user"]), "--mount"];

/** Why no policy can be put in place here; empty where it can. */
export function noPolicyBecause() {
  if (!fs.existsSync(CONFIGURATION)) return `there is no ${CONFIGURATION}: this Chromium looks for policies elsewhere`;
  const { status, error } = spawnSync(UNSHARE[0], [...UNSHARE.slice(1), "mount", "--bind", os.tmpdir(), CONFIGURATION]);
  return status === 0 ? "" : `nothing can be mounted here for one process alone (${error?.message ?? "unshare refused it"})`;
}

/** A program that starts Chromium with a policy for the extension: what stands under `3rdparty` for its id; and `more` policies. */
export function chromiumWithPolicy(policy, id = extensionId(), more = {}) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "leastwise-policy-"));
  const managed = path.join(folder, "configuration/policies/managed");
  fs.mkdirSync(managed, { recursive: true });
  fs.writeFileSync(path.join(managed, "leastwise.json"), JSON.stringify({ "3rdparty": { extensions: { [id]: policy } }, ...more }));
  const program = path.join(folder, "chromium");
  const inside = `mount --bind ${folder}/configuration ${CONFIGURATION} && exec ${CHROMIUM} "$@"`;
  fs.writeFileSync(program, `#!/bin/sh\nexec ${UNSHARE.join(" ")} sh -c '${inside}' chromium "$@"\n`, { mode: 0o755 });
  return program;
}

/**
 * What the Chrome Web Store takes, packed as a store hands it out, with a key made here; its id, and an address of this computer
 * that browsers install it from. `close` ends that.
 */
export async function packedForStore() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "leastwise-packed-"));
  for (const [name, bytes] of Object.entries(unzipSync(fs.readFileSync(`${EXTENSION}/../leastwise-chromium.zip`)))) {
    fs.mkdirSync(path.dirname(path.join(folder, "leastwise", name)), { recursive: true });
    fs.writeFileSync(path.join(folder, "leastwise", name), bytes);
  }
  execFileSync(CHROMIUM, ["--headless=new", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), `--user-data-dir=${folder}/profile`, `--pack-extension=${folder}/leastwise`], { stdio: "ignore" });
  const crx = fs.readFileSync(path.join(folder, "leastwise.crx"));
  const id = idOf(createPublicKey(fs.readFileSync(path.join(folder, "leastwise.pem"))).export({ type: "spki", format: "der" }));
  const { version } = JSON.parse(fs.readFileSync(path.join(folder, "leastwise/manifest.json"), "utf8"));
  const server = http.createServer(({ url }, response) => {
    const at = `http://127.0.0.1:${server.address().port}`;
    if (url.startsWith("/leastwise.crx")) return response.setHeader("content-type", "application/x-chrome-extension").end(crx);
    response.end(`<?xml version="1.0"?><gupdate xmlns="http://www.google.com/update2/response" protocol="2.0"><app appid="${id}"><updatecheck codebase="${at}/leastwise.crx" version="${version}"/></app></gupdate>`);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { id, address: `http://127.0.0.1:${server.address().port}/updates.xml`, close: () => server.close() };
}

/** The package as it is once every address was allowed: a browser under test shows no question that a program could answer. */
export function withAllHosts() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "leastwise-hosts-"));
  execFileSync("cp", ["-R", `${EXTENSION}/.`, folder]);
  const file = path.join(folder, "manifest.json");
  const manifest = JSON.parse(fs.readFileSync(file, "utf8"));
  manifest.host_permissions.push(...manifest.optional_host_permissions);
  fs.writeFileSync(file, JSON.stringify(manifest));
  return folder;
}
