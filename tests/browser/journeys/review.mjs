// The review of an org: from the popup to the ranked list and the files; broken off and gone on with; refused; compared.

import assert from "node:assert/strict";
import fs from "node:fs";
import { axe } from "../lib/axe.mjs";
import { ownPage, until, userPage } from "../lib/browser.mjs";
import { journey } from "../lib/check.mjs";
import { Popup } from "../lib/popup.mjs";

const address = (context, org) => `${ownPage(context, "review")}?host=${org.hosts.core}`;

/** Opens the review's page, and reads what it will take. */
async function preview(page, context, org, hash = "") {
  await page.goto(address(context, org) + hash);
  await page.getByRole("button", { name: "See what it takes" }).click();
  await page.locator("#start").waitFor();
}

/** Reads an org to the end. */
async function review(page, context, org) {
  await preview(page, context, org);
  await page.locator("#start").click();
  await page.locator(".numbers").waitFor({ timeout: 60_000 });
}

/** Forgets what was read and kept of any org. */
async function forget(page, context, org) {
  await page.goto(address(context, org));
  await page.evaluate(async () => {
    for (const { name } of await indexedDB.databases()) await new Promise((done) => Object.assign(indexedDB.deleteDatabase(name), { onsuccess: done, onerror: done, onblocked: done }));
  });
}

/** What was changed in the org so far: each change leaves a row. */
const changes = async (org) => Object.keys((await org.state()).rows.SetupAuditTrail ?? {}).length;

journey("review: from the popup to the ranked list, and nothing is written", async ({ org, context, page }) => {
  await page.goto(userPage(org, "setup", "erp.sync@acme.example"));
  const popup = await Popup.open(context);
  await popup.text(/Review this org/);
  const href = await popup.evaluate("document.querySelector('#review').getAttribute('href')");
  assert.equal(href, `review.html?host=${org.hosts.core}`);
  await popup.close?.();
  await forget(page, context, org);
  const trail = await changes(org);
  await org.forget();
  await preview(page, context, org);
  const before = await page.locator("main").innerText();
  assert.match(before, /It takes about \d+ API calls, of \d+ that this org has left today/);
  assert.match(before, /Read only: this page changes nothing/);
  const asked = (await org.requests()).length;
  assert.ok(asked <= 4, `${asked} requests before it was started`);
  await page.locator("#start").click();
  await page.locator(".numbers").waitFor({ timeout: 60_000 });
  const text = await page.locator("main").innerText();
  assert.match(text, /Fix first/);
  assert.match(text, /Acme Integration Admin/);
  const first = await page.locator("table.users tbody tr").first().innerText();
  assert.match(first, /ERP Sync|Dana Doyle/);
  assert.equal(await changes(org), trail, "nothing is written");
  assert.deepEqual(await axe(page), []);
});

journey("review: every view, a user's page, filters, and one user a screen", async ({ org, context, page }) => {
  await forget(page, context, org);
  await review(page, context, org);
  for (const [view, words] of [
    ["users", /Legacy Middleware/],
    ["people", /People who act as integrations/],
    ["agents", /Agents/],
    ["apps", /ERP Connector/],
    ["privileged", /System Administrator/],
    ["settings", /Session timeout/],
    ["rules", /Why it matters|finding/],
    ["missing", /Couldn't be told/],
    ["compare", /earlier review/],
  ]) {
    await page.locator(`nav.views a[href="#${view}"]`).click();
    await until(async () => words.test(await page.locator("main").innerText()), `the view ${view}`);
  }
  await page.locator('nav.views a[href="#users"]').click();
  await page.locator("#filter").fill("legacy");
  await until(async () => (await page.locator("table.users tbody tr:visible").count()) === 1, "one user fits");
  await page.locator("table.users tbody tr:visible a").first().click();
  await page.getByRole("heading", { name: "Legacy Middleware" }).waitFor();
  const user = await page.locator("main").innerText();
  for (const part of ["What it can do to the whole org", "What grants its permissions", "Logins", "Open this user in Setup"]) assert.ok(user.includes(part), part);
  await page.evaluate(() => {
    location.hash = "#present/0";
  });
  await page.locator("section.present").waitFor();
  await page.keyboard.press("ArrowRight");
  await until(async () => /2 of \d+/.test(await page.locator("main").innerText()), "the next user");
  await page.keyboard.press("Escape");
  await page.locator(".numbers").waitFor();
});

journey("review: stopped, closed and gone on with; nothing is asked twice", async ({ org, context, page }) => {
  await forget(page, context, org);
  await preview(page, context, org);
  await org.forget();
  await org.fault({ kind: "slow", ms: 400, match: "composite" });
  await page.locator("#start").click();
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await page.getByText("You stopped this review.").waitFor();
  await org.heal();
  const other = await context.newPage();
  await page.close();
  await other.goto(address(context, org));
  await other.getByRole("button", { name: "Continue it" }).click();
  await other.locator(".numbers").waitFor({ timeout: 60_000 });
  assert.match(await other.locator("main").innerText(), /integration users/);
  await other.reload();
  await other.locator("ul.kept li").first().waitFor();
  await other.locator("ul.kept button").first().click();
  await other.locator(".numbers").waitFor();
  await other.close();
});

journey("review: a session that ends stops it, and what was read is kept", async ({ org, context, page }) => {
  await forget(page, context, org);
  await preview(page, context, org);
  await org.fault({ kind: "expired-session", match: "composite", times: 1 });
  await page.locator("#start").click();
  await page.getByText("Your Salesforce session has ended.").waitFor();
  assert.match(await page.locator("main").innerText(), /What was read is kept/);
  await org.heal();
  await page.getByRole("button", { name: "Continue", exact: true }).click();
  await page.locator(".numbers").waitFor({ timeout: 60_000 });
});

journey("review: what is handed over is read back, and a later one is compared", async ({ org, context, page }) => {
  await forget(page, context, org);
  await review(page, context, org);
  await page.locator("details.export > summary").click();
  const saved = async (name) => {
    const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
    return fs.readFileSync(await download.path());
  };
  const html = (await saved("Report (HTML)")).toString();
  assert.ok(html.startsWith("<!DOCTYPE html>") && !/<script/i.test(html) && html.includes("ERP Sync"), "a report");
  const json = JSON.parse((await saved("Data (JSON)")).toString());
  assert.equal(json.format, "leastwise-review/1");
  assert.equal((await saved("Workbook (XLSX)")).subarray(0, 2).toString(), "PK");
  assert.equal((await saved("Tables (CSV)")).subarray(0, 2).toString(), "PK");
  const report = await context.newPage();
  await report.setContent(html);
  await report.emulateMedia({ media: "print" });
  assert.ok((await report.locator("section.user").count()) >= 10, "a page a user");
  await report.close();
  await page.locator('nav.views a[href="#compare"]').click();
  await page.locator("#earlier").setInputFiles({ name: "earlier.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(json)) });
  await page.locator('details.change[data-change="Still there"]').waitFor();
  assert.equal(await page.locator('details.change[data-change="Solved"], details.change[data-change="New"]').count(), 0, "nothing was done between");
  await page.locator("#earlier").setInputFiles({ name: "other.json", mimeType: "application/json", buffer: Buffer.from("{}") });
  await page.getByText("This file is no review of Leastwise").waitFor();
});
