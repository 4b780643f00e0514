// Every journey, in one browser against one org. `--only NAME` runs those with NAME in their name.
// It never counts what did not run.

import { startBrowser, signIn } from "./lib/browser.mjs";
import { runAll } from "./lib/check.mjs";
import { startOrg } from "./lib/org.mjs";
import "./journeys/panel.mjs";
import "./journeys/navigation.mjs";
import "./journeys/refusals.mjs";
import "./journeys/words.mjs";
import "./journeys/access.mjs";
import "./journeys/budgets.mjs";

const only = process.argv.includes("--only") ? process.argv[process.argv.indexOf("--only") + 1] : "";
const org = await startOrg();
const context = await startBrowser(org);
try {
  const page = await context.newPage();
  await signIn(page, org);
  await page.close();
  const { passed, failed } = await runAll({ org, context }, only);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed || !passed ? 1 : 0;
} finally {
  await context.close();
  org.stop();
}
