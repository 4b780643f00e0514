// The toolbar popup as the browser opens it, and the pages behind it: large enough to read, and used by real clicks.
// It never opens the popup's page in a tab, where its size is the window's.

import assert from "node:assert/strict";
import { killWorker, popupPage, until, userPage } from "../lib/browser.mjs";
import { journey } from "../lib/check.mjs";
import { alike, offered, panelOf, stateOf } from "../lib/fixing.mjs";
import { Panel } from "../lib/panel.mjs";
import { Popup } from "../lib/popup.mjs";

const QUANTUM = "quantum.sync@acme.example";
const WIDE = 360;
const HIGH = 200;

/** Waits until it is as large as it has to be; its size grows with what it holds. */
const isLarge = (popup) =>
  until(async () => {
    const [width, height] = await popup.size();
    return width >= WIDE && height >= HIGH;
  }, `at least ${WIDE} × ${HIGH}`, 5_000);

journey("popup: where there is no page of ours it is large enough, and its history opens by a click", async ({ page, context }) => {
  await page.goto("about:blank");
  await page.bringToFront();
  const popup = await Popup.open(context);
  await popup.text(/Open a user or a profile/);
  await isLarge(popup);
  const opened = context.waitForEvent("page");
  await popup.click("a", "History");
  const history = await opened;
  assert.match(history.url(), /\/history\.html$/);
  await history.getByRole("heading", { name: "History" }).waitFor();
  await history.close();
  await popup.close();
});

journey("popup: on a page of ours it says what the panel says, and shows a hidden panel again by a click", async ({ org, page, context }) => {
  await page.goto(userPage(org, "setup", "erp.sync@acme.example"));
  const panel = await Panel.of(page);
  await panel.report("ERP Sync");
  await panel.click("#chip");
  await panel.click("#close");
  await panel.gone();
  await page.bringToFront();
  const popup = await Popup.open(context);
  await popup.text(/You hid this panel on the page[^]*ERP Sync[^]*Signed in as[^]*History of all orgs/);
  await isLarge(popup);
  const [, height] = await popup.size();
  assert.ok(height >= 400, `a report is not read through a slit: ${height}`);
  await popup.click("button", "Show it again");
  await popup.text(/^(?![^]*You hid this panel)[^]*ERP Sync/);
  await popup.close();
  await page.reload();
  await (await Panel.of(page)).report("ERP Sync");
});

journey("popup: an unfinished change goes on there, by clicks", async ({ org, page, context }) => {
  const panel = await panelOf(page, org, QUANTUM);
  await panel.open();
  const before = await stateOf(org);
  await offered(panel, "Fix Take BulkApiHardDelete");
  await org.fault({ kind: "slow", match: "/services/", after: 1, times: 1, ms: 1_500 });
  await panel.approve("Apply");
  await page.waitForTimeout(700);
  await killWorker(context);
  await page.waitForTimeout(1_500);
  await org.heal();
  await page.reload();
  await (await Panel.of(page)).report();
  await page.bringToFront();
  const popup = await Popup.open(context);
  await popup.text(/Unfinished: 0 of 1 done/);
  await isLarge(popup);
  await popup.click(".unfinished button", "Continue");
  await popup.text(/Apply/);
  await popup.evaluate("document.querySelector('[data-guard]').scrollIntoView({ block: 'nearest' })");
  await page.waitForTimeout(800);
  await popup.click("button", "Apply");
  await popup.text(/Done, and read back/);
  await popup.click("#plan button", "Undo");
  await popup.text(/Apply/);
  await popup.evaluate("document.querySelector('[data-guard]').scrollIntoView({ block: 'nearest' })");
  await page.waitForTimeout(800);
  await popup.click("button", "Apply");
  await popup.text(/read back as it was/);
  await popup.close();
  alike(await stateOf(org), before);
});

journey("history: words stay words, in a narrow window too", async ({ org, page, context }) => {
  const panel = await panelOf(page, org, QUANTUM);
  await panel.open();
  await offered(panel, "Fix Take BulkApiHardDelete");
  await panel.apply();
  const history = await context.newPage();
  await history.goto(popupPage(context).replace("popup", "history"));
  await history.locator("tbody tr").first().waitFor();
  for (const width of [1280, 800, 420]) {
    await history.setViewportSize({ width, height: 800 });
    const told = await history.evaluate(() => ({
      // How many letters a line has at the least, in a cell of more than one line.
      narrow: [...document.querySelectorAll("tbody td")].map((cell) => [cell.textContent.trim().length, cell.getBoundingClientRect().width]).filter(([letters, wide]) => letters > 8 && wide < 90),
      wide: document.documentElement.scrollWidth - innerWidth,
    }));
    assert.deepEqual(told.narrow, [], `${width} pixels`);
    assert.ok(told.wide <= 0, `${width} pixels: ${told.wide} too wide`);
  }
  await history.locator("summary").first().click();
  await history.getByText("PermissionsBulkApiHardDelete: true → false").first().waitFor();
  await history.close();
  await panel.preview("Undo Take BulkApiHardDelete");
  await panel.apply();
});

journey("popup: the worker sends nothing anywhere but to Salesforce", async ({ context }) => {
  const [worker] = context.serviceWorkers();
  const blocked = await worker.evaluate(async () => {
    const seen = new Promise((resolve) => addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) => resolve(`${violatedDirective} ${blockedURI}`), { once: true }));
    await fetch("https://example.com/x").catch(() => {});
    return Promise.race([seen, new Promise((resolve) => setTimeout(resolve, 3_000, "nothing was blocked"))]);
  });
  assert.equal(blocked, "connect-src https://example.com/x");
});

journey("hostile: names that turn words round, hide letters or have no spaces are drawn so that they cannot", async ({ org, page }) => {
  const id = org.users["hostile@acme.example"];
  const before = Object.values((await org.state()).rows.User).find((row) => row.Id === id);
  // U+202E turns what follows round, U+200B is not seen; then a Hebrew name, and one without a space.
  const names = [["Anna\u202Eatad\u200Bx", "Anna[U+202E]atad[U+200B]x"], ["\u05D3\u05E0\u05D4 5", "\u05D3\u05E0\u05D4 5"], ["W".repeat(80), "W".repeat(80)]];
  for (const [LastName, drawn] of names) {
    await org.row("User", id, { FirstName: null, LastName, Name: LastName });
    await page.goto(userPage(org, "setup", "hostile@acme.example"));
    const panel = await Panel.of(page);
    const state = await panel.report(drawn);
    await panel.open();
    const told = await panel.call(function () {
      const box = this.getElementById("panel");
      return {
        hidden: /[\u202A-\u202E\u2066-\u2069\u200B-\u200F]/.test(this.textContent),
        alone: this.querySelector("#name bdi") !== null,
        over: box.scrollWidth - box.clientWidth,
      };
    }.toString());
    assert.deepEqual(told, { hidden: false, alone: true, over: 0 }, state.name);
  }
  await org.row("User", id, { FirstName: before.FirstName ?? null, LastName: before.LastName, Name: before.Name });
});
