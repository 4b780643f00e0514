// Pictures of every surface, light and dark, at three widths, into out/shots: what somebody looks at who changed how something looks.
// It never judges them: people do.

import fs from "node:fs";
import { address, popupPage, startBrowser, signIn, userPage } from "./lib/browser.mjs";
import { startOrg } from "./lib/org.mjs";
import { Panel } from "./lib/panel.mjs";

const OUT = "out/shots";
const SIZES = [["wide", 1920, 1080], ["usual", 1280, 860], ["narrow", 360, 740]];

const org = await startOrg();
fs.rmSync(OUT, { recursive: true, force: true });
fs.mkdirSync(OUT, { recursive: true });
const profile = (name, more = "") => address(org, "classic", `/${org.profiles[name].slice(0, 15)}${more}`);
/** Pages with a panel, by what is to be seen there. */
const PANELS = [
  ["user", userPage(org, "setup", "erp.sync@acme.example")],
  ["well-kept", userPage(org, "setup", "warehouse@acme.example")],
  ["person", userPage(org, "setup", "anna.aalto@acme.example")],
  ["own", userPage(org, "setup", org.admin.username)],
  ["profile", profile("Acme Integration Admin")],
  ["form", profile("Acme Integration Admin", "/e")],
];

for (const colorScheme of ["light", "dark"]) {
  const context = await startBrowser(org, { colorScheme });
  const own = async (name, then) => {
    const page = await context.newPage();
    for (const [size, width, height] of SIZES) {
      await page.setViewportSize({ width, height });
      await page.goto(popupPage(context).replace("popup", name));
      await page.locator("main:not(:empty)").waitFor();
      if (then) await then(page);
      await page.screenshot({ path: `${OUT}/${name}-${size}-${colorScheme}.png` });
    }
    await page.close();
  };
  const page = await context.newPage();
  await signIn(page, org);
  if (colorScheme === "dark") {
    // As the system: by itself the panel is as light as Setup.
    const options = await context.newPage();
    await options.goto(popupPage(context).replace("popup", "options"));
    await options.evaluate(() => chrome.storage.local.get("settings").then(({ settings }) => chrome.storage.local.set({ settings: { ...settings, theme: "system" } })));
    await options.close();
  }
  for (const [size, width, height] of SIZES) {
    await page.setViewportSize({ width, height });
    for (const [what, url] of PANELS) {
      await page.goto(url);
      const panel = await Panel.of(page);
      await panel.when((s) => s.rows.length > 0 && /Logged in as/.test(s.text), `a report on ${what}`);
      if ((await panel.state()).open) await panel.click("#fold");
      await page.screenshot({ path: `${OUT}/${what}-${size}-${colorScheme}-closed.png` });
      await panel.open();
      await page.screenshot({ path: `${OUT}/${what}-${size}-${colorScheme}.png` });
      if (what !== "user") continue;
      await panel.preview("Fix Freeze");
      await page.screenshot({ path: `${OUT}/preview-${size}-${colorScheme}.png` });
      const window = await panel.window();
      await window.setViewportSize({ width: Math.min(width, 480), height: 700 });
      await window.locator("#plan").waitFor();
      await window.screenshot({ path: `${OUT}/approval-${size}-${colorScheme}.png` });
      await panel.press("Back");
      await panel.when((s) => s.rows.length > 0, "the findings again");
    }
  }
  await org.fault({ kind: "expired-session", match: "composite" });
  await page.goto(userPage(org, "setup", "billing.bot@acme.example"));
  const panel = await Panel.of(page);
  await panel.when((s) => /session has ended/.test(s.text), "refused");
  await panel.open();
  await page.screenshot({ path: `${OUT}/refused-${colorScheme}.png` });
  await org.heal();
  for (const name of ["history", "options", "welcome"]) await own(name);
  await context.close();
}
org.stop();
console.log(`${OUT} is drawn`);
