// What stores show, drawn anew: five pictures of 1280 × 800 and the tile, into docs/store; and docs/panel.png.
// It never judges them: people do, before each release. Nothing of a real org is in them: it is the stand-in's.

import fs from "node:fs";
import { address, ownPage, signIn, startBrowser, userPage } from "./lib/browser.mjs";
import { offered, panelOf } from "./lib/fixing.mjs";
import { opened } from "./lib/pages.mjs";
import { startOrg } from "./lib/org.mjs";

const OUT = "docs/store";
const SIZE = { width: 1280, height: 800 };
const ERP = "erp.sync@acme.example";

const org = await startOrg();
fs.mkdirSync(OUT, { recursive: true });
const context = await startBrowser(org, { viewport: SIZE, timezoneId: "UTC" });
const page = await context.newPage();
await signIn(page, org);

/** Nothing blinks, and the pointer is on nothing. */
const draw = async (of, name) => {
  await of.mouse.move(1, 1);
  await of.waitForTimeout(400);
  await of.screenshot({ path: `${OUT}/${name}.png`, caret: "hide", animations: "disabled" });
};

const panel = await panelOf(page, org, ERP);
await panel.open();
await draw(page, "1-panel");
fs.copyFileSync(`${OUT}/1-panel.png`, "docs/panel.png");

// Something that was done, for the history; and a preview of something else.
for (const [name, fix] of [["quantum", "Remove Bulk API Hard Delete"], ["quantum", "Freeze"], ["legacy", "Freeze"]]) {
  const username = Object.keys(org.users).find((one) => one.startsWith(name));
  const own = await panelOf(page, org, username);
  await own.open();
  await offered(own, `Fix ${fix}`);
  await own.apply();
}
const erp = await panelOf(page, org, ERP);
await erp.open();
await offered(erp, "Fix Freeze");
await draw(page, "2-preview");

await page.goto(userPage(org, "setup", ERP));
const { panel: beside, markers } = await opened(page, address(org, "setup", `/${org.profiles["Acme Data Warehouse"].slice(0, 15)}/e?s=SystemPermissions`));
await beside.when((s) => /no new risks/i.test(s.chip), "the form is weighed");
if ((await beside.state()).open) await beside.click("#fold");
const box = markers.frame.locator('[id$=":userPerm"][title="ModifyAllData"]');
await box.click();
await markers.one((m) => m.standing === "new" && m.undo, "what it selected besides is said");
await box.scrollIntoViewIfNeeded();
await draw(page, "3-before-save");

for (const [name, picture] of [["options", "4-settings"], ["history", "5-history"]]) {
  const own = await context.newPage();
  await own.goto(ownPage(context, name));
  await own.locator("main h1").waitFor();
  if (name === "options") await own.locator("#checks").evaluate((checks) => checks.scrollIntoView());
  await draw(own, picture);
  await own.close();
}

const icon = fs.readFileSync("extension/icons/icon.svg", "base64");
await page.setViewportSize({ width: 440, height: 280 });
await page.goto("about:blank");
await page.setContent(`<!doctype html><style>
  body { margin: 0; height: 280px; display: flex; gap: 28px; align-items: center; justify-content: center; background: #0b1f3a; color: #fff; font-family: sans-serif }
  img { width: 104px } h1 { font-size: 38px; margin: 0 0 6px } p { font-size: 19px; line-height: 1.35; margin: 0; opacity: .85 }
</style><img alt="" src="data:image/svg+xml;base64,${icon}"><div><h1>Leastwise</h1><p>Safer integration users<br>in Salesforce Setup</p></div>`);
await draw(page, "tile");

await context.close();
org.stop();
console.log(`${OUT} and docs/panel.png are drawn`);
