// The figures that have a goal, each with it: counts, bytes, and a time as a ratio to one round trip of the same run.
// It never fails a build by a time: machines are noisy.

import { execFileSync } from "node:child_process";
import fs from "node:fs";
import zlib from "node:zlib";
import { startBrowser, signIn, until, userPage, workerRuns, killWorker } from "./lib/browser.mjs";
import { startOrg } from "./lib/org.mjs";
import { editing } from "./lib/editing.mjs";
import { fixesOf, offered, panelOf } from "./lib/fixing.mjs";
import { Panel } from "./lib/panel.mjs";

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
const rows = [];
const figure = (name, measured, goal) => rows.push([name, String(measured), goal]);

const org = await startOrg("--latency", "150");
const context = await startBrowser(org);
const page = await context.newPage();
await signIn(page, org);

await killWorker(context);
await org.forget();
for (const path of ["/lightning/setup/SetupOneHome/home", "/lightning/setup/ManageUsers/home"]) {
  await page.goto(`https://${org.hosts.setup}${path}`);
  await page.waitForLoadState("networkidle");
}
figure("API requests on an irrelevant Salesforce page", (await org.requests()).length, "0");
figure("worker started by an irrelevant page", await workerRuns(context), "false");
const folder = process.env.LEASTWISE_EXTENSION ?? "dist/chromium";
const manifest = JSON.parse(fs.readFileSync(`${folder}/manifest.json`, "utf8"));
figure("code on an irrelevant page", `${manifest.content_scripts.filter((s) => !s.include_globs).flatMap((s) => s.js).reduce((sum, f) => sum + fs.statSync(`${folder}/${f}`).size, 0)} bytes`, "at most 5,000 bytes");

await page.goto(userPage(org, "setup", "warehouse@acme.example"));
await (await Panel.of(page)).report();
await org.forget();
await page.goto(userPage(org, "setup", "erp.sync@acme.example"));
await (await Panel.of(page)).report();
const api = (await org.requests()).filter((r) => r.path.startsWith("/services/data/"));
figure("API requests to the complete first panel", `${api.filter((r) => r.path.endsWith("composite")).length} composite + ${api.filter((r) => r.path.includes("tooling")).length} metadata`, "1 composite + at most 1");

const ratios = [];
for (let n = 0; n < 7; n += 1) {
  await page.goto(`https://${org.hosts.setup}/lightning/setup/SetupOneHome/home`);
  const panel = await Panel.of(page);
  const trip = median([await org.roundTrip(), await org.roundTrip(), await org.roundTrip()]);
  const url = new URL(userPage(org, "setup", n % 2 ? "erp.sync@acme.example" : "billing.bot@acme.example"));
  const start = performance.now();
  await page.evaluate((to) => history.pushState({}, "", to), url.pathname + url.search);
  await until(async () => (await panel.state())?.rows.some((row) => row.outcome === "finding"), "the first panel");
  ratios.push((performance.now() - start) / trip);
}
figure("time to panel at 150 ms a response, relative to one round trip", `${median(ratios).toFixed(2)} (median of ${ratios.length})`, "at most 1.7");
await signIn(page, org);
const panel = await panelOf(page, org, "hr.feed@acme.example");
await panel.open();
await offered(panel, "Fix Freeze");
await panel.press("Back");
await panel.watch();
await panel.press("Fix Freeze");
figure("frames from a click in the panel to what it shows of it", await until(() => panel.frames(), "a change in the panel"), "at most 1");
await panel.when((s) => s.stage === "offered", "a preview");
await panel.press("Back");
// docs/rules.md says what each fix takes, by an example of N records: what it takes besides is the same for any number.
const besides = (fix) => {
  const [, preview, apply, records] = new RegExp(`\\| \`${fix}\` .*preview (\\d+); apply (\\d+): look, write and verify (\\d+)×`).exec(fs.readFileSync("docs/rules.md", "utf8"));
  return [preview - records, apply - 3 * records];
};
for (const [username, fix] of [["hr.feed@acme.example", "remove-assignment"], ["hr.feed@acme.example", "untick-permission"], ["hr.feed@acme.example", "remove-object-delete"], ["hr.feed@acme.example", "admit-to-app"], ["old.loader@acme.example", "api-only-set"], ["hr.feed@acme.example", "freeze"]]) {
  const own = await panelOf(page, org, username);
  await own.open();
  const calls = async () => (await org.requests()).filter((r) => r.path.startsWith("/services/data/") && !r.path.endsWith("/composite") && !r.path.includes("tooling")).length;
  await org.forget();
  const { steps } = await offered(own, fixesOf(await own.state(), fix)[0]);
  const preview = await calls();
  await org.forget();
  await own.apply();
  figure(`requests of ${fix} (${steps.length} step${steps.length > 1 ? "s" : ""}): preview, apply`, `${preview}, ${await calls()}`, `at most ${steps.length + besides(fix)[0]}, ${3 * steps.length + besides(fix)[1]}`);
  await own.preview("Undo ");
  await own.apply();
}
await org.options({ latency: 0 });
await editing(org, page, figure);
await context.close();
org.stop();

const shipped = fs.readdirSync(folder).filter((name) => /\.(js|wasm|css)$/.test(name));
const gzipped = shipped.reduce((sum, name) => sum + zlib.gzipSync(fs.readFileSync(`${folder}/${name}`), { level: 9 }).length, 0);
figure("shipped JS + Wasm + CSS, gzip", `${gzipped} bytes`, "at most 100,000 bytes");
const growth = execFileSync("cargo", ["run", "--quiet", "--locked", "--release", "-p", "leastwise-core", "--example", "growth"], { encoding: "utf8" });
figure("growth of gather + rules, 100 to 10,000 permission rows, a row", growth.match(/([\d.]+)x/)?.[0] ?? growth, "linear (1x), at most 2x");

const width = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column].length), 8));
for (const row of [["figure", "measured", "goal"], ...rows]) console.log(row.map((cell, column) => cell.padEnd(width[column])).join("  "));
