// Keyboard alone, and what axe-core says of panel and popup.
// It never looks with the mouse.

import assert from "node:assert/strict";
import { axe, drawn } from "../lib/axe.mjs";
import { ownPage, popupPage, until, userPage } from "../lib/browser.mjs";
import { journey } from "../lib/check.mjs";
import { panelOf } from "../lib/fixing.mjs";
import { Panel } from "../lib/panel.mjs";

/** Narrow (a page at 400 %), a phone's, usual, wide; in pixels. */
const WIDTHS = [320, 360, 1280, 1920];

/** Looks at a width, each a color scheme and whether the system's colors are forced: all of them at the usual one. */
const looksAt = (width) => {
  if (width === 360) return [];
  const looks = [["light", "none"], ["dark", "none"]];
  return width === 1280 ? [...looks, ["light", "active"]] : looks;
};

journey("keyboard: reach the chip, open, decide, close", async ({ org, page }) => {
  await page.goto(userPage(org, "classic", "erp.sync@acme.example"));
  const panel = await Panel.of(page);
  await panel.report("ERP Sync");
  for (let n = 0; n < 80 && (await panel.state()).focus !== "chip"; n += 1) await page.keyboard.press("Shift+Tab");
  assert.equal((await panel.state()).focus, "chip");
  await page.keyboard.press("Enter");
  await panel.when((s) => s.open, "open");
  // What is folded is no stop: not the menu's buttons, nor those of areas that are closed.
  const seen = [];
  for (let n = 0; n < 26 && (await panel.state()).open && (n === 0 || (await panel.state()).focus); n += 1) {
    await page.keyboard.press("Tab");
    seen.push((await panel.state()).focus);
  }
  for (const id of ["more", "fold", "who-why", "Fix-0"]) assert.ok(seen.includes(id), `${id}: ${seen}`);
  for (const id of ["move", "close", "say-person"]) assert.ok(!seen.includes(id), id);
  // The arrows go from row to row.
  await panel.call("() => this.querySelector('#area-access > summary').focus()");
  await page.keyboard.press("ArrowDown");
  await panel.when((s) => s.focus === "row-broad-permission", "the first row");
  await page.keyboard.press("Enter");
  assert.equal(await panel.call("() => this.querySelector('#check-broad-permission').open"), true);
  // "/" filters, Escape goes back, and then closes.
  await page.keyboard.press("/");
  await panel.when((s) => s.focus === "filter-text", "the filter");
  await page.keyboard.type("author apex");
  const shown = "() => [...this.querySelectorAll('.items > li')].filter((one) => one.checkVisibility()).map((one) => one.dataset.permission)";
  await until(async () => (await panel.call(shown)).join() === "AuthorApex", "only what was asked for is shown");
  await page.keyboard.press("Escape");
  await until(async () => (await panel.call(shown)).length > 1, "all of it again");
  await page.keyboard.press("Escape");
  const closed = await panel.when((s) => !s.open, "closed");
  assert.equal(closed.focus, "chip", "the focus is back on the chip");
});

journey("axe: the panel's markup, light, dark and forced colours", async ({ org, page, context }) => {
  await page.goto(userPage(org, "setup", "erp.sync@acme.example"));
  const panel = await Panel.of(page);
  await panel.report("ERP Sync");
  await panel.open();
  await panel.when((s) => s.open, "open");
  const [html, css] = [await panel.html(), await panel.css()];
  const blank = await context.newPage();
  for (const width of WIDTHS) {
    for (const [colorScheme, forcedColors] of looksAt(width)) {
      const media = { colorScheme, forcedColors };
      await blank.setViewportSize({ width, height: 860 });
      await blank.emulateMedia(media);
      await blank.setContent(`<!doctype html><html lang="en"><title>t</title><main id="host"></main></html>`);
      await blank.evaluate(drawn, [html, css]);
      assert.ok((await blank.locator("[data-rule]").count()) > 10);
      assert.deepEqual(await axe(blank), [], `${JSON.stringify(media)}, ${width} px`);
    }
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
  await panel.preview("Fix Remove View All Data");
  await look("the preview");
  if ((await panel.state()).waits === "allow") await panel.approve("Allow");
  await panel.when((s) => s.ready, "it may be approved");
  await look("a preview that may be approved");
  const window = await panel.window();
  await window.locator("#apply").waitFor();
  await isFine(window, "the window that approves");
  await panel.apply();
  await look("what came of it");
  const history = await context.newPage();
  await history.goto(popupPage(context).replace("popup", "history"));
  await history.locator("tbody tr").first().waitFor();
  await isFine(history, "history");
  await history.close();
  await blank.close();
  await panel.preview("Undo ");
  await panel.apply();
});

/** What axe says of a page of the extension, in each look and width; and that it is read without scrolling sideways. */
async function isFine(page, name) {
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 720 });
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} fits ${width} px`);
    for (const [colorScheme, forcedColors] of looksAt(width)) {
      await page.emulateMedia({ colorScheme, forcedColors });
      assert.deepEqual(await axe(page), [], `${name}, ${width} px, ${colorScheme}, forced colors ${forcedColors}`);
    }
  }
  await page.emulateMedia({ colorScheme: "light", forcedColors: "none" });
}

journey("access: the popup, the settings and the welcome page, in every look and width", async ({ org, page, context }) => {
  await page.goto(userPage(org, "setup", "erp.sync@acme.example"));
  await (await Panel.of(page)).report("ERP Sync");
  const own = await context.newPage();
  for (const [name, ready] of [["popup", "#open"], ["options", "#erase"], ["welcome", "#reload"]]) {
    await own.setViewportSize({ width: 1280, height: 720 });
    await own.goto(ownPage(context, name));
    await page.bringToFront();
    await own.evaluate(() => location.reload());
    await own.locator(ready).waitFor();
    await isFine(own, name);
  }
  await own.close();
});
