// Accepted risks: a finding is accepted by keyboard and mouse, leaves the counts, stays so, ends, comes back; files in and out;
// a company's policy. Nothing of it is written to the org.

import assert from "node:assert/strict";
import fs from "node:fs";
import { axe, drawn } from "../lib/axe.mjs";
import { killWorker, ownPage, until, userPage } from "../lib/browser.mjs";
import { journey, within } from "../lib/check.mjs";
import { panelOf, trail, writes } from "../lib/fixing.mjs";
import { Panel } from "../lib/panel.mjs";

const ERP = "erp.sync@acme.example";
const RULE = "shared-profile";
const SHOTS = process.env.LEASTWISE_SHOTS;

/** What stands under the keys of accepted risks; and the same in place of it. */
const stored = (page) => page.evaluate(async () => Object.entries(await chrome.storage.local.get(null)).filter(([key]) => key.startsWith("waivers:")));
const put = (page, entries) => page.evaluate((all) => chrome.storage.local.set(Object.fromEntries(all)), entries);
const clear = (page) => page.evaluate(async () => chrome.storage.local.remove(Object.keys(await chrome.storage.local.get(null)).filter((key) => key.startsWith("waivers:"))));

/** The panel on a user's page, in a browser that knows whether a company decided something: after its start that takes a while. */
async function begun(page, org, context) {
  // A worker that was stopped before may never answer, and its browser is no new one.
  const asked = context.serviceWorkers()[0]?.evaluate(() => chrome.storage.managed.get());
  await within(30_000, "what a company decided", asked).catch(() => undefined);
  return panelOf(page, org, ERP);
}

async function opened(context) {
  const options = await context.newPage();
  await options.goto(ownPage(context, "options"));
  await options.locator("#erase").waitFor();
  return options;
}

/** Types into a control of the panel, in place of what is there. */
async function fill(panel, selector, text) {
  await panel.click(selector);
  await panel.page.keyboard.press("ControlOrMeta+a");
  await panel.page.keyboard.press("Delete");
  if (text) await panel.page.keyboard.type(text);
}

const failed = (state) => Number(/(\d+) of \d+ checks failed/.exec(state.text)?.[1] ?? 0);
const has = (state, rule, outcome) => state.rows.some((row) => row.rule === rule && row.outcome === outcome);
const form = (rule) => `details[id^="accept-${rule}-"]`;

/** Accepts what a rule found, by its form. */
async function accept(panel, rule, { reason = "It moves to its own profile in spring.", ticket = "SEC-12" } = {}) {
  await panel.open();
  if (!(await panel.call(`() => this.querySelector('${form(rule)}').open`))) await panel.click(`${form(rule)} > summary`);
  await fill(panel, `${form(rule)} textarea`, reason);
  await fill(panel, `${form(rule)} [name=ticket]`, ticket);
  await panel.click(`${form(rule)} [data-command=Accept]`);
}

async function shot(page, name) {
  if (!SHOTS) return;
  fs.mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: `${SHOTS}/${name}.png` });
}

/** Has the worker say that a company decided this. */
const decide = (context, policy) =>
  context.serviceWorkers()[0].evaluate((policy) => {
    chrome.storage.managed.get = async () => policy;
  }, policy);

