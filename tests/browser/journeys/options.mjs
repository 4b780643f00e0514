// The settings: each is found, does what it says on pages that are open, and what is stored is told, given out and erased.
// It never sets anything but by the page's own controls.

import assert from "node:assert/strict";
import fs from "node:fs";
import { address, ownPage, until, userPage } from "../lib/browser.mjs";
import { journey } from "../lib/check.mjs";
import { offered, panelOf } from "../lib/fixing.mjs";
import { Markers } from "../lib/markers.mjs";
import { approvals, Panel } from "../lib/panel.mjs";

const ERP = "erp.sync@acme.example";

/** The options page, drawn. */
async function opened(context) {
  const options = await context.newPage();
  await options.goto(ownPage(context, "options"));
  await options.locator("#erase").waitFor();
  return options;
}

/** Does something, and waits until it is stored. */
async function saved(options, change) {
  await options.locator("[role=status]").evaluate((live) => {
    live.textContent = "";
  });
  await change();
  await options.locator("[role=status]").filter({ hasText: "Saved" }).waitFor({ state: "attached" });
}

const rowOf = (state, rule) => state.rows.filter((row) => row.rule === rule);

journey("options: a check that is off says so, and its numbers are its own, on a page that is open", async ({ org, page, context }) => {
  await page.goto(userPage(org, "setup", ERP));
  const panel = await Panel.of(page);
  const before = await panel.report("ERP Sync");
  assert.equal(rowOf(before, "stale-secret")[0].outcome, "finding");
  const options = await opened(context);
  await saved(options, () => options.locator("#rule-stale-secret").uncheck());
  const off = await panel.when((s) => rowOf(s, "stale-secret")[0]?.outcome === "not-applicable" && !/Still reading/.test(s.text), "the check is off");
  assert.match(rowOf(off, "stale-secret")[0].text, /Turned off in settings/);
  await saved(options, () => options.locator("#rule-stale-secret").check());
  await panel.when((s) => rowOf(s, "stale-secret")[0]?.outcome === "finding", "the check is on again");
  await saved(options, async () => {
    await options.locator("#old-password-days").fill("3650");
    await options.locator("#old-password-days").blur();
  });
  assert.match(rowOf(before, "stale-secret")[0].text, /\d+ days old/);
  await panel.when((s) => rowOf(s, "stale-secret").length && !/\d+ days old/.test(rowOf(s, "stale-secret")[0].text), "no password is that old");
  // What cannot be is not taken.
  await options.locator("#old-password-days").fill("0");
  await options.locator("#old-password-days").blur();
  await options.reload();
  await options.locator("#erase").waitFor();
  assert.equal(await options.locator("#old-password-days").inputValue(), "3650");
  await saved(options, async () => {
    await options.locator("#old-password-days").fill("90");
    await options.locator("#old-password-days").blur();
  });
  await saved(options, () => options.locator("#findings-on").uncheck());
  await panel.gone();
  await page.reload();
  await page.waitForTimeout(800);
  await panel.gone();
  await saved(options, () => options.locator("#findings-on").check());
  await (await Panel.of(page)).report("ERP Sync");
  await options.close();
});

journey("options: found by words; orgs, answers and hidden panels are told and taken back", async ({ org, page, context }) => {
  const panel = await panelOf(page, org, ERP);
  await panel.open();
  await offered(panel, "Fix Freeze");
  for (const window of approvals(context)) await window.close();
  await panel.click("#leave");
  await panel.click("#say-person");
  await panel.when((s) => s.who.who === "person", "the answer");
  await panel.click("#close");
  await panel.gone();
  const options = await opened(context);
  // Found by words.
  await options.getByLabel("Search settings").fill("password");
  assert.deepEqual(await options.locator(".setting:visible input[type=checkbox]").evaluateAll((all) => all.map(({ id }) => id)).then((ids) => ids.includes("rule-stale-secret") && !ids.includes("findings-on")), true);
  await options.getByLabel("Search settings").fill("zzz");
  await options.getByText("No setting has these words.").waitFor();
  await options.getByLabel("Search settings").fill("");
  // The org that may be changed: who allowed it.
  const own = options.locator("#changes li").filter({ hasText: org.hosts.core });
  assert.match(await own.innerText(), /Production[^]*Changes are allowed until the browser is closed, by admin@acme\.example, since/);
  await own.getByRole("button", { name: /^Make read-only/ }).click();
  await own.getByText("Read-only", { exact: true }).waitFor();
  // What was said, and hidden, by name.
  const answer = options.locator("#answers li").filter({ hasText: "ERP Sync" });
  assert.match(await answer.innerText(), /Person/);
  await answer.getByRole("button", { name: /^Reset/ }).click();
  await answer.waitFor({ state: "detached" });
  const hidden = options.locator("#hidden li").filter({ hasText: "ERP Sync" });
  await hidden.getByRole("button", { name: /^Show again/ }).click();
  await hidden.waitFor({ state: "detached" });
  const state = await (await Panel.of(page)).report("ERP Sync");
  assert.notEqual(state.who.who, "person");
  await options.close();
});

