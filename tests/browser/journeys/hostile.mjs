// A page that wants a write: scripts that define elements, style, cover and forge; and a content-script world that was taken over.
// It never leaves it at what the panel says: the org's audit trail is counted.

import assert from "node:assert/strict";
import { popupPage, until } from "../lib/browser.mjs";
import { journey } from "../lib/check.mjs";
import { offered, panelOf, trail } from "../lib/fixing.mjs";
import { Markers } from "../lib/markers.mjs";
import { approvals } from "../lib/panel.mjs";

const QUANTUM = "quantum.sync@acme.example";

/** Runs in the page before anything else: whatever can be a custom element is one that keeps its internals. */
const define = () => {
  globalThis.internals = [];
  const names = ["leastwise-panel", "leastwise-marker", "leastwise-host", "lw-panel"];
  const kept = (of) => class extends of {
    constructor() {
      super();
      try {
        globalThis.internals.push(this.attachInternals());
      } catch {}
    }
  };
  for (const name of names) customElements.define(name, kept(HTMLElement));
  // The same for elements that are built in, as the standard lets one customize them.
  customElements.define("own-div", kept(HTMLDivElement), { extends: "div" });
  customElements.define("own-span", kept(HTMLSpanElement), { extends: "span" });
};

/** How many of our closed roots a page's script gets at, of every element there is. */
const roots = () => {
  const isOurs = (root) => Boolean(root?.querySelector("#chip, details > summary, p.note"));
  let found = globalThis.internals.filter((one) => isOurs(one.shadowRoot)).length;
  for (const element of document.querySelectorAll("*")) {
    if (isOurs(element.shadowRoot)) found += 1;
    try {
      if (isOurs(element.attachInternals().shadowRoot)) found += 1;
    } catch {
      // As it should be: no custom element.
    }
  }
  return found;
};

journey("hostile: what a page defines opens no closed root", async ({ org, page }) => {
  await page.addInitScript(define);
  await panelOf(page, org, QUANTUM);
  assert.equal(await page.evaluate(roots), 0, "the panel's");
  const profile = Object.values((await org.state()).rows.Profile).find((row) => row.Name === "Acme Integration Admin");
  await page.goto(`https://${org.hosts.core}/${profile.Id.slice(0, 15)}/e?s=SystemPermissions`);
  const markers = await Markers.of(page);
  await markers.one((m) => m.title === "ModifyAllData", "marked");
  assert.ok((await page.locator("[data-leastwise]").count()) > 5, "there are markers");
  assert.equal(await page.evaluate(roots), 0, "the markers'");
});

/** What a page may do to what a person sees and hits. */
const TRICKS = {
  atproperty: () => {
    for (const name of ["--ink", "--quiet", "--paper", "--raised", "--line", "--link", "--focus", "--critical", "--high", "--fine", "--tone"]) {
      try {
        CSS.registerProperty({ name, syntax: "<color>", inherits: false, initialValue: "transparent" });
      } catch {}
    }
    // And whatever the host tells of its own.
    for (const [name] of document.querySelector("[data-corner]").computedStyleMap()) {
      try {
        if (name.startsWith("--")) CSS.registerProperty({ name, syntax: "<length>", inherits: false, initialValue: "0px" });
      } catch {}
    }
  },
  mask: () => (document.documentElement.style.cssText = "mask-image:linear-gradient(transparent,transparent)"),
  zoom: () => (document.documentElement.style.cssText = "zoom:.3"),
  fade: () => (document.documentElement.style.cssText = "opacity:.02"),
  cover: () => {
    document.documentElement.style.cssText = "";
    document.documentElement.append(Object.assign(document.createElement("div"), { style: "position:fixed;inset:0;background:#fff;z-index:2147483647;pointer-events:none" }));
  },
};

const USERS = ["quantum.sync", "erp.sync", "hr.feed", "legacy.middleware", "marketing.hub"];