journey("accepted: a risk is accepted, leaves the counts, survives a reload and a stopped worker, and is ended", async ({ org, page, context }) => {
  const panel = await begun(page, org, context);
  const before = await panel.report("ERP Sync");
  const [asked, audited] = [(await writes(org)).length, await trail(org)];
  assert.ok(has(before, RULE, "finding"));
  await panel.open();
  await panel.click(`${form(RULE)} > summary`);
  await shot(page, "accept-form");
  // What is wrong is said beside its field, and the focus goes there.
  await panel.click(`${form(RULE)} [data-command=Accept]`);
  const wrong = await panel.when((s) => /Give a reason of at least 10 characters/.test(s.text), "the reason is missing");
  assert.match(wrong.status, /Not saved\. Give a reason/);
  await panel.when((s) => /-reason$/.test(s.focus), "the focus is where something is wrong");
  await shot(page, "accept-form-wrong");
  // The browser stops the worker while somebody writes.
  await killWorker(context);
  await accept(panel, RULE);
  const after = await panel.when((s) => has(s, RULE, "accepted"), "it is accepted");
  assert.ok(!has(after, RULE, "finding"));
  assert.equal(failed(after), failed(before) - 1);
  assert.match(after.text, /checks failed · 1 accepted/);
  assert.match(after.text, /Accepted until [A-Z][a-z]{2} \d+, 20\d\d/);
  assert.match(after.text, /“It moves to its own profile in spring\.” admin@acme\.example is responsible\. Ticket SEC-12\./);
  await panel.click("#accepted > summary");
  await shot(page, "accepted");
  await page.reload();
  const again = await panelOf(page, org, ERP);
  await again.when((s) => has(s, RULE, "accepted") && failed(s) === failed(after), "it is so after a reload");
  await again.open();
  await again.click("#accepted [data-command=StopAccepting]");
  const back = await again.when((s) => has(s, RULE, "finding") && !has(s, RULE, "accepted"), "it counts again");
  assert.equal(failed(back), failed(before));
  const options = await opened(context);
  await options.locator("#accepted summary").filter({ hasText: "1 no longer accepted" }).click();
  assert.match(await options.locator("[data-ended]").innerText(), /ended on .* by admin@acme\.example/);
  assert.equal((await writes(org)).length, asked, "nothing was written to the org");
  assert.equal(await trail(org), audited);
  await clear(options);
  await options.close();
});

journey("accepted: of several findings those that are selected, by keyboard; two tabs; expired it is back", async ({ org, page, context }) => {
  const panel = await begun(page, org, context);
  const rule = "broad-permission";
  await panel.open();
  const other = await context.newPage();
  const there = await panelOf(other, org, ERP);
  await page.bringToFront();
  await panel.click(`${form(rule)} > summary`);
  const titles = await panel.call(`() => [...this.querySelectorAll('${form(rule)} .parts label')].map((one) => one.textContent.trim())`);
  assert.ok(titles.length > 2, `${titles}`);
  // None is selected by itself; without one it says so.
  await fill(panel, `${form(rule)} textarea`, "The vendor needs it until May.");
  await panel.click(`${form(rule)} [data-command=Accept]`);
  await panel.when((s) => /Select at least one finding/.test(s.text), "none is selected");
  await panel.call(`() => this.querySelector('${form(rule)} [name=about]').focus()`);
  await page.keyboard.press("Space");
  const ids = [];
  for (let n = 0; n < 60; n += 1) {
    await page.keyboard.press("Tab");
    const { focus } = await panel.state();
    ids.push(focus);
    if (/-accept$/.test(focus)) break;
  }
  assert.match(ids.at(-1), /-accept$/, `the button is reached: ${ids}`);
  await page.keyboard.press("Enter");
  const one = await panel.when((s) => s.rows.filter((row) => row.rule === rule && row.outcome === "accepted").length === 1, "one of them is accepted");
  assert.equal(one.rows.filter((row) => row.rule === rule && row.outcome === "finding").length, titles.length - 1);
  // The other tab knows nothing of it, accepts something else, and both are kept.
  await other.bringToFront();
  await accept(there, RULE);
  await there.when((s) => has(s, RULE, "accepted") && has(s, rule, "accepted"), "both are accepted");
  await other.close();
  // A day that is over.
  const options = await opened(context);
  const [[key, text]] = await stored(options);
  const old = text.replaceAll(/"created":"[^"]*"/g, '"created":"2026-01-01"').replaceAll(/"expires":"[^"]*"/g, '"expires":"2026-02-01"');
  await put(options, [[key, old]]);
  await page.bringToFront();
  await page.reload();
  const late = await panelOf(page, org, ERP);
  const expired = await late.report("ERP Sync");
  assert.match(expired.text, /Acceptance expired on Feb 1, 2026\./);
  assert.ok(has(expired, RULE, "finding") && !has(expired, RULE, "accepted"));
  await options.bringToFront();
  await options.reload();
  await options.getByRole("button", { name: /^Remove 2 expired/ }).click();
  await options.getByText("No accepted risks.").waitFor();
  await clear(options);
  await options.close();
});

