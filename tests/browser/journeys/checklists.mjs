// Checklists: what people do in Setup, checked off by reading the org, and by their word where no API tells.
// Nothing of them is ever written to the org, so that nothing is approved.

import assert from "node:assert/strict";
import { until } from "../lib/browser.mjs";
import { journey } from "../lib/check.mjs";
import { fixesOf, panelOf, writes } from "../lib/fixing.mjs";
import { approvals } from "../lib/panel.mjs";

const ERP = "erp.sync@acme.example";
const AGAIN = "Check again Give this integration";

journey("checklists: begun by one click, checked off by reading the org, also in one that is read-only", async ({ org, page, context }) => {
  const panel = await panelOf(page, org, ERP);
  await panel.open();
  const [name] = fixesOf(await panel.state(), "guide-user");
  const { rows } = await org.state();
  const own = Object.values(rows.User).find((row) => row.Username === "warehouse@acme.example");
  await org.forget();
  const begun = await panel.checklist(name);
  assert.equal(approvals(context).length, 0, "nothing is approved where nothing is written");
  assert.deepEqual(begun.steps, ["already", "planned", "planned", "planned", "planned", "planned"]);
  assert.match(begun.plan, /Found: \d+ of \d+ licenses used/, "what was found is said");
  assert.match(begun.plan, /Create a user only for this integration/);
  const links = await panel.call("() => [...this.querySelectorAll('.steps a')].map((one) => one.href)");
  assert.ok(links.some((link) => link.includes(org.users[ERP].slice(0, 15))), `one leads to the user: ${links}`);
  // A click does not check it off.
  assert.deepEqual((await panel.checklist(AGAIN)).steps, begun.steps);
  await org.row("User", own.Id, { CreatedDate: new Date().toISOString().replace("Z", "+0000") });
  const further = await panel.checklist(AGAIN);
  assert.deepEqual(further.steps, ["already", "already", "planned", "planned", "planned", "planned"], "what others did is seen");
  assert.match(further.plan, /2 of 6 done/);
  // It stands at the top of the panel, also after a reload, and in the popup, and a second start goes on with it.
  await panel.press("Back");
  await panel.when((s) => /Checklist: 2 of 6 done/.test(s.text) && !s.stage, "it is at the top");
  await page.reload();
  await panel.report();
  await panel.when((s) => /Checklist: 2 of 6 done/.test(s.text), "it is at the top of a new page");
  const again = await panel.checklist(name);
  assert.match(again.plan, /2 of 6 done/, "it goes on where it was");
  await panel.press("Dismiss");
  await panel.when((s) => !/Checklist: /.test(s.text) && !s.stage, "it is gone");
  assert.equal((await writes(org)).length, 0);
  await org.row("User", own.Id, { CreatedDate: own.CreatedDate });
});

journey("checklists: what no API tells is done by the admin's own word, with name and day, and can be taken back", async ({ org, page }) => {
  const panel = await panelOf(page, org, "never.used@acme.example");
  await panel.open();
  const [name] = fixesOf(await panel.state(), "guide-ranges");
  assert.ok(name);
  const begun = await panel.checklist(name);
  const boxes = () => panel.call("() => [...this.querySelectorAll('.did input')].map(({ id, checked }) => ({ id, checked }))");
  const [first] = await boxes();
  assert.ok(first && !first.checked, begun.plan);
  await panel.click(`[id="${first.id}"]`);
  const said = await panel.when((s) => s.plan.includes(org.admin.username), "the word is kept");
  assert.match(said.plan, /\d{4}-\d{2}-\d{2}|\w+ \d{1,2}, \d{4}/, "with the day");
  assert.equal((await boxes())[0].checked, true);
  await page.reload();
  await panel.report();
  await panel.checklist("Check again Enter login IP ranges");
  assert.equal((await boxes())[0].checked, true, "it is there after a reload");
  const [, second] = await boxes();
  await panel.click(`[id="${second.id}"]`);
  await panel.when((s) => /Checklist done/.test(s.plan) && !s.buttons.some((one) => one.name.startsWith("Dismiss")), "all of it is done");
  await panel.click(`[id="${second.id}"]`);
  await panel.when((s) => /1 of 2 done/.test(s.plan), "it is not, after all");
  await panel.click(`[id="${first.id}"]`);
  await until(async () => (await boxes())[0]?.checked === false, "it is taken back");
  assert.equal((await writes(org)).length, 0);
  await panel.press("Dismiss");
  await panel.when((s) => !/Checklist: /.test(s.text), "it is gone");
});