Object.entries(TRICKS).forEach(([name, trick], at) => {
  journey(`hostile: clicks anywhere on a page write nothing (${name})`, async ({ org, page, context }) => {
    await page.addInitScript(define);
    // Links of the page would lead away from it.
    await page.addInitScript(() => addEventListener("click", (event) => event.preventDefault(), true));
    const panel = await panelOf(page, org, `${USERS[at]}@acme.example`);
    await panel.open();
    const before = await trail(org);
    const [{ name: fix }] = (await panel.state()).fixes.filter((one) => one.safety !== "by-hand");
    await offered(panel, fix);
    // Nothing that the page's process holds is what the window's button says.
    const html = await panel.html();
    for (const part of ["data-token", "data-guard", 'data-command="Apply"', 'data-command="Allow"', 'data-command="Forbid"']) assert.ok(!html.includes(part), part);
    const token = await (await panel.window()).locator("#apply").getAttribute("data-token");
    assert.ok(token.length > 20 && !html.includes(token));
    await page.evaluate(trick);
    await page.waitForTimeout(700);
    assert.equal((await panel.state()).stage, "offered", "it is there to be clicked");
    if (name === "atproperty") {
      const seen = await panel.call(function () {
        return ["color", "backgroundColor", "borderTopColor"].map((what) => getComputedStyle(this.querySelector("#panel"))[what]);
      }.toString());
      for (const one of seen) assert.ok(!/, 0\)|transparent/.test(one), `readable still: ${seen}`);
    }
    // By script, and for real: first what the panel offers, then everywhere.
    await panel.call(function () {
      for (const button of this.querySelectorAll("button")) button.click();
    }.toString());
    for (const id of ["window", "plan-name"]) await panel.click(`[id="${id}"]`);
    for (let x = 30; x < 1280; x += 125) for (let y = 30; y < 860; y += 80) await page.mouse.click(x, y);
    await page.waitForTimeout(700);
    assert.equal(await trail(org), before, "nothing was written");
    for (const one of approvals(context)) await one.close();
  });
});

journey("hostile: a content script's world approves nothing, and reads nothing that is kept", async ({ org, page }) => {
  const panel = await panelOf(page, org, QUANTUM);
  await panel.open();
  const before = await trail(org);
  await offered(panel, "Fix Remove Bulk API Hard Delete");
  const window = await panel.window();
  const token = await window.locator("#apply").getAttribute("data-token");
  const said = await panel.inOwnWorld(`Promise.all([
    { command: "Apply", token: ${JSON.stringify(token)} }, { command: "Apply", token: "guessed" }, { command: "Allow", token: ${JSON.stringify(token)} },
    { command: "Forbid" }, { command: "Front" }, { command: "History" }, { command: "Clear" },
  ].map((message) => chrome.runtime.sendMessage({ number: 1, fields: [], ...message }).then((answer) => answer ?? "nothing", String)))`);
  assert.deepEqual(said, Array(7).fill("nothing"));
  await page.evaluate((t) => globalThis.postMessage({ command: "Apply", token: t, number: 1, fields: [] }, "*"), token);
  await page.waitForTimeout(700);
  assert.equal(await trail(org), before, "nothing was written");
  const kept = await panel.inOwnWorld(`Promise.all(["local", "session", "managed"].map((area) => chrome.storage[area].get(null).then(() => area + " was read", String)))`);
  for (const one of kept) assert.match(one, /not allowed/, one);
  const set = await panel.inOwnWorld(`chrome.storage.local.set({ "write:${org.org_id}": true }).then(() => "set", String)`);
  assert.match(set, /not allowed/);
  // The one thing that does approve it: a click in the window, once it has been in front for a moment.
  await panel.approve("Apply");
  await panel.when((s) => s.stage === "ended" && s.rows.length > 0, "an end");
  await until(() => window.isClosed(), "the window closes itself");
  assert.equal(await trail(org), before + 1, "one click, one write");
  await panel.preview("Undo Remove Bulk API Hard Delete");
  await panel.apply();
});

