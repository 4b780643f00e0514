// Every journey, in four browsers side by side (most of their time they wait), each against an org of its own. `--only NAME` runs those with NAME in their name.
// One that fails is run once more, alone, in a browser of its own: four at once are slow at times. It says so, and never counts
// what did not run, nor forgives what a worker complained of.

import { complaints, startBrowser, signIn } from "./lib/browser.mjs";
import { declared, runAll } from "./lib/check.mjs";
import { startOrg } from "./lib/org.mjs";

/** What one browser runs, in this order. */
const LANES = [
  ["panel", "popup", "options", "accepted", "navigation", "words", "access", "budgets"],
  ["editing", "markers", "users", "forms", "scale", "history", "welcome"],
  ["fixes", "sets", "checklists", "hostile", "shapes"],
  ["unfinished", "sections", "refusals", "captures", "schedules", "manners", "hosts", "company", "review"],
];

const only = process.argv.includes("--only") ? process.argv[process.argv.indexOf("--only") + 1] : "";

async function lane(journeys) {
  if (!journeys.length) return { passed: 0, failed: 0, again: [] };
  const org = await startOrg();
  const context = await startBrowser(org);
  try {
    const page = await context.newPage();
    await signIn(page, org);
    await page.close();
    return await runAll({ org, context }, journeys);
  } finally {
    await context.close();
    org.stop();
  }
}

const lanes = [];
for (const files of LANES) {
  for (const file of files) await import(`./journeys/${file}.mjs`);
  lanes.push(declared().filter(({ name }) => name.includes(only)));
}
const counts = await Promise.all(lanes.map(lane));
for (const count of counts) {
  for (const one of count.again) {
    console.log(`once more, alone: ${one.name}`);
    const { passed } = await lane([one]);
    count.passed += passed;
    count.failed -= passed;
  }
}
const sum = (key) => counts.reduce((all, count) => all + count[key], 0);
const failed = sum("failed") + complaints.length;
console.log(`${sum("passed")} passed, ${failed} failed`);
process.exitCode = failed || !sum("passed") ? 1 : 0;
