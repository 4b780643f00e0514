// The toolbar popup as the browser opens it, and the pages behind it: large enough to read, and used by real clicks.
// It never opens the popup's page in a tab, where its size is the window's.

import assert from "node:assert/strict";
import { killWorker, ownPage, until, userPage } from "../lib/browser.mjs";
import { journey } from "../lib/check.mjs";
import { alike, offered, panelOf, stateOf } from "../lib/fixing.mjs";
import { approvals, Panel } from "../lib/panel.mjs";
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

/** What the toolbar's button of a page's tab says. */
const badgeOf = (context, page) =>
  context.serviceWorkers()[0].evaluate(async (url) => {
    const [tab] = (await chrome.tabs.query({})).filter((one) => one.url === url);
    if (!tab) return undefined;
    const { id: tabId } = tab;
    return { text: await chrome.action.getBadgeText({ tabId }), title: await chrome.action.getTitle({ tabId }) };
  }, page.url());

journey("popup: where there is no page of ours it is large enough, links to the orgs used last, and its history opens by a click", async ({ org, page, context }) => {
  await page.goto(userPage(org, "setup", "erp.sync@acme.example"));
  const panel = await Panel.of(page);
  await panel.when((s) => /Logged in as/.test(s.text), "who is signed in");
  await page.goto("about:blank");
  await page.bringToFront();
  const popup = await Popup.open(context);
  await popup.text(/THIS PAGE\s+Open a user, profile or permission set in Salesforce Setup/);
  await isLarge(popup);
  const links = await popup.evaluate("[...document.querySelectorAll('.orgs a')].map((one) => one.href)");
  assert.deepEqual(links, [`https://${org.hosts.core}/lightning/setup/ManageUsers/home`, `${ownPage(context, "review")}?host=${org.hosts.core}`]);
  const opened = context.waitForEvent("page");
  await popup.click("a", "History");
  const history = await opened;
  assert.match(history.url(), /\/history\.html$/);
  await history.getByRole("heading", { name: "History" }).waitFor();
  await history.close();
  await popup.close();
});

journey("popup: this page, this org, and the panel by a click; the toolbar's button says the worst, as long as the page is there", async ({ org, page, context }) => {
  await page.goto(userPage(org, "setup", "erp.sync@acme.example"));
  const panel = await Panel.of(page);
  await panel.report("ERP Sync");
  const { text, title } = await until(async () => {
    const badge = await badgeOf(context, page);
    return badge?.text && badge;
  }, "a badge");
  assert.equal(text, "Crit");
  assert.match(title, /^ERP Sync: Critical, \d+ of \d+ checks failed – Leastwise$/);
  await page.bringToFront();
  const popup = await Popup.open(context);
  const said = await popup.text(/THIS PAGE\s+Critical ERP Sync · \d+ of \d+ checks failed[^]*THIS ORG[^]*· (Production|Sandbox)[^]*Settings/);
  assert.match(said, /v\d+\.\d+\.\d+/);
  assert.match(said, new RegExp(`${/\d+ of \d+ checks/.exec(title)[0]} failed`));
  await isLarge(popup);
  await popup.click("button", "Open the panel");
  await panel.when((s) => s.open && s.focus, "the panel is open, and has the focus");
  // In-page navigation: nothing is loaded, and nothing more is said of the record.
  await page.evaluate(() => history.pushState({}, "", "/lightning/setup/SetupOneHome/home"));
  await panel.gone();
  await until(async () => (await badgeOf(context, page))?.text === "", "nothing is said of a page that was left");
  assert.doesNotMatch((await badgeOf(context, page)).title, /ERP/);
});

