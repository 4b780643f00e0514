// Following the page: in-page navigation, late answers, and pages that are none of ours.
// It never waits by the clock for something that should not happen without having seen that it could.

import assert from "node:assert/strict";
import { address, until, userPage } from "../lib/browser.mjs";
import { journey } from "../lib/check.mjs";
import { Panel } from "../lib/panel.mjs";

const inShell = (org, username) => new URL(userPage(org, "setup", username)).pathname + new URL(userPage(org, "setup", username)).search;

journey("navigation: it follows within a second, and leaves where there is nothing to say", async ({ org, page }) => {
  await page.goto(userPage(org, "setup", "erp.sync@acme.example"));
  const panel = await Panel.of(page);
  await panel.report("ERP Sync");
  const start = Date.now();
  await page.evaluate((url) => history.pushState({}, "", url), inShell(org, "warehouse@acme.example"));
  const state = await panel.when((s) => s.name !== "ERP Sync", "the former user is gone");
  assert.ok(Date.now() - start < 1_500);
  assert.ok(!state.rows.some((row) => row.text.includes("ERP")));
  await panel.report("Data Warehouse");
  await page.click(".onesetupNavTreeNode >> nth=0");
  await panel.gone();
  await page.goBack();
  await panel.report("Data Warehouse");
});

journey("navigation: a link inside the frame", async ({ org, page }) => {
  await page.goto(userPage(org, "setup", "erp.sync@acme.example"));
  const panel = await Panel.of(page);
  await panel.report("ERP Sync");
  await page.frameLocator("force-aloha-page iframe[name^=vfFrameId]").locator("a[href^='/00e']").first().click();
  await panel.report("Acme Integration Admin");
});

journey("navigation: a late answer never stands under another name", async ({ org, page }) => {
  await org.fault({ kind: "slow", match: org.users["erp.sync@acme.example"], ms: 1_500, times: 1 });
  await page.goto(userPage(org, "setup", "erp.sync@acme.example"));
  await until(async () => (await (await Panel.of(page)).state())?.chip, "reading");
  await page.evaluate((url) => history.pushState({}, "", url), inShell(org, "warehouse@acme.example"));
  const panel = await Panel.of(page);
  await panel.report("Data Warehouse");
  const end = Date.now() + 2_500;
  while (Date.now() < end) {
    const state = await panel.state();
    assert.ok(!state || state.name === "Data Warehouse", state?.name);
    assert.ok(!state?.rows.some((row) => row.severity === "critical"));
  }
});

journey("irrelevant: other pages cost no request, start nothing and show nothing", async ({ org, page }) => {
  await org.forget();
  const account = "0015g00000AbCdE";
  for (const path of ["/lightning/setup/SetupOneHome/home", "/lightning/setup/ManageUsers/home", `/lightning/r/Account/${account}/view`, "/lightning/page/home"]) {
    await page.goto(`https://${org.hosts.setup}${path}`);
    await page.waitForLoadState("networkidle");
    assert.equal(await (await Panel.of(page)).root(), undefined, path);
  }
  await page.goto(address(org, "classic", "/00e"));
  assert.equal((await org.requests()).length, 0);
});
