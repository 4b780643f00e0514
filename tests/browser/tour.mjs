// Every fix of every user of any seed, in a browser: previewed, applied, verified, undone, and the org compared.
// `node tests/browser/tour.mjs [--users N] [--seed DIR]…` after `./build.sh` and `./build.sh org --help`; it is no part of
// the tests, which do this for one fix of each kind. It never passes over a fix that it cannot apply: each is told.

import { startBrowser, signIn } from "./lib/browser.mjs";
import { alike, offered, panelOf, stateOf } from "./lib/fixing.mjs";
import { startOrg } from "./lib/org.mjs";

const args = process.argv.slice(2);
const most = args.includes("--users") ? +args.splice(args.indexOf("--users"), 2)[1] : 10;
const org = await startOrg(...args);
const context = await startBrowser(org);
const page = await context.newPage();
const complaints = [];
page.on("pageerror", (error) => complaints.push(error.message));
await signIn(page, org);

const done = {};
const count = (fix, what) => ((done[fix] ??= {})[what] = (done[fix][what] ?? 0) + 1);
const usernames = Object.keys(org.users).filter((name) => name !== org.admin.username);
for (const username of usernames.slice(0, most)) {
  let panel = await panelOf(page, org, username);
  await panel.open();
  const { fixes, rows } = await panel.state();
  console.log(`${username}: ${rows.filter((row) => row.outcome === "finding").length} findings, ${fixes.length} fixes`);
  const seen = new Set();
  for (const { fix, safety, name } of fixes) {
    if (safety === "by-hand" || seen.has(name)) continue;
    seen.add(name);
    const before = await stateOf(org);
    try {
      const preview = await offered(panel, name);
      if (!preview.ready) {
        count(fix, "not offered");
        console.log(`  ${name}: ${preview.plan}`);
      } else {
        const applied = await panel.apply();
        const { state } = applied.entries[0];
        count(fix, state);
        if (state !== "verified") console.log(`  ${name}: ${applied.plan}`);
        const back = `Undo ${name.replace(/^Fix /, "")}`;
        if (applied.buttons.some((button) => button.name === back)) {
          const undo = await panel.preview(back);
          if (!undo.ready) console.log(`  undo of ${name}: ${undo.plan}`);
          const undone = await panel.apply();
          if (!/Undone. Salesforce confirms it/.test(undone.plan)) console.log(`  undo of ${name}: ${undone.plan}`);
        }
        if (!/can't be undone/.test(preview.plan)) alike(await stateOf(org), before);
      }
    } catch (error) {
      count(fix, "FAILED");
      console.log(`  FAILED ${name}: ${error.message.slice(0, 1500)}`);
    }
    panel = await panelOf(page, org, username);
    await panel.open();
  }
}
console.table(done);
console.log(`${complaints.length} errors of the page`);
await context.close();
org.stop();
