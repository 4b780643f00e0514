// Salesforce's addresses that few orgs have: nothing starts there until a person allowed them, and then all does.
// It never asks the browser itself for them: a question of the browser's is for a person (Firefox's journey has it answered).

import assert from "node:assert/strict";
import { extensionId } from "../../../scripts/manifest.mjs";
import { ownPage, startBrowser, until, userPage } from "../lib/browser.mjs";
import { journey } from "../lib/check.mjs";
import { withAllHosts } from "../lib/company.mjs";
import { Panel } from "../lib/panel.mjs";
import { Popup } from "../lib/popup.mjs";

const ERP = "erp.sync@acme.example";

/** A user's page behind Microsoft Defender, which answers with a page of its own. */
async function behindDefender(org, page, host) {
  const url = new URL(userPage(org, host === "core" ? "classic" : host, ERP));
  url.host = `${url.hostname}.mcas.ms`;
  await page.route(url.href, (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><title>Setup</title>" }));
  return url.href;
}

journey("hosts: nothing runs on what nobody allowed; the settings ask for a group's addresses, by a click", async ({ org, page, context }) => {
  await page.goto(await behindDefender(org, page, "setup"));
  await page.waitForTimeout(1_500);
  assert.equal(await page.evaluate(() => document.documentElement.children.length), 2, "a head and a body, and no panel");
  const options = await context.newPage();
  await options.goto(ownPage(context, "options"));
  await options.locator("#hosts").waitFor();
  const buttons = options.locator("[data-hosts=allow]");
  assert.equal(await buttons.count(), 4);
  const asked = await options.evaluate(() => {
    const asked = [];
    chrome.permissions.request = async ({ origins }) => (asked.push(origins), false);
    globalThis.asked = asked;
    return chrome.runtime.getManifest().optional_host_permissions;
  });
  for (let at = 0; at < 4; at += 1) await buttons.nth(at).click();
  assert.deepEqual((await options.evaluate(() => globalThis.asked)).flat(), asked);
  // What a script clicks asks for nothing.
  await buttons.first().evaluate((button) => button.click());
  assert.equal((await options.evaluate(() => globalThis.asked)).length, 4);
  await options.close();
});

journey("hosts: the browser takes the package without a complaint", async ({ context }) => {
  const page = await context.newPage();
  await page.goto("chrome://extensions");
  const all = await page.evaluate(() => chrome.developerPrivate.getExtensionsInfo({ includeDisabled: true, includeTerminated: true }));
  const extension = all.find(({ id }) => id === extensionId());
  assert.ok(extension, `its id is not the one that its key gives: ${all.map(({ id, name }) => `${name} ${id}`)}`);
  assert.deepEqual(extension.manifestErrors, []);
  assert.deepEqual(extension.installWarnings ?? [], []);
  await page.close();
});

journey("hosts: behind Microsoft Defender, once allowed, it is said once, and nothing is asked of the org", async ({ org }) => {
  const context = await startBrowser(org, { extension: withAllHosts() });
  try {
    const page = await context.newPage();
    const registered = () => context.serviceWorkers()[0].evaluate(() => chrome.scripting.getRegisteredContentScripts());
    const scripts = await until(async () => (await registered()).length === 2 && registered(), "the content scripts are registered");
    const form = scripts.find(({ id }) => id === "form.js");
    assert.ok(form.allFrames && form.matches.includes("https://*.my.salesforce.mil/00e*/e*"), JSON.stringify(form));
    for (const host of ["setup", "lightning", "core"]) {
      const url = await behindDefender(org, page, host);
      await org.forget();
      await page.goto(url);
      const state = await (await Panel.of(page)).when((s) => /Defender/.test(s.text), host);
      assert.equal(state.text.match(/Microsoft Defender/g).length, 1, "once");
      assert.deepEqual((await org.requests()).filter((one) => one.path.startsWith("/services/")), []);
    }
    const options = await context.newPage();
    await options.goto(ownPage(context, "options"));
    await options.locator("#hosts [data-allowed]").nth(3).waitFor();
    assert.equal(await options.locator("[data-hosts=forbid]").count(), 4);
  } finally {
    await context.close();
  }
});

journey("hosts: the popup asks for the addresses of the page in front, where it may not look yet", async ({ org }) => {
  const context = await startBrowser(org, { flags: ["--enable-unsafe-extension-debugging"] });
  try {
    const page = await context.newPage();
    await page.goto(await behindDefender(org, page, "setup"));
    await page.bringToFront();
    const popup = await Popup.clicked(context, page.url());
    await popup.text(/isn't allowed on this Salesforce address yet[^]*Microsoft Defender/);
    await popup.evaluate("globalThis.asked = []; chrome.permissions.request = async (what) => (asked.push(...what.origins), false); 0");
    await popup.click("[data-hosts=allow]");
    assert.equal(await popup.evaluate("asked.filter((origin) => origin.includes('.mcas.ms')).length"), 3);
    await popup.close();
  } finally {
    await context.close();
  }
});