journey("hostile: the button that approves counts only in a window that has been in front for a moment", async ({ org, page }) => {
  const panel = await panelOf(page, org, QUANTUM);
  await panel.open();
  const before = await trail(org);
  await offered(panel, "Fix Remove Bulk API Hard Delete");
  const window = await panel.window();
  const apply = window.locator("#apply");
  await window.locator('#apply[aria-disabled="false"]').waitFor();
  // As after a double click, or a window that came up under the pointer: it has only just come to the front.
  await window.evaluate(() => dispatchEvent(new Event("focus")));
  await apply.click({ force: true, noWaitAfter: true });
  assert.match(await window.locator("[role=status]").innerText(), /Not yet/);
  // Clicks that a script makes.
  await window.locator('#apply[aria-disabled="false"]').waitFor();
  await apply.evaluate((button) => {
    button.click();
    button.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  });
  // Another preview in its place, as a page may ask for one at any moment: looked at anew.
  const ask = await panel.inOwnWorld(`chrome.runtime.sendMessage({ command: "Leave", number: 0, fields: [] }).then(() => 1)`);
  assert.equal(ask, 1);
  await page.waitForTimeout(900);
  assert.equal(await trail(org), before, "nothing was written");
  await until(() => window.isClosed(), "what is left on the page is not approved any more");
});

