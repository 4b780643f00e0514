// From a finding to what was done and undone: previews, approval, the org's state before and after.
// It never trusts the panel's word for what was written: the org is asked.

import assert from "node:assert/strict";
import { ownPage, signIn, until } from "../lib/browser.mjs";
import { journey } from "../lib/check.mjs";
import { alike, fixesOf, offered, offeredBy, panelOf, stateOf, trail, writes } from "../lib/fixing.mjs";

const BACKUP = "backup@acme.example";
const ERP = "erp.sync@acme.example";

journey("fixes: a production org is read-only until the admin says otherwise", async ({ org, page }) => {
  const panel = await panelOf(page, org, BACKUP);
  await panel.open();
  await org.forget();
  const before = await trail(org);
  const state = await panel.preview("Fix Freeze");
  assert.match(state.plan, /Read-only/);
  assert.match(state.plan, /Steps by hand/);
  assert.equal(state.waits, "allow", "there is nothing to approve");
  assert.equal((await writes(org)).length, 0);
  const window = await panel.window();
  await window.locator("#allow").waitFor();
  assert.equal(await window.locator("#apply").count(), 0);
  assert.match(await window.locator("#org").innerText(), /^Production /);
  await panel.approve("Allow changes until the browser closes");
  const allowed = await panel.when((s) => s.ready, "it may be approved now");
  assert.ok(!allowed.buttons.some((b) => /^(Apply|Allow|Make this org)/.test(b.name)), "not in the page");
  await window.getByRole("button", { name: /^Apply / }).waitFor();
  assert.equal(await trail(org), before, "nothing was written");
  await window.getByRole("button", { name: "Stop allowing changes in this org" }).click();
  await until(() => window.isClosed(), "the window is closed");
  assert.equal((await panel.preview("Fix Freeze")).waits, "allow");
  await panel.press("Back");
});

journey("fixes: changes can be allowed for always, which outlives the browser's session, and taken back in the settings", async ({ org, page, context }) => {
  const panel = await panelOf(page, org, BACKUP);
  await panel.open();
  // Other journeys of this browser may have allowed it.
  const forget = () => context.serviceWorkers()[0].evaluate(() => chrome.storage.session.clear());
  await forget();
  await page.reload();
  await panel.report();
  const before = await trail(org);
  assert.equal((await panel.preview("Fix Freeze")).waits, "allow");
  await panel.approve("Always allow changes here");
  await panel.when((s) => s.ready, "it may be approved now");
  await panel.press("Back");
  await panel.when((s) => !s.stage, "left");
  // As after a restart of the browser: what it keeps in memory is gone.
  await forget();
  await page.reload();
  await panel.report();
  assert.equal((await panel.preview("Fix Freeze")).waits, "apply", "it is still allowed");
  await panel.press("Back");
  const options = await context.newPage();
  await options.goto(ownPage(context, "options"));
  const own = options.locator("#changes li").filter({ hasText: org.hosts.core });
  await own.getByText(/Changes are allowed/).waitFor();
  assert.doesNotMatch(await own.innerText(), /until the browser is closed/);
  await own.getByRole("button", { name: /^Make read-only/ }).click();
  await own.getByText("Read-only", { exact: true }).waitFor();
  await options.close();
  assert.equal((await panel.preview("Fix Freeze")).waits, "allow", "it is asked again");
  await panel.press("Back");
  assert.equal(await trail(org), before, "nothing was written");
});

// One of each kind that can be undone.
const UNDONE = [
  ["hr.feed@acme.example", "remove-assignment"],
  ["quantum.sync@acme.example", "untick-permission"],
  ["hr.feed@acme.example", "remove-object-delete"],
  [ERP, "api-only-set"],
  ["hr.feed@acme.example", "admit-to-app"],
  [ERP, "close-app"],
  [ERP, "own-profile"],
  ["dev.desai@acme.example", "mute-permission"],
  ["old.loader@acme.example", "expire-password"],
  ["marketing.hub@acme.example", "enforce-ip-ranges"],
  [BACKUP, "freeze"],
];
for (const [username, fix] of UNDONE) {
  journey(`fixes: ${fix} is previewed, applied, verified and undone`, async ({ org, page }) => {
    const panel = await panelOf(page, org, username);
    await panel.open();
    const before = await stateOf(org);
    const [name] = fixesOf(await panel.state(), fix);
    assert.ok(name, `${username} has a ${fix}`);
    await org.forget();
    const preview = await offered(panel, name);
    assert.match(preview.plan, /What will change.*Who else is affected.*What could stop working.*How to undo/s);
    assert.ok(preview.steps.every((step) => step === "planned"));
    assert.equal((await writes(org)).length, 0, "a preview writes nothing");
    const applied = await panel.apply();
    assert.equal(applied.entries[0].state, "verified", applied.plan);
    assert.ok(applied.steps.every((step) => step === "verified" || step === "already"));
    assert.notDeepEqual(await stateOf(org), before, "something was written");
    // A write of the Metadata API goes to another address.
    const { length } = await writes(org);
    assert.ok(length >= 1 && length <= applied.steps.filter((step) => step === "verified").length, `${length} writes`);
    const undo = await panel.preview(`Undo ${name.replace(/^Fix /, "")}`);
    assert.ok(undo.ready, undo.plan);
    const undone = await panel.apply();
    assert.match(undone.plan, /Undone. Salesforce confirms it/);
    alike(await stateOf(org), before);
  });
}

