// The panel on every kind of page, and whether it says of each user of the seed what was checked by hand.
// It never looks at how the panel is made: only at what stands in it.

import assert from "node:assert/strict";
import fs from "node:fs";
import { address, killWorker, signIn, until, userPage } from "../lib/browser.mjs";
import { journey } from "../lib/check.mjs";
import { Panel } from "../lib/panel.mjs";

const ERP = "erp.sync@acme.example";
const GOOD = "warehouse@acme.example";

for (const host of ["setup", "lightning", "classic"]) {
  journey(`panel: user and profile pages, ${host}`, async ({ org, page }) => {
    const user = org.users[ERP].slice(0, 15);
    const profile = org.profiles["Acme Integration Admin"].slice(0, 15);
    for (const inner of [`/${user}?noredirect=1`, `/${user}/e`, `/${profile}`, `/${profile}/e`, `/${profile}/e?s=SystemPermissions`, `/${profile}?s=LoginIPRanges`]) {
      await page.goto(address(org, host, inner));
      const panel = await Panel.of(page);
      const name = inner.startsWith("/005") ? "ERP Sync" : "Acme Integration Admin";
      const state = await panel.report(name);
      // While something is edited, the chip speaks of the edit; the panel has the findings as ever.
      assert.match(state.chip, /\/e\b/.test(inner) ? /critical|no new risks/i : /critical/i, inner);
      assert.ok(state.rows.some((row) => row.severity === "critical"), inner);
      assert.ok(Panel.rules(state, "finding").includes("broad-permission"), inner);
      if (host !== "classic") {
        const frame = page.frameLocator("force-aloha-page iframe[name^=vfFrameId]");
        await frame.locator("body.sfdcBody").waitFor();
      }
    }
  });
}

journey("panel: Lightning's own user pages", async ({ org, page }) => {
  const id = org.users[GOOD];
  for (const path of [`/lightning/r/User/${id}/view`, `/lightning/setup/ManageUsers/${id}/summary`]) {
    await page.goto(`https://${org.hosts.setup}${path}`);
    const state = await (await Panel.of(page)).report("Data Warehouse");
    assert.equal(Panel.rules(state, "finding").length, 0);
    assert.deepEqual(Panel.rules(state, "cannot-tell"), ["stale-secret"]);
  }
});

journey("panel: every user of acme as checked by hand", async ({ org, page }) => {
  const readme = fs.readFileSync(new URL("../../org/seeds/acme/README.md", import.meta.url), "utf8");
  const ids = (cell) => [...cell.matchAll(/`([^`]+)`/g)].map((m) => m[1]).sort();
  const rows = readme.split("\n").filter((line) => line.startsWith("| `")).map((line) => line.split(" | "));
  assert.ok(rows.length >= 29);
  for (const [name, who, , findings, unknown] of rows) {
    const username = ids(name)[0];
    await page.goto(userPage(org, "setup", username));
    const state = await (await Panel.of(page)).report();
    assert.deepEqual(Panel.rules(state, "finding"), ids(findings), username);
    assert.deepEqual(Panel.rules(state, "cannot-tell"), ids(unknown), username);
    assert.equal(state.who.who, who.replace("?", ""), username);
    assert.equal(state.who.sure, String(!who.includes("?")), username);
  }
});

journey("panel: what it says of a finding, a grant and its reach", async ({ org, page }) => {
  await page.goto(userPage(org, "setup", "backup@acme.example"));
  const state = await (await Panel.of(page)).report("Backup Vault");
  const row = state.rows.find((r) => r.rule === "broad-permission" && r.text.includes("ViewAllData"));
  assert.match(row.text, /permission set “Backup Access”, assigned to 3 other active users/);
  assert.match(row.text, /Why it matters/);
  assert.match(row.text, /Source/);
  assert.match(state.text, /Logged in as/);
});

journey("panel: a permission that no table has is reported by name and label", async ({ org, page }) => {
  await page.goto(userPage(org, "setup", "quantum.sync@acme.example"));
  const state = await (await Panel.of(page)).report("Quantum Sync");
  const row = state.rows.find((r) => r.text.includes("AcmeQuantumSync"));
  // Nobody knows what it does: it is named, and nothing is said of its risk.
  assert.equal(row.severity, "info");
  assert.match(row.text, /AcmeQuantumSync/);
});

journey("hostile: names are text, on the user and the profile page", async ({ org, page }) => {
  let dialog = false;
  page.on("dialog", (d) => ((dialog = true), d.dismiss()));
  for (const inner of [org.users["hostile@acme.example"], org.profiles["<img src=x onerror=alert(1)>"]]) {
    await page.goto(address(org, "setup", `/${inner.slice(0, 15)}`));
    const panel = await Panel.of(page);
    const state = await panel.report("<img src=x onerror=alert(1)>");
    assert.equal(state.elements, 0);
    await panel.open();
    await panel.when((s) => s.open, "open");
  }
  assert.equal(dialog, false);
});

