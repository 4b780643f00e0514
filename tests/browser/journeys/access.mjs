// Keyboard alone, and what axe-core says of panel and popup.
// It never looks with the mouse.

import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";
import { popupPage, userPage } from "../lib/browser.mjs";
import { journey } from "../lib/check.mjs";
import { panelOf } from "../lib/fixing.mjs";
import { Panel } from "../lib/panel.mjs";

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Draws the panel's markup and styles in an open document: axe cannot see into a closed root. */
const drawn = ([markup, styles]) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles.replaceAll(":host", "#host"));
  document.adoptedStyleSheets = [sheet];
  document.querySelector("#host").innerHTML = markup;
};

/** What axe finds on a page, as lines. */
async function axe(page, scope = "document") {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate((where) => axe.run(where === "document" ? document : where), scope);
  return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`);
}

journey("keyboard: reach the chip, open, decide, close", async ({ org, page }) => {
  await page.goto(userPage(org, "classic", "erp.sync@acme.example"));
  const panel = await Panel.of(page);
  await panel.report("ERP Sync");
  for (let n = 0; n < 80 && (await panel.state()).focus !== "chip"; n += 1) await page.keyboard.press("Shift+Tab");
  assert.equal((await panel.state()).focus, "chip");
  await page.keyboard.press("Enter");
  await panel.when((s) => s.open, "open");
  const seen = new Set();
  for (let n = 0; n < 12; n += 1) {
    await page.keyboard.press("Tab");
    seen.add((await panel.state()).focus);
  }
  for (const id of ["move", "close", "fold", "say-integration", "say-person"]) assert.ok(seen.has(id), id);
  await page.keyboard.press("Escape");
  const closed = await panel.when((s) => !s.open, "closed");
  assert.equal(closed.focus, "chip", "the focus is back on the chip");
});

journey("axe: the panel's markup, light, dark and forced colours", async ({ org, page, context }) => {
  await page.goto(userPage(org, "setup", "erp.sync@acme.example"));
  const panel = await Panel.of(page);
  await panel.report("ERP Sync");
  await panel.click("#chip");
  await panel.when((s) => s.open, "open");
  const [html, css] = [await panel.html(), await panel.css()];
  const blank = await context.newPage();
  for (const media of [{ colorScheme: "light" }, { colorScheme: "dark" }, { colorScheme: "light", forcedColors: "active" }]) {
    await blank.emulateMedia({ forcedColors: "none", ...media });
    await blank.setContent(`<!doctype html><html lang="en"><title>t</title><main id="host"></main></html>`);
    await blank.evaluate(drawn, [html, css]);
    assert.ok((await blank.locator("[data-rule]").count()) > 10);
    assert.deepEqual(await axe(blank), [], JSON.stringify(media));
  }
  await blank.close();
});

journey("axe: a preview, what came of it, and the history", async ({ org, page, context }) => {
  const panel = await panelOf(page, org, "erp.sync@acme.example");
  const blank = await context.newPage();
  const look = async (what) => {
    for (const colorScheme of ["light", "dark"]) {
      await blank.emulateMedia({ colorScheme });
      await blank.setContent(`<!doctype html><html lang="en"><title>t</title><main id="host"></main></html>`);
      await blank.evaluate(drawn, [await panel.html(), await panel.css()]);
      assert.deepEqual(await axe(blank), [], `${what}, ${colorScheme}`);
    }
  };
  await panel.preview("Fix Take ViewAllData");
  await look("the preview");
  if ((await panel.state()).waits === "allow") await panel.approve("Allow");
  await panel.when((s) => s.ready, "it may be approved");
  await look("a preview that may be approved");
  const window = await panel.window();
  await window.locator("#apply").waitFor();
  for (const colorScheme of ["light", "dark"]) {
    await window.emulateMedia({ colorScheme });
    assert.deepEqual(await axe(window), [], `the window that approves, ${colorScheme}`);
  }
  await panel.apply();
  await look("what came of it");
  const history = await context.newPage();
  await history.goto(popupPage(context).replace("popup", "history"));
  await history.locator("tbody tr").first().waitFor();
  for (const colorScheme of ["light", "dark"]) {
    await history.emulateMedia({ colorScheme });
    assert.deepEqual(await axe(history), [], `history, ${colorScheme}`);
  }
  await history.setViewportSize({ width: 320, height: 640 });
  assert.ok(await history.evaluate(() => document.documentElement.scrollWidth <= innerWidth), "the history fits 320 px");
  await history.close();
  await blank.close();
  await panel.preview("Undo ");
  await panel.apply();
});

journey("popup: the same report, and what to open where there is none", async ({ org, page, context }) => {
  await page.goto(userPage(org, "setup", "erp.sync@acme.example"));
  const panel = await Panel.of(page);
  const state = await panel.report("ERP Sync");
  const popup = await context.newPage();
  await popup.goto(popupPage(context));
  await page.bringToFront();
  await popup.reload();
  await page.bringToFront();
  await popup.evaluate(() => location.reload());
  await popup.locator("[data-rule]").first().waitFor({ state: "attached" });
  const rows = await popup.locator("[data-rule]").evaluateAll((all) => all.map((row) => `${row.dataset.rule} ${row.dataset.outcome} ${row.dataset.severity ?? ""}`));
  assert.deepEqual(rows, state.rows.map((row) => `${row.rule} ${row.outcome} ${row.severity ?? ""}`));
  for (const colorScheme of ["light", "dark"]) {
    await popup.emulateMedia({ colorScheme });
    assert.deepEqual(await axe(popup), [], colorScheme);
  }
  await page.goto(`https://${org.hosts.setup}/lightning/setup/SetupOneHome/home`);
  await page.bringToFront();
  await popup.evaluate(() => location.reload());
  await popup.locator("main:not(:empty)").waitFor();
  assert.match(await popup.locator("main").innerText(), /Open a user or a profile/i);
  await popup.close();
});