journey("fixes: somebody else's change between preview and approval stops it, and both are shown", async ({ org, page }) => {
  const panel = await panelOf(page, org, ERP);
  await panel.open();
  const preview = await offered(panel, "Fix Remove Assign Permission Sets from profile");
  assert.match(preview.plan, /PermissionsManageUsers: true → false/);
  const { rows } = await org.state();
  const profile = Object.values(rows.Profile).find((row) => row.Name === "Acme Integration Admin");
  const set = Object.values(rows.PermissionSet).find((row) => row.ProfileId === profile.Id);
  const change = async (is) => {
    for (const [object, { Id }] of [["Profile", profile], ["PermissionSet", set]]) await org.row(object, Id, { PermissionsManageUsers: is });
  };
  await change(false);
  const before = await stateOf(org);
  const state = await panel.apply();
  assert.match(state.plan, /Nothing was changed.*changed since the preview: .*Manage Users is (Off, not On|On, not Off)/);
  assert.equal(state.entries[0].state, "nothing");
  alike(await stateOf(org), before);
  await change(true);
});

journey("fixes: an undo says what somebody else changed since, before it does anything", async ({ org, page }) => {
  const panel = await panelOf(page, org, ERP);
  await panel.open();
  const before = await stateOf(org);
  await offered(panel, "Fix Remove Assign Permission Sets from profile");
  assert.equal((await panel.apply()).entries[0].state, "verified");
  const { rows } = await org.state();
  const profile = Object.values(rows.Profile).find((row) => row.Name === "Acme Integration Admin");
  const set = Object.values(rows.PermissionSet).find((row) => row.ProfileId === profile.Id);
  for (const [object, { Id }] of [["Profile", profile], ["PermissionSet", set]]) await org.row(object, Id, { PermissionsManageUsers: true });
  const changed = await stateOf(org);
  const undo = await panel.preview("Undo Remove Assign Permission Sets from profile");
  assert.match(undo.plan, /Someone else changed this since/);
  assert.match(undo.plan, /PermissionsAssignPermissionSets: false → true/);
  assert.doesNotMatch(undo.plan, /PermissionsManageUsers: false/);
  alike(await stateOf(org), changed);
  assert.match((await panel.apply()).plan, /Undone. Salesforce confirms it/);
  alike(await stateOf(org), before);
});

journey("fixes: a write whose answer never comes is settled by reading", async ({ org, page }) => {
  // What was never answered and is not seen may still arrive: it is "perhaps written" until some minutes have passed.
  for (const [kind, state, username, fix] of [
    ["drop-after", "verified", "quantum.sync@acme.example", "Fix Remove Bulk API Hard Delete"],
    ["drop-before", "unfinished", "warehouse@acme.example", "Fix Freeze"],
  ]) {
    const panel = await panelOf(page, org, username);
    await panel.open();
    const before = await stateOf(org);
    await offered(panel, fix);
    const rows = await trail(org);
    // More than once: on a connection that it had open, the browser sends a request again by itself.
    await org.fault({ kind, match: "/sobjects/", times: 6 });
    const ended = await panel.apply();
    await org.heal();
    assert.equal(ended.entries[0].state, state, `${kind}: ${ended.plan}`);
    assert.equal((await trail(org)) - rows, state === "verified" ? 1 : 0, "a true account");
    if (state === "verified") {
      await panel.preview("Undo ");
      await panel.apply();
    } else assert.match(ended.plan, /may still arrive/);
    alike(await stateOf(org), before);
  }
});