journey("panel: the admin's own word wins, and is remembered", async ({ org, page, context }) => {
  await page.goto(userPage(org, "setup", "hostile@acme.example"));
  const panel = await Panel.of(page);
  assert.equal((await panel.report()).who.who, "integration");
  await panel.open();
  await panel.click("#say-person");
  const said = await panel.when((s) => s.who.who === "person", "a person");
  assert.equal(said.who.sure, "true");
  assert.ok(!Panel.rules(said, "finding").includes("browser-sign-in-allowed"));
  const other = await context.newPage();
  await other.goto(userPage(org, "lightning", "hostile@acme.example"));
  const there = await Panel.of(other);
  assert.equal((await there.report()).who.who, "person", "remembered in another tab");
  await there.open();
  await there.click("#say-nothing");
  await there.when((s) => s.who.who === "integration", "taken back");
  await other.close();
});

journey("panel: it can be moved to another corner and hidden, and remembers that", async ({ org, page }) => {
  await page.goto(userPage(org, "setup", "long.name@acme.example"));
  const panel = await Panel.of(page);
  const before = (await panel.report()).corner;
  await panel.open();
  await panel.click("#move");
  const { corner } = await panel.when((s) => s.corner !== before, "moved");
  await page.reload();
  const again = await Panel.of(page);
  assert.equal((await again.report()).corner, corner);
  for (let n = 0; n < 3; n += 1) {
    const from = (await again.state()).corner;
    if (!(await again.state()).open) await again.open();
    await again.click("#move");
    await again.when((s) => s.corner !== from, "moved on");
  }
  // Hidden by mistake, it comes back by what stands in its place.
  await again.click("#close");
  await again.when((s) => /hidden here/.test(s.chip) && !s.open, "what stands in its place");
  await again.click("#chip");
  await again.report();
  await again.open();
  await again.click("#close");
  await again.when((s) => /hidden here/.test(s.chip), "hidden again");
  await org.forget();
  await page.reload();
  await page.waitForLoadState("networkidle");
  assert.equal(await (await Panel.of(page)).root(), undefined);
  assert.equal((await org.requests()).length, 0, "hidden costs no request");
});

journey("panel: left open it is open on the next page, docked the page makes room, and its width is kept", async ({ org, page }) => {
  await page.setViewportSize({ width: 1280, height: 860 });
  await page.goto(userPage(org, "setup", ERP));
  const panel = await Panel.of(page);
  await panel.report("ERP Sync");
  assert.equal((await panel.state()).open, false);
  await panel.open();
  const room = () => page.evaluate(() => document.documentElement.getBoundingClientRect().right);
  assert.equal(await room(), 1280);
  await panel.click("#dock");
  await until(async () => (await room()) < 900, "the page makes room");
  const edge = () => panel.call("() => { const { left, top, right, bottom } = this.querySelector('#panel').getBoundingClientRect(); return { left, top, right, bottom }; }");
  const { left, top, right, bottom } = await edge();
  assert.deepEqual([left, top, right, bottom].map(Math.round), [880, 0, 1280, 860]);
  // By its edge it is drawn wider.
  await page.mouse.move(left + 2, 400);
  await page.mouse.down();
  await page.mouse.move(left - 58, 400, { steps: 4 });
  await page.mouse.up();
  await until(async () => Math.round((await edge()).left) < 830, "it is wider");
  const { left: wider } = await edge();
  await page.goto(userPage(org, "lightning", GOOD));
  const next = await Panel.of(page);
  await next.report("Data Warehouse");
  assert.equal((await next.state()).open, true, "it is still open");
  const there = await next.call("() => this.querySelector('#panel').getBoundingClientRect().left");
  assert.equal(Math.round(there), Math.round(wider), "as wide as before");
  // Where there is no room beside it, it stands over the page.
  await page.setViewportSize({ width: 700, height: 860 });
  await until(async () => (await room()) === 700, "the page has all of its width");
  await page.setViewportSize({ width: 1280, height: 860 });
  await next.click("#dock");
  await until(async () => (await room()) === 1280, "floating again");
  await next.click("#fold");
  await page.reload();
  const last = await Panel.of(page);
  await last.report("Data Warehouse");
  assert.equal((await last.state()).open, false, "folded it stays folded");
});

journey("panel: a stopped worker comes back", async ({ org, page, context }) => {
  await page.goto(userPage(org, "setup", ERP));
  const panel = await Panel.of(page);
  await panel.report("ERP Sync");
  await killWorker(context);
  await panel.open();
  await panel.click("#say-person");
  await panel.when((s) => s.who.who === "person", "answered by a new worker");
  await killWorker(context);
  await panel.click("#say-nothing");
  await panel.when((s) => s.who.who === "integration", "answered again");
});

journey("session: Login As is told, and the report belongs to who is signed in", async ({ org, page }) => {
  await page.goto(userPage(org, "setup", GOOD));
  assert.match((await (await Panel.of(page)).when((s) => /Logged in as/.test(s.text), "who is signed in")).text, /Ada Admin/);
  await signIn(page, org, "dana.doyle@acme.example");
  await page.goto(userPage(org, "setup", GOOD));
  const state = await (await Panel.of(page)).when((s) => /Dana Doyle/.test(s.text), "the other person");
  assert.match(state.text, /Ada Admin/, "it says who it was before");
  await signIn(page, org);
});