journey("options: what is stored is given out and erased, after it was confirmed", async ({ org, page, context }) => {
  await page.goto(userPage(org, "setup", ERP));
  const panel = await Panel.of(page);
  await panel.when((s) => /Logged in as/.test(s.text), "who is signed in");
  const options = await opened(context);
  await saved(options, async () => {
    await options.locator("#theme").focus();
    await options.keyboard.press("ArrowDown");
  });
  assert.match(await options.locator("#data").innerText(), /Settings[^]*Together[^]*(bytes|KB|MB)/);
  const [download] = await Promise.all([options.waitForEvent("download"), options.getByRole("button", { name: "Export as JSON" }).click()]);
  const exported = JSON.parse(fs.readFileSync(await download.path(), "utf8"));
  assert.equal(exported.settings.theme, "system");
  const stored = () => options.evaluate(async () => Object.keys(await chrome.storage.local.get(null)));
  const kept = await options.evaluate(() => chrome.storage.local.get(null));
  await options.getByRole("button", { name: "Erase everything…" }).click();
  await options.getByRole("button", { name: "Cancel" }).click();
  assert.ok((await stored()).length > 1, "nothing is erased that was not confirmed");
  await page.goto("about:blank");
  await options.getByRole("button", { name: "Erase everything…" }).click();
  await options.locator("#erase-now").click();
  await until(async () => !(await stored()).length, "nothing is stored");
  await options.getByText("Nothing is stored.").waitFor();
  assert.equal(await options.locator("#theme").inputValue(), "salesforce");
  // What other journeys of this browser left is theirs.
  await options.evaluate(async (all) => chrome.storage.local.set(all), { ...kept, settings: {} });
  await options.close();
});

journey("options: the setting of the markers decides on which profiles they stand", async ({ org, page, context }) => {
  const form = address(org, "classic", `/${org.profiles["Acme Sales"].slice(0, 15)}/e?s=SystemPermissions`);
  const options = await opened(context);
  // By keys: what a script chose is not taken.
  const choose = async (key, value) => {
    await options.bringToFront();
    await saved(options, async () => {
      await options.locator("#markers").focus();
      await options.keyboard.press(key);
    });
    assert.equal(await options.locator("#markers").inputValue(), value);
    await page.bringToFront();
  };
  const counted = async () => {
    await page.goto(form);
    const panel = await Panel.of(page);
    await panel.when((s) => s.chip && !/checking|reading/i.test(s.chip), "weighed");
    await page.waitForTimeout(500);
    return (await Markers.of(page)).all();
  };
  assert.deepEqual((await counted()).filter((marker) => marker.severity), [], "a profile of people has none");
  await choose("ArrowDown", "all");
  await page.goto(form);
  await (await Markers.of(page)).one((marker) => marker.severity, "people's profiles have them too");
  await choose("ArrowDown", "off");
  assert.deepEqual((await counted()).filter((marker) => marker.severity), []);
  const profile = address(org, "classic", `/${org.profiles["Acme Data Warehouse"].slice(0, 15)}/e?s=SystemPermissions`);
  await page.goto(profile);
  await (await Panel.of(page)).when((s) => /no new risks/i.test(s.chip), "weighed");
  await page.waitForTimeout(500);
  assert.deepEqual((await (await Markers.of(page)).all()).filter((marker) => marker.severity), [], "off is off everywhere");
  await choose("Home", "integrations");
  await page.goto(profile);
  await (await Markers.of(page)).one((marker) => marker.severity === "critical", "an integration's profile has them");
  await options.close();
});

journey("options: what another version stored is read, and what it did not know stays", async ({ context }) => {
  const options = await opened(context);
  const kept = await options.evaluate(async () => {
    const kept = await chrome.storage.local.get(["askBeforeSave", "settings"]);
    await chrome.storage.local.set({ askBeforeSave: true, settings: { theme: "of-another-version" } });
    return kept;
  });
  await options.reload();
  await options.locator("#erase").waitFor();
  assert.equal(await options.locator("#ask-before-critical").isChecked(), true);
  assert.equal(await options.locator("#theme").inputValue(), "salesforce");
  await saved(options, () => options.locator("#ask-before-critical").uncheck());
  assert.equal(await options.evaluate(async () => (await chrome.storage.local.get("askBeforeSave")).askBeforeSave), false);
  await options.evaluate(async (kept) => {
    await chrome.storage.local.remove(["askBeforeSave", "settings"]);
    await chrome.storage.local.set(kept);
  }, kept);
  await options.close();
});