journey("fixes: a locked row is tried again, visibly and not for ever", async ({ org, page }) => {
  const panel = await panelOf(page, org, "quantum.sync@acme.example");
  await panel.open();
  const before = await stateOf(org);
  await offered(panel, "Fix Remove Bulk API Hard Delete");
  await org.fault({ kind: "locked-row", match: "/sobjects/", times: 2 });
  await panel.approve("Apply");
  await panel.when((s) => /Trying again/.test(s.plan), "it says that it waits");
  const ended = await panel.when((s) => s.stage === "ended" && s.rows.length > 0, "an end", 20_000);
  assert.equal(ended.entries[0].state, "verified");
  await panel.preview("Undo ");
  await panel.apply();
  alike(await stateOf(org), before);
});

journey("fixes: Login As between preview and approval stops it", async ({ org, page, context }) => {
  const panel = await panelOf(page, org, "quantum.sync@acme.example");
  await panel.open();
  await offered(panel, "Fix Remove Bulk API Hard Delete");
  const before = await trail(org);
  const other = await context.newPage();
  await signIn(other, org, "dana.doyle@acme.example");
  await panel.approve("Apply");
  const state = await panel.when((s) => s.stage !== "running" && /logged in again|no longer applies|can.t|couldn.t|could not/i.test(s.plan), "it stopped");
  assert.equal(await trail(org), before, "nothing was written");
  assert.notEqual(state.stage, "ended");
  await signIn(other, org);
  await other.close();
});

journey("several: the selected ones are one plan, applied in order and undone as one", async ({ org, page }) => {
  const panel = await panelOf(page, org, ERP);
  await panel.open();
  const before = await stateOf(org);
  await panel.select("0", (id) => /-[012]$/.test(id));
  const preview = await offeredBy(panel, "#Fix-0-chosen");
  assert.match(preview.plan, /Remove 3 permissions/);
  const applied = await panel.apply();
  assert.equal(applied.entries[0].state, "verified");
  assert.ok(applied.steps.length >= 2);
  await panel.preview("Undo ");
  assert.match((await panel.apply()).plan, /Undone. Salesforce confirms it/);
  alike(await stateOf(org), before);
});

journey("several: it stops at a refusal, keeps what was done and says so", async ({ org, page }) => {
  const panel = await panelOf(page, org, ERP);
  await panel.open();
  const before = await stateOf(org);
  await panel.select("0", (id) => /-[01]$/.test(id));
  await offeredBy(panel, "#Fix-0-chosen");
  const { steps } = await panel.state();
  assert.ok(steps.length >= 2);
  // The last step, which moves the user to the copy, is refused.
  await org.fault({ kind: "part", match: "/sobjects/User/", code: "INSUFFICIENT_ACCESS_OR_READONLY", message: "entity is read only" });
  const state = await panel.apply();
  assert.equal(state.entries[0].state, "unfinished");
  const [, done, of] = /Unfinished: (\d+) of (\d+) done/.exec(state.entries[0].text);
  assert.ok(done >= 1 && Number(of) - done === 1, state.entries[0].text);
  await org.heal();
  await panel.preview("Undo ");
  await panel.apply();
  alike(await stateOf(org), before);
});

journey("keyboard: a fix by keys alone, in a narrow dark window, read out", async ({ org, page, context }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await page.emulateMedia({ colorScheme: "dark" });
  const panel = await panelOf(page, org, "quantum.sync@acme.example");
  const before = await stateOf(org);
  const focus = async (id) => {
    for (let n = 0; n < 120 && !(await panel.state()).focus.startsWith(id); n += 1) await page.keyboard.press("Tab");
    assert.ok((await panel.state()).focus.startsWith(id), id);
  };
  await panel.open();
  await focus("Fix-");
  await page.keyboard.press("Enter");
  const preview = await panel.when((s) => s.stage === "offered", "a preview");
  assert.equal(preview.focus, "plan-name", "the preview is gone to");
  assert.match(preview.status, /nothing is changed yet/);
  const wide = await panel.call(function () {
    const inside = this.querySelector("#panel");
    return inside.scrollWidth > inside.clientWidth || inside.getBoundingClientRect().right > innerWidth;
  }.toString());
  assert.equal(wide, false, "nothing is cut off at 320 px");
  // The window, by keys alone too: the preview is gone to first, what approves it is reached by Tab.
  const window = await panel.window();
  await window.setViewportSize({ width: 320, height: 640 });
  await window.locator("#plan-name:focus").waitFor();
  const press = async (id) => {
    await window.locator(`#${id}[aria-disabled="false"]`).waitFor();
    for (let n = 0; n < 60 && (await window.evaluate(() => document.activeElement.id)) !== id; n += 1) await window.keyboard.press("Tab");
    assert.equal(await window.evaluate(() => document.activeElement.id), id);
    assert.ok(await window.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "the window fits 320 px");
    await window.keyboard.press("Enter");
  };
  if (preview.waits === "allow") await press("allow");
  await press("apply");
  const done = await panel.when((s) => s.stage === "ended", "an end");
  assert.match((await panel.when((s) => /(\d+) of \1 done/.test(s.status), "it is read out")).status, /done/);
  assert.equal(done.entries[0].state, "verified");
  await page.setViewportSize({ width: 1280, height: 860 });
  await panel.preview("Undo ");
  await panel.apply();
  alike(await stateOf(org), before);
});

