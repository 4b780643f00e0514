// Every journey, in four browsers side by side (most of their time they wait), each against an org of its own. `--only NAME` runs those with NAME in their name.
// One that fails is run once more, alone, in a browser of its own: four at once are slow at times. It says so, and never counts
// what did not run, nor forgives what a worker complained of.

import { complaints, startBrowser, signIn } from "./lib/browser.mjs";
import { declared, runAll, sayFailure, within } from "./lib/check.mjs";
import { startOrg } from "./lib/org.mjs";

/** What one browser runs, in this order. */
const LANES = [
  ["panel", "popup", "options", "accepted", "navigation", "words", "access", "budgets"],
  ["editing", "markers", "users", "forms", "scale", "history", "welcome"],
  ["fixes", "sets", "checklists", "hostile", "shapes"],
  ["unfinished", "sections", "refusals", "captures", "schedules", "manners", "hosts", "company", "review"],
];

const only = process.argv.includes("--only") ? process.argv[process.argv.indexOf("--only") + 1] : "";

/** More than this many failures are no bad luck: none of them is run again. */
const BAD_LUCK = 12;
/** What has not begun by then is not begun: whoever waits for the outcome is told what there is of it. */
const DEADLINE = Date.now() + 35 * 60_000;

/** What failed beside a journey, after nobody waited for it any more: it counts, and ends no other browser's journeys. */
let strays = 0;
process.on("unhandledRejection", (error) => {
  strays += 1;
  sayFailure("beside the journeys", error);
});

/** Runs journeys in one browser, and in another where that one is stuck: how many passed, and which failed. */
async function lane(journeys) {
  const all = { passed: 0, failed: [] };
  for (let left = journeys; left.length; ) {
    if (Date.now() > DEADLINE) {
      console.log(`FAIL  no time left for ${left.length} journeys, from "${left[0].name}" on`);
      all.failed.push(...left);
      break;
    }
    const org = await startOrg();
    const context = await startBrowser(org);
    try {
      const page = await context.newPage();
      await signIn(page, org);
      await page.close();
      const { passed, failed, left: rest } = await runAll({ org, context }, left);
      all.passed += passed;
      all.failed.push(...failed);
      left = rest;
    } finally {
      await within(20_000, "closing a browser", context.close()).catch(({ message }) => console.log(message));
      org.stop();
    }
  }
  return all;
}

const lanes = [];
for (const files of LANES) {
  for (const file of files) await import(`./journeys/${file}.mjs`);
  lanes.push(declared().filter(({ name }) => name.includes(only)));
}
const counts = await Promise.all(lanes.map(lane));
let passed = counts.reduce((all, count) => all + count.passed, 0);
const failures = counts.flatMap((count) => count.failed);
let failed = failures.length;
if (failed > BAD_LUCK) console.log(`${failed} failed: none is run again`);
for (const one of failed > BAD_LUCK ? [] : failures) {
  console.log(`once more, alone: ${one.name}`);
  const again = await lane([one]);
  passed += again.passed;
  failed -= again.passed;
}
failed += complaints.length + strays;
console.log(`${passed} passed, ${failed} failed`);
// A browser that did not close would keep this process alive for ever.
process.exit(failed || !passed ? 1 : 0);
