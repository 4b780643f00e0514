// A worker that is stopped in the middle, and what is found again: in the panel, the popup, another tab, the history.
// It never waits for a clock to bring about what a fault can.

import assert from "node:assert/strict";
import fs from "node:fs";
import { killWorker, popupPage, signIn, until } from "../lib/browser.mjs";
import { journey } from "../lib/check.mjs";
import { alike, fixesOf, offered, panelOf, stateOf, trail, writes } from "../lib/fixing.mjs";

const LEGACY = "legacy.middleware@acme.example";
const QUANTUM = "quantum.sync@acme.example";

/** Approves what is offered, and stops the worker while its request after so many is on its way. */
async function approveAndStop(panel, org, context, after) {
  await org.forget();
  await org.fault({ kind: "slow", match: "/services/", after, times: 1, ms: 1_500 });
  await panel.approve("Apply");
  await panel.page.waitForTimeout(700);
  await killWorker(context);
  // What was under way takes place, or does not: the org has decided by then.
  await panel.page.waitForTimeout(1_500);
  await org.heal();
}

for (let after = 0; after < 7; after += 1) {
  journey(`unfinished: the worker is stopped at request ${after} of a plan, and it goes on`, async ({ org, page, context }) => {
    let panel = await panelOf(page, org, LEGACY);
    await panel.open();
    const before = await stateOf(org);
    await offered(panel, fixesOf(await panel.state(), "api-only-set")[0]);
    await approveAndStop(panel, org, context, after);
    panel = await panelOf(page, org, LEGACY);
    await panel.open();
    let state = await panel.state();
    const begun = state.entries.find((entry) => entry.state === "unfinished");
    if (begun) {
      assert.match(begun.text, /Unfinished: [012] of \d done\./);
      const preview = await panel.preview("Continue ");
      assert.ok(preview.ready, preview.plan);
      state = await panel.apply();
    } else if (!state.entries.some((entry) => entry.state === "verified")) {
      // Stopped before the journal had it: nothing was written, and nothing is claimed.
      alike(await stateOf(org), before);
      return;
    }
    assert.equal(state.entries[0].state, "verified", state.text);
    const made = (await writes(org)).filter((r) => r.status < 300);
    assert.ok(made.length <= 2, `nothing is done twice: ${JSON.stringify(made)}`);
    await panel.preview("Undo ");
    await panel.apply();
    alike(await stateOf(org), before);
  });
}

journey("unfinished: the worker is stopped in the middle of an undo", async ({ org, page, context }) => {
  let panel = await panelOf(page, org, LEGACY);
  await panel.open();
  const before = await stateOf(org);
  await offered(panel, fixesOf(await panel.state(), "api-only-set")[0]);
  await panel.apply();
  await panel.preview("Undo ");
  await approveAndStop(panel, org, context, 3);
  panel = await panelOf(page, org, LEGACY);
  await panel.open();
  const found = await panel.when((s) => s.entries.some((entry) => entry.state === "unfinished"), "an unfinished undo");
  assert.match(found.text, /Unfinished: [01] of 2 done/);
  await panel.preview("Continue ");
  const state = await panel.apply();
  assert.match(state.plan, /Undone. Salesforce confirms it/);
  alike(await stateOf(org), before);
});

journey("unfinished: the popup says so, and goes on", async ({ org, page, context }) => {
  const panel = await panelOf(page, org, QUANTUM);
  await panel.open();
  const before = await stateOf(org);
  await offered(panel, "Fix Remove Bulk API Hard Delete");
  await approveAndStop(panel, org, context, 1);
  const again = await panelOf(page, org, QUANTUM);
  const popup = await context.newPage();
  await popup.goto(popupPage(context));
  await page.bringToFront();
  await popup.evaluate(() => location.reload());
  await popup.locator(".unfinished").getByText(/Unfinished: 0 of 1 done/).waitFor();
  // It is approved where every preview is: in the window of the extension.
  await popup.getByRole("button", { name: /^Continue/ }).click();
  await again.apply();
  await again.preview("Undo ");
  await again.apply();
  alike(await stateOf(org), before);
});

// What came of a write that took place, and does not say so: a reading tells.
for (const fault of [
  { kind: "after:500", code: "UNKNOWN_EXCEPTION", message: "An unexpected error occurred." },
  { kind: "after:503", code: "SERVER_UNAVAILABLE", message: "Server Unavailable" },
  { kind: "after:401", code: "INVALID_SESSION_ID", message: "Session expired or invalid" },
  { kind: "after:403", code: "REQUEST_LIMIT_EXCEEDED", message: "TotalRequests Limit exceeded." },
  { kind: "after:502" },
  { kind: "after:200" },
  { kind: "truncated" },
]) {
  journey(`unfinished: a write that took place is told, whatever came of it: ${fault.kind} ${fault.code ?? ""}`, async ({ org, page }) => {
    const panel = await panelOf(page, org, QUANTUM);
    await panel.open();
    const before = await stateOf(org);
    await offered(panel, "Fix Remove Bulk API Hard Delete");
    await org.fault({ ...fault, match: "/sobjects", times: 1 });
    const state = await panel.apply();
    await org.heal();
    assert.match(state.plan, /Salesforce confirms it/);
    await panel.preview("Undo Remove Bulk API Hard Delete");
    await panel.apply();
    alike(await stateOf(org), before);
  });
}