journey("popup: it says that the panel is hidden, brings nothing back by that, and shows it again by a click", async ({ org, page, context }) => {
  await page.goto(userPage(org, "setup", "erp.sync@acme.example"));
  const panel = await Panel.of(page);
  await panel.report("ERP Sync");
  await panel.open();
  await panel.click("#close");
  await panel.gone();
  await page.reload();
  await page.bringToFront();
  const popup = await Popup.open(context);
  await popup.text(/You hid the panel for this user or profile/);
  await isLarge(popup);
  await panel.gone();
  await popup.click("button", "Show again");
  await popup.text(/^(?![^]*You hid)[^]*ERP Sync/);
  await popup.close();
  await (await Panel.of(page)).report("ERP Sync");
});

journey("popup: an unfinished change goes on from there, on its page and from anywhere", async ({ org, page, context }) => {
  const panel = await panelOf(page, org, QUANTUM);
  await panel.open();
  const before = await stateOf(org);
  await offered(panel, "Fix Remove Bulk API Hard Delete");
  await org.fault({ kind: "slow", match: "/services/", after: 1, times: 1, ms: 1_500 });
  await panel.approve("Apply");
  await page.waitForTimeout(700);
  await killWorker(context);
  await page.waitForTimeout(1_500);
  await org.heal();
  // No page of ours is left, so perhaps no worker either: the popup opens by a click on the toolbar, which needs none.
  await page.goto("about:blank#elsewhere");
  await page.bringToFront();
  const popup = await Popup.clicked(context, page.url());
  await popup.text(/TO FINISH[^]*Quantum Sync[^]*Unfinished: 0 of 1 done/);
  await isLarge(popup);
  // Elsewhere it opens the record's page, with the preview of what is left.
  const opened = context.waitForEvent("page");
  await popup.click(".unfinished button", "Continue");
  const there = await opened;
  await there.waitForURL(/\/005/);
  const own = await Panel.of(there);
  await own.apply();
  await own.preview("Undo ");
  await own.apply();
  await there.close();
  alike(await stateOf(org), before);
});

journey("popup: a production org that may be changed is made read-only by a click", async ({ org, page, context }) => {
  const panel = await panelOf(page, org, QUANTUM);
  await panel.preview("Fix Remove Bulk API Hard Delete");
  if ((await panel.state()).waits === "allow") await panel.approve("Allow");
  await panel.when((s) => s.ready, "changes are allowed");
  for (const window of approvals(context)) await window.close();
  await page.bringToFront();
  const popup = await Popup.open(context);
  await popup.text(/Changes are allowed\./);
  await popup.click("button", "Make read-only");
  await popup.text(/Read-only\. A preview asks before anything is changed/);
  await popup.close();
  const again = await panelOf(page, org, QUANTUM);
  const { waits } = await again.preview("Fix Remove Bulk API Hard Delete");
  assert.equal(waits, "allow", "it is asked again");
  for (const window of approvals(context)) await window.close();
});

journey("keyboard: the shortcut opens the panel, and the popup where there is none", async ({ org, page, context }) => {
  await page.goto(userPage(org, "setup", "erp.sync@acme.example"));
  const panel = await Panel.of(page);
  await panel.report("ERP Sync");
  const [worker] = context.serviceWorkers();
  const bound = await worker.evaluate(() => chrome.commands.getAll());
  assert.equal(bound.find(({ name }) => name === "open-panel")?.shortcut, "Alt+Shift+L");
  // The browser's own shortcuts don't reach a browser without a window by keys: what it then does is done here.
  const press = () => worker.evaluate(async () => {
    const [tab] = await chrome.tabs.query({ active: true, lastFocusedWindow: true });
    chrome.commands.onCommand.dispatch("open-panel", tab);
  });
  await page.bringToFront();
  await press();
  await panel.when((s) => s.open && s.focus, "the panel is open, and has the focus");
  await page.goto("about:blank");
  await page.bringToFront();
  await press();
  await until(async () => {
    const cdp = await context.browser().newBrowserCDPSession();
    const { targetInfos } = await cdp.send("Target.getTargets");
    const popup = targetInfos.find(({ url }) => url.endsWith("/popup.html"));
    if (popup) await cdp.send("Target.closeTarget", { targetId: popup.targetId });
    await cdp.detach();
    return popup;
  }, "the popup");
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
