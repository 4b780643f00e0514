// What the pages of profiles, permission sets and permission set groups offer: previewed, applied for everyone who has it, undone.
// It never trusts the panel's word for what was written: the org is asked.

import assert from "node:assert/strict";
import { address } from "../lib/browser.mjs";
import { journey } from "../lib/check.mjs";
import { alike, fixesOf, offered, offeredBy, stateOf, writes } from "../lib/fixing.mjs";
import { Panel } from "../lib/panel.mjs";

/** The panel on the page of a record (its id), complete. */
async function panelOf(page, org, id, host = "setup") {
  await page.goto(address(org, host, `/${id.slice(0, 15)}`));
  const panel = await Panel.of(page);
  await panel.report();
  return panel.when((s) => /Logged in as/.test(s.text), "who is signed in").then(() => panel);
}

/** The id of a row. */
async function idOf(org, object, field, value) {
  const { rows } = await org.state();
  return Object.values(rows[object]).find((row) => row[field] === value).Id;
}

/** The heads of a preview, in their order. */
const HEADS = /What will change.*Who else is affected.*What could stop working.*How to undo/s;

/** What each page offers: of what, the fix, what the preview names, and who else it says is affected. */
const OFFERED = [
  { on: "profile", object: "Profile", field: "Name", value: "Acme Integration Admin", fix: "untick-permission", users: ["ERP Sync", "Legacy Middleware"] },
  { on: "permission set", object: "PermissionSet", field: "Name", value: "Backup_Access", fix: "untick-permission", users: [] },
  { on: "permission set group", object: "PermissionSetGroup", field: "DeveloperName", value: "Support_Plus", fix: "mute-permission", users: ["Dev Desai"] },
];
for (const { on, object, field, value, fix, users } of OFFERED) {
  journey(`sets: ${fix} on a ${on}'s own page is previewed for all who have it, applied and undone`, async ({ org, page }) => {
    const id = await idOf(org, object, field, value);
    const panel = await panelOf(page, org, id, on === "permission set" ? "lightning" : "setup");
    await panel.open();
    const before = await stateOf(org);
    const opened = await panel.state();
    for (const user of users) assert.ok(opened.text.includes(user), `${user} has it: ${opened.text}`);
    const [name] = fixesOf(opened, fix);
    assert.ok(name, JSON.stringify(opened.fixes));
    await org.forget();
    const preview = await offered(panel, name);
    assert.match(preview.plan, HEADS);
    const [, affected] = /Who else is affected(.*)What could stop working/s.exec(preview.plan);
    assert.match(affected, /\d+ (or more )?users?/);
    for (const user of users) assert.ok(affected.includes(user), affected);
    assert.equal((await writes(org)).length, 0, "a preview writes nothing");
    const applied = await panel.apply();
    assert.equal(applied.entries[0].state, "verified", applied.plan);
    assert.notDeepEqual(await stateOf(org), before, "something was written");
    assert.ok(!fixesOf(applied, fix).includes(name), "the finding is gone, and its fix with it");
    const undo = await panel.preview(`Undo ${name.replace(/^Fix /, "")}`);
    assert.ok(undo.ready, undo.plan);
    assert.match((await panel.apply()).plan, /Undone. Salesforce confirms it/);
    alike(await stateOf(org), before);
  });
}

journey("sets: the first button of a profile's page takes all of its findings' permissions at once, and back", async ({ org, page }) => {
  const panel = await panelOf(page, org, org.profiles["Acme Integration Admin"]);
  await panel.open();
  const before = await stateOf(org);
  const found = (await panel.state()).rows.filter((row) => row.outcome === "finding").length;
  const preview = await offeredBy(panel, "#Fix-0");
  assert.match(preview.plan, HEADS);
  assert.match(preview.plan, /2 users.*ERP Sync.*Legacy Middleware/s);
  const applied = await panel.apply();
  assert.equal(applied.entries[0].state, "verified", applied.plan);
  const left = applied.rows.filter((row) => row.outcome === "finding").length;
  assert.ok(left < found / 2, `${left} of ${found} are left`);
  await panel.preview("Undo ");
  assert.match((await panel.apply()).plan, /Undone. Salesforce confirms it/);
  alike(await stateOf(org), before);
});

journey("sets: login IP ranges are set on the profile's own page, from the logins of all who have it", async ({ org, page }) => {
  const panel = await panelOf(page, org, org.profiles["Acme Integration Admin"]);
  await panel.open();
  const [name] = fixesOf(await panel.state(), "login-ip-ranges");
  assert.ok(name, JSON.stringify((await panel.state()).fixes));
  const before = await stateOf(org);
  const preview = await offered(panel, name);
  assert.match(preview.plan, HEADS);
  assert.match(preview.plan, /2 users.*refused from then on, for everyone on this profile/s);
  assert.match(preview.plan, /can't be undone.*delete it in Setup/is, "its limit is said");
  const window = await panel.window();
  const field = window.locator("textarea[name]");
  const lines = (await field.inputValue()).split("\n");
  const applied = await panel.apply();
  assert.equal(applied.entries[0].state, "verified", applied.plan);
  assert.notDeepEqual(await stateOf(org), before);
  assert.ok(lines.length >= 1 && !fixesOf(applied, "login-ip-ranges").includes(name), "it is not offered again");
  assert.ok(!applied.buttons.some((button) => button.name.startsWith("Undo Limit profile")), "no undo is promised");
  // It is undone where its preview said: in Setup, one range after the other.
  const ranges = address(org, "classic", `/${org.profiles["Acme Integration Admin"].slice(0, 15)}/e?s=LoginIPRanges&range=0`);
  for (const _ of lines) {
    await page.goto(ranges);
    await page.locator("input[name=delete]").click();
    await page.waitForURL((url) => !url.pathname.endsWith("/e"));
  }
  const rows = (state) => state.slice(0, -1);
  alike(rows(await stateOf(org)), rows(before));
  const { profileMetadata } = await org.state();
  assert.deepEqual(profileMetadata[org.profiles["Acme Integration Admin"]].loginIpRanges, []);
});

journey("sets: an admin is told why nothing is offered on what they have themselves", async ({ org, page }) => {
  const { rows } = await org.state();
  const own = Object.values(rows.User).find((row) => row.Username === org.admin.username);
  const panel = await panelOf(page, org, own.ProfileId);
  await panel.open();
  const state = await panel.state();
  assert.match(state.text, /Leastwise doesn't change your own access/);
  assert.deepEqual(state.fixes, []);
});

journey("sets: a user's page leads to the group's page, which has the panel", async ({ org, page }) => {
  const id = await idOf(org, "PermissionSetGroup", "DeveloperName", "Support_Plus");
  const panel = await panelOf(page, org, id, "classic");
  const state = await panel.state();
  assert.match(state.name, /Support Plus/);
  await page.goto(address(org, "classic", `/${org.users["dev.desai@acme.example"].slice(0, 15)}?noredirect=1&isUserEntityOverride=1`));
  await page.locator(`a[href^="/${id.slice(0, 15)}"]`).click();
  await page.getByText("Permission Sets in Group").waitFor();
  await panel.report("Support Plus");
});