journey("hostile: a session cookie that a page sets does not win over the org's own", async ({ org, page, context }) => {
  const panel = await panelOf(page, org, QUANTUM, "classic");
  assert.match((await panel.state()).text, /Logged in as Ada Admin/);
  // Of the host and those below it, as only a script's or another server's can be; it names the same org.
  await page.evaluate(([host, org]) => (document.cookie = `sid=${org}!forged; domain=${host}; path=/; secure`), [org.hosts.core, org.org_id.slice(0, 15)]);
  const sids = (await context.cookies(`https://${org.hosts.core}/`)).filter((one) => one.name === "sid");
  try {
    assert.equal(sids.length, 2, "both would be sent");
    const again = await panelOf(page, org, QUANTUM, "classic");
    assert.match((await again.state()).text, /Logged in as Ada Admin/);
    assert.doesNotMatch((await again.state()).chip, /couldn't check/i);
  } finally {
    for (const { value, domain } of sids) if (/forged/.test(value)) await context.clearCookies({ name: "sid", domain });
  }
});

/** The worker as it runs now. */
const worker = (context) => until(() => context.serviceWorkers().at(-1), "a worker");

journey("hostile: an entry that is not what its place says is unreadable: not previewed, not linked to", async ({ org, page, context }) => {
  const panel = await panelOf(page, org, QUANTUM);
  await panel.open();
  await offered(panel, "Fix Remove Bulk API Hard Delete");
  await panel.apply();
  const own = await worker(context);
  // The journal of this record: those of others are there too, from journeys before.
  const key = await own.evaluate(async (id) => Object.keys(await chrome.storage.local.get(null)).find((one) => one.startsWith("journal:") && one.includes(id)), org.users[QUANTUM].slice(0, 15));
  const real = await own.evaluate(async (key) => (await chrome.storage.local.get(key))[key], key);
  const forged = { host: "evil.test/x?", org: "00D5g000000BBBBEA4", subject: "0055g00000Zzzzz", other: { host: "evil.my.salesforce.com" } };
  const entries = Object.entries(forged).map(([name, value]) => ({ ...structuredClone(real.at(-1)), id: `forged-${name}`, undoes: "", ...(typeof value === "string" ? { [name]: value } : value) }));
  await own.evaluate(([key, all]) => chrome.storage.local.set({ [key]: all, "write:00D5g000000BBBBEA4": true }), [key, [...real, ...entries]]);
  const again = await panelOf(page, org, QUANTUM);
  await again.open();
  const state = await again.state();
  assert.match(state.text, /4 (changes|entries).*(cannot|can't) be (read|shown)/);
  assert.ok(!state.buttons.some((one) => /forged/.test(one.id)) && state.entries.every((one) => !/forged/.test(one.id ?? "")));
  const asked = await again.inOwnWorld(`chrome.runtime.sendMessage({ command: "Undo", number: 0, entry: "forged-host", fields: [] }).then((answer) => answer ?? "nothing")`);
  assert.equal(asked, "nothing");
  const history = await context.newPage();
  await history.goto(popupPage(context).replace("popup", "history"));
  await history.locator("tbody tr").first().waitFor();
  assert.match(await history.locator("main").innerText(), /4 (changes|entries).*(cannot|can't) be (read|shown)/);
  const links = await history.locator("a").evaluateAll((all) => all.map((one) => one.href));
  assert.deepEqual(links.filter((one) => one.startsWith("https://") && new URL(one).host !== org.hosts.core), []);
  await history.close();
  await own.evaluate(([key, all]) => chrome.storage.local.set({ [key]: all }), [key, real]);
  const back = await panelOf(page, org, QUANTUM);
  await back.preview("Undo Remove Bulk API Hard Delete");
  await back.apply();
});

/** Has the worker's reads of what is on disk fail that ask for one of these keys; `undefined`: none any more. */
const failing = (own, keys) =>
  own.evaluate((begin) => {
    const area = chrome.storage.local;
    globalThis.readsAs ??= area.get.bind(area);
    const read = globalThis.readsAs;
    area.get = begin === undefined ? read : (asked) => ((asked === null ? [begin] : [asked].flat()).some((key) => key.startsWith(begin)) ? Promise.reject(new Error("an I/O error")) : read(asked));
  }, keys);

journey("storage: a read that fails is no empty journal: nothing is written, nothing is cleared, and it is said", async ({ org, page, context }) => {
  const panel = await panelOf(page, org, QUANTUM);
  await panel.open();
  await offered(panel, "Fix Remove Bulk API Hard Delete");
  await panel.apply();
  const own = await worker(context);
  const journals = () => own.evaluate(async () => JSON.stringify(Object.entries(await (globalThis.readsAs ?? chrome.storage.local.get.bind(chrome.storage.local))(null)).filter(([key]) => key.startsWith("journal:"))));
  // One that was begun, as after a worker that was stopped: it must outlive all of this.
  const kept = await own.evaluate(async (id) => {
    const [key, all] = Object.entries(await chrome.storage.local.get(null)).find(([key]) => key.startsWith("journal:") && key.includes(id));
    const begun = { ...structuredClone(all.at(-1)), id: "begun", undoes: "" };
    begun.apply.progress = begun.apply.progress.map(() => "Writing");
    await chrome.storage.local.set({ [key]: [...all, begun] });
    return { key, all };
  }, org.users[QUANTUM].slice(0, 15));
  const before = await journals();
  await failing(own, "journal:");
  const again = await panelOf(page, org, QUANTUM);
  await again.open();
  assert.match((await again.state()).text, /Leastwise couldn.t read earlier changes from this browser/);
  const count = await trail(org);
  const preview = await again.preview("Fix Freeze");
  assert.equal(preview.waits, undefined, "nothing to approve");
  assert.match(preview.plan, /couldn.t read earlier changes from this browser/);
  const history = await context.newPage();
  const address = popupPage(context).replace("popup", "history");
  await history.goto(address);
  await history.getByText("The history could not be read from this browser.").waitFor();
  assert.equal(await history.locator("tbody tr").count(), 0);
  // Read, and then not any more: what is not read is not cleared.
  await failing(own, undefined);
  await history.getByRole("button", { name: "Try again" }).click();
  const clear = history.getByRole("button", { name: /^Clear/ });
  await clear.waitFor();
  await own.evaluate(() => {
    const read = globalThis.readsAs;
    chrome.storage.local.get = (asked) => (asked === null ? read(asked) : Promise.reject(new Error("an I/O error")));
  });
  await clear.click();
  await history.getByText("Not everything could be cleared").waitFor();
  await failing(own, undefined);
  assert.equal(await journals(), before, "all of it is there");
  await clear.click();
  await history.locator('tr[data-entry="begun"][data-state="unfinished"]').waitFor();
  await until(async () => !(await history.locator('tr[data-state="verified"]').count()), "what is settled is cleared");
  await history.close();
  assert.equal(await trail(org), count, "nothing was written");
  await own.evaluate(({ key, all }) => chrome.storage.local.set({ [key]: all }), kept);
  const back = await panelOf(page, org, QUANTUM);
  await back.preview("Undo Remove Bulk API Hard Delete");
  await back.apply();
});
