// The history: what was changed, by whom and where, as a person reads it, filters it, copies it, and goes on from it.
// It approves nothing there: that is done in the window that approves.

import assert from "node:assert/strict";
import { ownPage, userPage } from "../lib/browser.mjs";
import { journey } from "../lib/check.mjs";
import { alike, offered, panelOf, stateOf } from "../lib/fixing.mjs";
import { Panel } from "../lib/panel.mjs";

const QUANTUM = "quantum.sync@acme.example";

/** The history, drawn. */
async function opened(context) {
  const history = await context.newPage();
  await history.goto(ownPage(context, "history"));
  await history.locator("tbody tr").first().waitFor();
  return history;
}

/** The first entry's row. */
const first = (history) => history.locator("tbody tr").first();

journey("history: read at every width, in the time of the place, without ids; filtered, and copied for a ticket", async ({ org, page, context }) => {
  const panel = await panelOf(page, org, QUANTUM);
  await panel.open();
  await offered(panel, "Fix Remove Bulk API Hard Delete");
  await panel.apply();
  const history = await opened(context);
  const text = await first(history).innerText();
  for (const part of ["admin@acme.example", org.hosts.core, "Quantum Sync", "Removed: Bulk API Hard Delete", "Done and verified"]) assert.ok(text.includes(part), `${part}: ${text}`);
  assert.doesNotMatch(text, /\b(005|00D|00e)\w{12}/, "ids are in the files alone");
  const at = await first(history).locator("time").evaluate((time) => {
    const moment = new Date(time.dateTime);
    return { said: time.textContent, day: String(moment.getDate()), zone: new Intl.DateTimeFormat("en-US", { timeZoneName: "short" }).format(moment).split(", ").at(-1) };
  });
  assert.ok(at.said.includes(at.day) && at.said.includes(at.zone), `the time of the place, with its zone: ${at.said}`);
  for (const width of [1920, 1280, 800, 360, 320]) {
    await history.setViewportSize({ width, height: 800 });
    const told = await history.evaluate(() => ({
      // How wide a cell of more than a few letters is at the least.
      narrow: [...document.querySelectorAll("tbody td")].map((cell) => [cell.textContent.trim().length, cell.getBoundingClientRect().width]).filter(([letters, wide]) => letters > 8 && wide < 90),
      wide: document.documentElement.scrollWidth - innerWidth,
      head: document.querySelector("thead").getBoundingClientRect().height > 0,
    }));
    assert.deepEqual(told.narrow, [], `${width} pixels`);
    assert.ok(told.wide <= 0, `${width} pixels: ${told.wide} too wide`);
    assert.equal(told.head, width >= 1280, `${width} pixels: a table where there is room, else a card an entry`);
  }
  await history.setViewportSize({ width: 1280, height: 800 });
  const all = await history.locator("tbody tr").count();
  await history.getByLabel("To").fill("2001-01-01");
  await history.getByText("No change is from this org and these days.").waitFor();
  assert.equal(await history.locator("tbody tr:visible").count(), 0);
  await history.getByLabel("To").fill("");
  await history.getByLabel("Org").selectOption(org.hosts.core);
  assert.equal(await history.locator("tbody tr:visible").count(), all);
  await first(history).getByRole("button", { name: /^Copy for change ticket/ }).click();
  await first(history).getByRole("button", { name: /^Copied/ }).waitFor();
  // Pasted, as into a ticket.
  const other = await context.newPage();
  await other.setContent("<textarea autofocus></textarea>");
  await other.locator("textarea").focus();
  await other.keyboard.press("Control+V");
  const ticket = await other.locator("textarea").inputValue();
  await other.close();
  for (const part of ["Changed by: admin@acme.example", org.org_id.slice(0, 15), org.users[QUANTUM].slice(0, 15), "PermissionsBulkApiHardDelete: true → false", "Entry: "]) assert.ok(ticket.includes(part), `${part}: ${ticket}`);
  await history.close();
  await panel.preview("Undo ");
  await panel.apply();
});

journey("history: Undo there opens the record's page with the preview, which is approved in its window", async ({ org, page, context }) => {
  const before = await stateOf(org);
  const panel = await panelOf(page, org, QUANTUM);
  await panel.open();
  await offered(panel, "Fix Remove Bulk API Hard Delete");
  await panel.apply();
  const history = await opened(context);
  const [there] = await Promise.all([context.waitForEvent("page", (one) => !/approve/.test(one.url())), first(history).getByRole("button", { name: /^Undo/ }).click()]);
  const own = await Panel.of(there);
  const state = await own.when((s) => s.ready, "the preview");
  assert.ok(state.open, "the panel is open");
  await own.apply();
  await there.close();
  alike(await stateOf(org), before);
  await history.reload();
  await history.locator('tr[data-state="undone"]').first().waitFor();
  // Asked for once: another page of the record begins nothing.
  await page.goto(userPage(org, "setup", QUANTUM));
  const again = await (await Panel.of(page)).report("Quantum Sync");
  assert.equal(again.stage, undefined);
  await history.close();
});
