// What becomes of the page itself while markers stand in it: its form, its markup, its layout, its tab order, its console.
// It never compares with what was expected of a page, only with the same page without Leastwise.

import assert from "node:assert/strict";
import { AXE } from "../lib/axe.mjs";
import { address, signIn, startBrowser, until } from "../lib/browser.mjs";
import { journey } from "../lib/check.mjs";
import { Markers, formFrame } from "../lib/markers.mjs";
import { look, posted, shown } from "../lib/pages.mjs";
import { Panel } from "../lib/panel.mjs";

const at = (org, host, rest, name = "Acme Data Warehouse") => address(org, host, `/${org.profiles[name].slice(0, 15)}${rest}`);
const PAGES = (org) => [
  ["system permissions", at(org, "classic", "/e?s=SystemPermissions"), '[title="ModifyAllData"]', '[id$=":button_pc_save"]'],
  ["the original page", at(org, "classic", "/e"), 'input[data-object="Account"][data-crud="modifyAll"]', "input[name=save]"],
  ["an object's settings", at(org, "classic", "/e?s=ObjectsAndTabs&o=Account"), '[id$=":5:olp_check"]', '[id$=":button_pc_save"]'],
  ["a login IP range", at(org, "classic", "/e?s=LoginIPRanges"), "#IpStartAddress", '[id$=":button_pc_save"]'],
  ["session settings", at(org, "classic", "/e?s=SessionSettings"), "select", '[id$=":button_pc_save"]'],
  ["password policies", at(org, "classic", "/e?s=PasswordPolicies"), "select", '[id$=":button_pc_save"]'],
  ["login hours", at(org, "classic", "/e?s=LoginHours"), "select", '[id$=":button_pc_save"]'],
  ["a user", address(org, "classic", `/${org.users["erp.sync@acme.example"].slice(0, 15)}/e`), "#active", "input[name=save]"],
];