journey("accepted: a file goes out and comes in; another org's is asked about; what is wrong in it is told", async ({ org, page, context }) => {
  const panel = await begun(page, org, context);
  await accept(panel, RULE);
  await panel.when((s) => has(s, RULE, "accepted"), "it is accepted");
  const options = await opened(context);
  const [download] = await Promise.all([options.waitForEvent("download"), options.getByRole("button", { name: /^Export accepted/ }).click()]);
  assert.match(download.suggestedFilename(), /^leastwise-accepted-.*\.json$/);
  const text = fs.readFileSync(await download.path(), "utf8");
  assert.equal(text.split("\n").filter((line) => line.startsWith('{"rule"')).length, 1, text);
  const file = JSON.parse(text);
  assert.equal(file.waivers[0].subject.key, ERP);
  await shot(options, "options-list");
  await clear(options);
  await options.reload();
  const bring = async (content) => {
    // What was said of the file before goes first.
    await options.evaluate(() => document.querySelector("#imported")?.remove());
    const [chooser] = await Promise.all([options.waitForEvent("filechooser"), options.getByRole("button", { name: /^Import…/ }).first().click()]);
    await chooser.setFiles({ name: "a.json", mimeType: "application/json", buffer: Buffer.from(content) });
    await options.locator("#imported").waitFor();
    return options.locator("#imported");
  };
  // Our own is taken at once.
  assert.match(await (await bring(text)).innerText(), /Imported\. 1 new accepted risk/);
  await panel.when((s) => has(s, RULE, "accepted"), "a page that is open knows");
  // Nothing that is no list.
  assert.match(await (await bring("{")).innerText(), /Nothing was imported\. The file isn't valid JSON\. Line 1/);
  assert.match(await (await bring('{"version":7,"waivers":[]}')).innerText(), /version 7/);
  await clear(options);
  await options.reload();
  // Of another org, with an entry that is wrong, markup, and a key that nobody knows.
  const own = file.waivers[0];
  own.subject = { kind: "user", key: ERP, id: "0055g000001Abcd", org: "00D5g000000BBBB" };
  own.board = { minutes: 12 };
  own.reason = "<img src=x onerror=alert(1)> agreed";
  const others = JSON.stringify({ version: 1, waivers: [own, { ...own, expires: "soon" }] });
  const note = await bring(others);
  assert.match(await note.innerText(), /Import this file\?[^]*This file is of another org[^]*1 entry of it, matched to users and profiles of .* by name[^]*1 entry left out[^]*“expires” has to be a date/);
  await shot(options, "options-import");
  assert.deepEqual(await stored(options), [], "nothing is taken that nobody confirmed");
  await options.getByRole("button", { name: "Cancel" }).click();
  assert.deepEqual(await stored(options), []);
  await bring(others);
  await options.getByRole("button", { name: "Import", exact: true }).click();
  await options.locator("#imported[data-import=done]").waitFor();
  assert.match((await stored(options))[0][1], /"board":\{"minutes":12\}/);
  assert.equal(await options.locator("#accepted img").count(), 0, "markup is text");
  await page.bringToFront();
  const by = await panel.when((s) => has(s, RULE, "accepted") && /in another org, matched by name/.test(s.text), "it fits by name");
  assert.equal(by.elements, 0);
  await clear(options);
  await options.close();
});

journey("accepted: a company forbids it, asks for a ticket, and accepts by itself", async ({ org, page, context }) => {
  const panel = await begun(page, org, context);
  await accept(panel, RULE, { ticket: "" });
  await panel.when((s) => has(s, RULE, "accepted"), "it is accepted");
  await decide(context, { requireTicket: true });
  const reload = async () => {
    await page.reload();
    return panelOf(page, org, ERP);
  };
  let now = await reload();
  assert.match((await now.report()).text, /Accepted without a ticket, which your company's policy asks for\./);
  await decide(context, { allowWaivers: false });
  now = await reload();
  const forbidden = await now.report();
  assert.ok(has(forbidden, RULE, "finding"), "what was accepted counts again");
  assert.equal(await now.call("() => this.querySelectorAll('[data-command=Accept]').length"), 0);
  const options = await opened(context);
  assert.match(await options.locator("#accepted").innerText(), /Accepting risks is off\. Set by your company's policy\./);
  assert.ok(await options.getByRole("button", { name: /^Import…/ }).first().isDisabled());
  const entry = { rule: RULE, subject: { kind: "user", key: ERP }, about: "*", reason: "Agreed with security.", owner: "security@acme.example", created: "2026-11-01", expires: "2027-10-01", severity: "critical" };
  await decide(context, { allowWaivers: false, waivers: [{ ...entry, expires: "2027-01-20" }] });
  await options.reload();
  await options.getByRole("heading", { name: "By your company" }).waitFor();
  await page.bringToFront();
  now = await reload();
  const company = await now.report();
  assert.ok(has(company, RULE, "accepted"));
  assert.match(company.text, /Accepted until Jan 20, 2027 by your company/);
  assert.equal(await now.call("() => this.querySelectorAll('[data-command=StopAccepting]').length"), 0);
  await killWorker(context);
  await clear(options);
  await options.close();
});

journey("accepted: a note on a user; the forms by axe, light, dark and narrow", async ({ org, page, context }) => {
  const panel = await begun(page, org, context);
  await panel.open();
  await panel.click("#note > summary");
  await panel.click("#note-purpose");
  await page.keyboard.type("Sends orders to the ERP");
  await panel.click("#note-vendor");
  await page.keyboard.type("Acme ERP");
  await panel.click("#note-save");
  await panel.when((s) => /Purpose: Sends orders to the ERP · Vendor: Acme ERP/.test(s.text), "the note is there");
  await panel.click(`${form(RULE)} > summary`);
  await panel.click(`${form(RULE)} [data-command=Accept]`);
  await panel.when((s) => /Give a reason/.test(s.text), "something is wrong");
  const [html, css] = [await panel.html(), await panel.css()];
  const blank = await context.newPage();
  for (const media of [{ colorScheme: "light" }, { colorScheme: "dark" }, { colorScheme: "light", forcedColors: "active" }]) {
    await blank.emulateMedia({ forcedColors: "none", ...media });
    await blank.setContent(`<!doctype html><html lang="en"><title>t</title><main id="host"></main></html>`);
    await blank.evaluate(drawn, [html, css]);
    await blank.evaluate(() => {
      for (const fold of document.querySelectorAll("details")) fold.open = true;
    });
    assert.deepEqual(await axe(blank), [], JSON.stringify(media));
    await blank.setViewportSize({ width: 400, height: 1_000 });
    await blank.locator(".accept fieldset").first().scrollIntoViewIfNeeded();
    await shot(blank, `accept-axe-${media.colorScheme}-${media.forcedColors ?? "none"}`);
    assert.ok(await blank.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "it fits");
  }
  await blank.close();
  const options = await opened(context);
  for (const colorScheme of ["light", "dark"]) {
    await options.emulateMedia({ colorScheme });
    assert.deepEqual(await axe(options), [], colorScheme);
    await shot(options, `options-${colorScheme}`);
  }
  await until(async () => (await stored(options)).length === 1, "it is stored");
  await clear(options);
  await options.close();
});
