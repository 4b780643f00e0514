// Pictures of the panel and the popup, light and dark, wide and narrow, into out/shots; and docs/panel.png.
// It never judges them: people do.

import fs from "node:fs";
import { address, popupPage, startBrowser, signIn, userPage } from "./lib/browser.mjs";
import { startOrg } from "./lib/org.mjs";
import { Panel } from "./lib/panel.mjs";

const org = await startOrg();
fs.mkdirSync("out/shots", { recursive: true });
for (const colorScheme of ["light", "dark"]) {
  const context = await startBrowser(org, { colorScheme });
  const page = await context.newPage();
  await signIn(page, org);
  for (const [size, width, height] of [["wide", 1280, 800], ["narrow", 360, 740], ["tiny", 320, 480]]) {
    await page.setViewportSize({ width, height });
    for (const [who, inner] of [["bad", "erp.sync@acme.example"], ["good", "warehouse@acme.example"], ["profile", undefined]]) {
      await page.goto(inner ? userPage(org, "setup", inner) : address(org, "classic", `/${org.profiles["Acme Marketing"].slice(0, 15)}`));
      const panel = await Panel.of(page);
      await panel.report();
      await page.screenshot({ path: `out/shots/${who}-${size}-${colorScheme}-closed.png` });
      await panel.click("#chip");
      await panel.when((s) => s.open, "open");
      await page.screenshot({ path: `out/shots/${who}-${size}-${colorScheme}.png` });
      if (who === "bad" && size === "wide" && colorScheme === "light") await page.screenshot({ path: "docs/panel.png" });
    }
  }
  await org.fault({ kind: "expired-session", match: "composite" });
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.goto(userPage(org, "setup", "billing.bot@acme.example"));
  const panel = await Panel.of(page);
  await panel.when((s) => /session has ended/.test(s.text), "refused");
  await panel.click("#chip");
  await page.screenshot({ path: `out/shots/refused-${colorScheme}.png` });
  await org.heal();
  const popup = await context.newPage();
  await popup.setViewportSize({ width: 420, height: 600 });
  await popup.goto(popupPage(context));
  await page.goto(userPage(org, "setup", "billing.bot@acme.example"));
  await page.bringToFront();
  await popup.evaluate(() => location.reload());
  await popup.locator("[data-rule]").first().waitFor({ state: "attached" });
  await popup.screenshot({ path: `out/shots/popup-${colorScheme}.png` });
  await context.close();
}
org.stop();
console.log("out/shots and docs/panel.png are drawn");