journey("inputs: ranges are proposed from sign-ins, edited, refused where they lock out, and previewed as entered", async ({ org, page }) => {
  const panel = await panelOf(page, org, "long.name@acme.example");
  await panel.open();
  const [name] = fixesOf(await panel.state(), "login-ip-ranges");
  const preview = await offered(panel, name);
  assert.equal(preview.inputs.length, 0, "in the page it is only shown");
  const window = await panel.window();
  const field = window.locator("textarea[name]");
  const proposed = await field.inputValue();
  assert.match(proposed, /\d+\.\d+\.\d+\.\d+/, "proposed from real sign-ins");
  for (const line of proposed.split("\n")) assert.ok(preview.plan.includes(line.trim()), line);
  assert.match(preview.plan, /can't be undone/i);
  const before = await trail(org);
  const plan = window.locator("#plan");
  await field.fill("203.0.113.200 - 203.0.113.201 nobody");
  await window.getByRole("button", { name: "Update preview" }).click();
  await plan.getByText(/would be shut out/).first().waitFor();
  assert.equal(await window.locator("#apply").count(), 0, "there is nothing to approve");
  assert.match(await field.inputValue(), /nobody/, "what was entered stands there still");
  await panel.when((s) => s.stage === "offered" && /would be shut out/.test(s.plan) && !s.waits, "the page says so too");
  await field.fill(`${proposed.split("\n")[0].split(" ")[0]} edited by hand`);
  await window.getByRole("button", { name: "Update preview" }).click();
  await panel.when((s) => s.ready && s.plan.includes("edited by hand"), "a preview of what was entered");
  // Changed once more, and approved without a look: it is previewed first.
  await window.locator("#apply").waitFor();
  await field.fill(proposed);
  await panel.approve("Apply");
  await panel.when((s) => s.ready && /your entries/.test(s.plan), "it is previewed first");
  assert.equal(await trail(org), before, "nothing was written");
  await panel.press("Back");
});

journey("fixes: 507 objects of one permission set in at most 15 requests, with progress, and undone", async ({ org, page }) => {
  const { id: set } = await org.row("PermissionSet", "", { Name: "Wide", Label: "Wide", IsOwnedByProfile: false, IsCustom: true, Type: "Regular" });
  await org.row("PermissionSetAssignment", "", { AssigneeId: org.users["hr.feed@acme.example"], PermissionSetId: set, IsActive: true });
  for (let n = 0; n < 507; n += 1) {
    const flags = { PermissionsRead: true, PermissionsCreate: true, PermissionsEdit: true, PermissionsDelete: true, PermissionsViewAllRecords: n % 5 === 0, PermissionsModifyAllRecords: n % 5 === 0 };
    await org.row("ObjectPermissions", "", { ParentId: set, SobjectType: `Warehouse_Order_Line_${n}__c`, ...flags });
  }
  const panel = await panelOf(page, org, "hr.feed@acme.example");
  await panel.open();
  const before = await stateOf(org);
  const { fixes } = await panel.state();
  const fix = fixes.find((one) => one.fix === "remove-object-delete" && one.name.includes("Wide"));
  assert.ok(fix, JSON.stringify(fixes));
  await offered(panel, fix.name);
  await panel.press("Back");
  await org.forget();
  const preview = await offered(panel, fix.name);
  assert.match(preview.plan, /405 objects/);
  await org.fault({ kind: "slow", match: "/composite/sobjects", ms: 700, times: 20 });
  await panel.approve("Apply");
  await panel.when((s) => /200 of 507 done/.test(s.plan) && /200 of 405 objects done/.test(s.plan), "progress is shown");
  const state = await panel.when((s) => s.stage === "ended", "an end", 60_000);
  await org.heal();
  assert.match(state.plan, /Salesforce confirms it/);
  const asked = (await org.requests()).filter((r) => r.path.startsWith("/services/"));
  assert.equal(asked.filter((r) => r.path.endsWith("/composite/sobjects")).length, 4);
  assert.ok(asked.length <= 15, asked.map((r) => `${r.method} ${r.path}`).join("\n"));
  await panel.preview("Undo Remove Delete on 507");
  await panel.apply();
  alike(await stateOf(org), before);
});