journey("forms: markup, layout and tab order as without Leastwise", async ({ org, page, context: browser }) => {
  const context = await startBrowser(org, { plain: true });
  try {
    const plain = await context.newPage();
    await signIn(plain, org);
    for (const [name, url, control, save] of PAGES(org)) {
      await plain.goto(url);
      const without = await plain.evaluate(look);
      await page.goto(url);
      const panel = await Panel.of(page);
      await panel.when((s) => /no new risks|this edit adds/i.test(s.chip), `${name}: weighed`);
      const markers = await Markers.of(page);
      await page.waitForTimeout(150);
      const marked = (await markers.all()).length;
      const own = await page.evaluate(look);
      assert.deepEqual(own.places, without.places, `${name}: nothing is moved by ${marked} markers`);
      assert.equal(marked > 0, /permissions|original|object's|user/.test(name), `${name}: ${marked} markers`);
      assert.equal(own.html === without.html, marked === 0, name);
      await panel.open();
      await panel.when((s) => s.open, "open");
      await panel.click("#close");
      await panel.gone();
      await until(async () => (await markers.all()).length === 0, `${name}: no marker is left`);
      assert.equal((await page.evaluate(look)).html, without.html, `${name}: the markup is as before`);
      // A hidden panel stays hidden: not for what follows.
      await shown(browser);
    }
  } finally {
    await shown(browser);
    await context.close();
  }
});

journey("forms: posted byte for byte as without Leastwise", async ({ org }) => {
  const [plainly, leastwise] = [await startBrowser(org, { plain: true }), await startBrowser(org)];
  try {
    const [plain, page] = [await plainly.newPage(), await leastwise.newPage()];
    for (const one of [plain, page]) await signIn(one, org);
    for (const [name, url, control, save] of PAGES(org)) {
      const without = await posted(plain, url, control, save, () => {});
      const own = await posted(page, url, control, save, async () => {
        const panel = await Panel.of(page);
        await panel.when((s) => /this edit adds|no new risks/i.test(s.chip), `${name}: weighed`);
      });
      assert.equal(own, without, name);
      assert.ok(own.length > 10, name);
    }
  } finally {
    await plainly.close();
    await leastwise.close();
  }
});

journey("forms: rows without labels, doubled labels, replaced rows, titles that are none, thousands of rows", async ({ org, page }) => {
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.goto(at(org, "classic", "/e?s=SystemPermissions"));
  const panel = await Panel.of(page);
  const markers = await Markers.of(page);
  await markers.one((m) => m.title === "ModifyAllData", "marked");
  await panel.when((s) => !/Still reading/.test(s.text), "everything is read");
  await org.forget();
  // A partial update: the table comes anew, with other nodes, and some rows that are odd.
  await markers.frame.evaluate(() => {
    const table = document.querySelector("table.permissions");
    table.replaceWith(table.cloneNode(true));
    const body = document.querySelector("table.permissions tbody");
    const odd = (id, title, label) => body.insertAdjacentHTML("beforeend", `<tr><td class="labelCol">${label}</td><td class="dataCol"><input type="checkbox" id="${id}" name="${id}" title="${title}" value="true"></td></tr>`);
    odd("x:1:userPerm", "FlyToTheMoon", "Fly");
    odd("x:2:userPerm", "ModifyAllData", "Manage Users");
    odd("x:3:userPerm", "", "");
    odd("x:4:userPerm", "Zugriff, sichtbar", "Author Apex<span>:</span>");
    odd("x:5:userPerm", "ViewAllData", "View All Data");
  });
  // Markers of the copy are none of ours: a clone has no shadow root.
  await markers.frame.evaluate(() => document.querySelectorAll("table.permissions [data-leastwise]").forEach((one) => one.shadowRoot === null && one.remove()));
  await panel.when((s) => /\d+ boxes on this page weren't recognized/.test(s.text), "odd rows are counted");
  const titles = (await markers.all()).map((m) => m.id);
  assert.ok(titles.length > 10, "the others are marked as before");
  for (const id of ["x:1:userPerm", "x:2:userPerm", "x:3:userPerm", "x:4:userPerm", "x:5:userPerm"]) assert.ok(!titles.includes(id), id);
  await markers.frame.locator('[title="ManageUsers"]').first().click();
  await panel.when((s) => /critical/.test(s.chip), "the new rows are heard");
  await markers.frame.evaluate(() => {
    const body = document.querySelector("table.permissions tbody");
    const rows = Array.from({ length: 4_000 }, (_, at) => `<tr><td>Row ${at}</td><td><input type="checkbox" id="many:${at}:userPerm"></td></tr>`);
    body.insertAdjacentHTML("beforeend", rows.join(""));
  });
  await panel.when((s) => /40\d\d boxes on this page weren't recognized/.test(s.text), "thousands of rows");
  assert.deepEqual(await org.requests(), [], "nothing was asked of the org");
  assert.deepEqual(complaints, []);
});

journey("forms: a frame replaced in the middle", async ({ org, page }) => {
  await page.goto(at(org, "setup", "/e?s=SystemPermissions"));
  const panel = await Panel.of(page);
  let markers = await Markers.of(page);
  await markers.one((m) => m.title === "AuthorApex", "marked");
  await org.forget();
  await markers.frame.locator('[title="AuthorApex"]').click();
  await page.evaluate(() => {
    const old = document.querySelector("force-aloha-page");
    const next = old.cloneNode(true);
    old.replaceWith(next);
  });
  await page.waitForTimeout(300);
  markers = await Markers.of(page);
  await markers.one((m) => m.title === "AuthorApex", "marked again");
  await panel.when((s) => /no new risks/i.test(s.chip), "the new form is as it was saved");
  assert.equal((await org.requests()).filter((r) => r.path.startsWith("/services/data")).length, 0, "read once");
});

for (const kind of ["expired-session", "api-disabled", "html", "status:503", "no-access"]) {
  journey(`forms: facts that are refused, ${kind}`, async ({ org, page }) => {
    const complaints = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    await org.fault(kind === "no-access" ? { kind, object: "PermissionSetAssignment" } : { kind, match: "composite" });
    await org.forget();
    await page.goto(at(org, "setup", "/e?s=SystemPermissions"));
    const panel = await Panel.of(page);
    await panel.when((s) => s.chip && !/checking|reading/i.test(s.chip), "the panel says what is");
    const markers = await Markers.of(page);
    const marker = await markers.one((m) => m.title === "ModifyAllData", "what is known without facts is said");
    assert.equal(marker.severity, "critical");
    for (let n = 0; n < 5; n += 1) await markers.frame.locator('[title="AuthorApex"]').click();
    await page.waitForTimeout(400);
    assert.ok((await org.requests()).length < 10, "no storm");
    assert.deepEqual(complaints, []);
    await org.heal();
    await signIn(page, org);
  });
}

journey("forms: by keyboard alone, in the page's own order", async ({ org, page }) => {
  await page.goto(at(org, "classic", "/e?s=SystemPermissions"));
  const markers = await Markers.of(page);
  await markers.one((m) => m.title === "ViewAllData", "marked");
  await page.locator('[title="ViewAllData"]').focus();
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.type), "checkbox", "the next box, not the marker");
  await page.keyboard.press("Shift+Tab");
  assert.equal(await page.evaluate(() => document.activeElement.title), "ViewAllData");
  await page.keyboard.press("Alt+ArrowDown");
  await markers.one((m) => m.title === "ViewAllData" && /Fix: /.test(m.more), "opened by keyboard");
  await page.keyboard.press("Escape");
  assert.equal(await page.evaluate(() => document.activeElement.title), "ViewAllData", "and back");
  await page.keyboard.press("Space");
  await (await Panel.of(page)).when((s) => /this edit adds/i.test(s.chip), "a box ticked by keyboard counts");
});

journey("forms: what axe-core says of a marker and the note, on a light page and on a dark one", async ({ org, page, context }) => {
  await page.goto(at(org, "classic", "/e?s=SystemPermissions"));
  const markers = await Markers.of(page);
  await markers.click((m) => m.title === "ModifyAllData", "summary");
  const marker = await markers.one((m) => m.title === "ModifyAllData" && m.more, "opened");
  await page.locator('[title="ModifyAllData"]').click();
  const note = await markers.one((m) => m.isNote, "the note");
  const html = (of) => markers.call(of, `function () { return this.innerHTML; }`);
  const css = await markers.call(marker, `function () { return this.adoptedStyleSheets.flatMap((sheet) => [...sheet.cssRules].map((rule) => rule.cssText)).join("\\n"); }`);
  const hosts = [await html(marker), await html(note), ...["critical", "high", "medium", "low", "info"].map((severity) => `<div class="at new ${severity}"><details><summary><i></i><em><b>New · ${severity}</b> <span>words</span></em></summary></details></div>`)];
  const grounds = new Set();
  for (const [scheme, ground] of [["light", "#fff"], ["dark", "#121212"]]) {
    const blank = await context.newPage();
    // What the system prefers is the other: the page's own word counts.
    await blank.emulateMedia({ colorScheme: scheme === "light" ? "dark" : "light" });
    await blank.setContent(`<!doctype html><html lang="en" style="color-scheme:${scheme};background:${ground};color:${scheme === "light" ? "#000" : "#fff"}"><title>t</title><main><h1>Edit</h1>${hosts.map(() => `<p style="height:5em"><span class="host" open></span></p>`).join("")}</main></html>`);
    grounds.add(
      await blank.evaluate(
        ([all, styles]) => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(styles.replaceAll(/:host\(([^)]*\([^)]*\)|[^)]*)\)/g, ".host$1").replaceAll(":host", ".host"));
          document.adoptedStyleSheets = [sheet];
          document.querySelectorAll(".host").forEach((host, at) => (host.innerHTML = all[at]));
          return getComputedStyle(document.querySelector(".host .at")).backgroundColor;
        },
        [hosts, css],
      ),
    );
    await blank.evaluate(AXE);
    const { violations, passes } = await blank.evaluate(() => axe.run(document));
    assert.deepEqual(violations.map((v) => `${scheme} ${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`), []);
    const contrast = passes.find((pass) => pass.id === "color-contrast");
    assert.ok(contrast.nodes.length > hosts.length, `${scheme}: contrast was worked out of ${contrast?.nodes.length} texts`);
    await blank.close();
  }
  assert.equal(grounds.size, 2, "the two look different");
});