journey("unfinished: a write that arrives when all is at rest was perhaps written, and is found by checking again", async ({ org, page }) => {
  let panel = await panelOf(page, org, QUANTUM);
  await panel.open();
  const before = await stateOf(org);
  await offered(panel, "Fix Remove Bulk API Hard Delete");
  // More than once: a browser sends a request again by itself when a connection that was kept open breaks.
  await org.fault({ kind: "late", match: "/sobjects", times: 6, ms: 30_000 });
  await panel.approve("Apply");
  const state = await panel.when((s) => s.stage === "ended", "an end", 60_000);
  await org.heal();
  assert.match(state.plan, /Unfinished: 0 of 1 done\. Perhaps more was written\./);
  assert.doesNotMatch(state.plan, /Nothing was written/);
  assert.ok(state.buttons.some((b) => /^Undo /.test(b.name)) && state.buttons.some((b) => /^Check again /.test(b.name)));
  alike(await stateOf(org), before);
  await until(async () => (await stateOf(org)).join() !== before.join(), "it arrives", 40_000);
  await panel.press("Check again ");
  await panel.when((s) => s.entries.some((e) => e.state === "verified"), "it is found");
  // Another one, which is found by opening the page.
  await panel.preview("Undo Remove Bulk API Hard Delete");
  await org.fault({ kind: "late", match: "/sobjects", times: 6, ms: 30_000 });
  await panel.approve("Apply");
  await panel.when((s) => s.stage === "ended", "an end", 60_000);
  await org.heal();
  await until(async () => (await stateOf(org)).join() === before.join(), "it arrives", 40_000);
  panel = await panelOf(page, org, QUANTUM);
  await panel.open();
  await panel.when((s) => s.entries.some((e) => e.state === "undone") && !s.entries.some((e) => e.state === "unfinished"), "it is found");
  alike(await stateOf(org), before);
});

journey("unfinished: a session that becomes somebody else's in the middle stops it", async ({ org, page, context }) => {
  const panel = await panelOf(page, org, LEGACY);
  await panel.open();
  const before = await stateOf(org);
  await offered(panel, fixesOf(await panel.state(), "api-only-set")[0]);
  await org.forget();
  await org.fault({ kind: "slow", match: "/services/", after: 2, times: 1, ms: 1_500 });
  await panel.approve("Apply");
  await until(async () => (await writes(org)).length === 1, "the first write");
  const other = await context.newPage();
  await signIn(other, org, "dana.doyle@acme.example");
  const state = await panel.when((s) => s.entries.some((e) => /logged in as someone else/.test(e.text)), "it says so", 15_000);
  assert.equal(state.entries.find((e) => /someone else/.test(e.text)).state, "unfinished");
  await org.heal();
  await signIn(other, org);
  await other.close();
  const again = await panelOf(page, org, LEGACY);
  await again.open();
  await again.preview("Undo ");
  await again.apply();
  alike(await stateOf(org), before);
});

journey("undo: from another tab, after the worker was stopped", async ({ org, page, context }) => {
  const panel = await panelOf(page, org, QUANTUM);
  await panel.open();
  const before = await stateOf(org);
  await offered(panel, "Fix Remove Bulk API Hard Delete");
  await panel.apply();
  await killWorker(context);
  const tab = await context.newPage();
  const there = await panelOf(tab, org, QUANTUM);
  await there.open();
  await there.preview("Undo Remove Bulk API Hard Delete");
  assert.match((await there.apply()).plan, /Undone. Salesforce confirms it/);
  alike(await stateOf(org), before);
  await tab.close();
});

journey("history: what was changed, by whom and where; exported; cleared on request only", async ({ org, page, context }) => {
  const panel = await panelOf(page, org, QUANTUM);
  await panel.open();
  await offered(panel, "Fix Remove Bulk API Hard Delete");
  await panel.apply();
  const history = await context.newPage();
  await history.goto(popupPage(context).replace("popup", "history"));
  const row = history.locator("tbody tr").first();
  await row.waitFor();
  const text = await row.innerText();
  for (const part of ["admin@acme.example", org.hosts.core, "Quantum Sync", "Bulk API Hard Delete", "Done"]) assert.ok(text.includes(part), part);
  assert.ok(!text.includes(org.org_id.slice(0, 15)), "ids are in the files alone");
  const file = async (name) => {
    const [download] = await Promise.all([history.waitForEvent("download"), history.getByRole("button", { name }).click()]);
    return fs.readFileSync(await download.path(), "utf8");
  };
  const rows = await history.locator("tbody tr").count();
  const csv = await file("Export as CSV");
  assert.ok(csv.split("\r\n").length >= rows + 1 && csv.includes('"Quantum Sync"'));
  // What was there before, and after: "true" became "false".
  assert.match(csv, /"PermissionsBulkApiHardDelete","true","false"/);
  const json = JSON.parse(await file("Export as JSON"));
  assert.equal(Object.values(json).flat().length, rows);
  assert.ok(Object.values(json).flat().every((entry) => entry.apply.plan.steps.length && entry.username && entry.at));
  await panel.preview("Undo Remove Bulk API Hard Delete");
  await panel.apply();
  await history.reload();
  await history.locator('tr[data-state="undone"]').first().waitFor();
  await history.getByRole("button", { name: "Clear" }).click();
  await history.getByText("No changes yet").waitFor();
  await history.close();
});
