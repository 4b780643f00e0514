// The panel on every kind of page, and whether it says of each user of the seed what was checked by hand.
// It never looks at how the panel is made: only at what stands in it.

import assert from "node:assert/strict";
import fs from "node:fs";
import { address, signIn, userPage, killWorker } from "../lib/browser.mjs";
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
      assert.match(state.chip, /\/e\b/.test(inner) ? /critical|nothing new with this edit/i : /critical/, inner);
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
  assert.match(state.text, /Signed in as/);
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
    await panel.click("#chip");
    await panel.when((s) => s.open, "open");
  }
  assert.equal(dialog, false);
});

journey("panel: the admin's own word wins, and is remembered", async ({ org, page, context }) => {
  await page.goto(userPage(org, "setup", "hostile@acme.example"));
  const panel = await Panel.of(page);
  assert.equal((await panel.report()).who.who, "integration");
  await panel.click("#chip");
  await panel.click("#say-person");
  const said = await panel.when((s) => s.who.who === "person", "a person");
  assert.equal(said.who.sure, "true");
  assert.ok(!Panel.rules(said, "finding").includes("browser-sign-in-allowed"));
  const other = await context.newPage();
  await other.goto(userPage(org, "lightning", "hostile@acme.example"));
  const there = await Panel.of(other);
  assert.equal((await there.report()).who.who, "person", "remembered in another tab");
  await there.click("#chip");
  await there.click("#say-nothing");
  await there.when((s) => s.who.who === "integration", "taken back");
  await other.close();
});

journey("panel: it can be moved to another corner and hidden, and remembers that", async ({ org, page }) => {
  await page.goto(userPage(org, "setup", "long.name@acme.example"));
  const panel = await Panel.of(page);
  const before = (await panel.report()).corner;
  await panel.click("#chip");
  await panel.click("#move");
  const { corner } = await panel.when((s) => s.corner !== before, "moved");
  await page.reload();
  const again = await Panel.of(page);
  assert.equal((await again.report()).corner, corner);
  for (let n = 0; n < 3; n += 1) {
    const from = (await again.state()).corner;
    if (!(await again.state()).open) await again.click("#chip");
    await again.click("#move");
    await again.when((s) => s.corner !== from, "moved on");
  }
  await again.click("#close");
  await again.gone();
  await org.forget();
  await page.reload();
  await page.waitForLoadState("networkidle");
  assert.equal(await (await Panel.of(page)).root(), undefined);
  assert.equal((await org.requests()).length, 0, "hidden costs no request");
});

journey("panel: a stopped worker comes back", async ({ org, page, context }) => {
  await page.goto(userPage(org, "setup", ERP));
  const panel = await Panel.of(page);
  await panel.report("ERP Sync");
  await killWorker(context);
  await panel.click("#chip");
  await panel.click("#say-person");
  await panel.when((s) => s.who.who === "person", "answered by a new worker");
  await killWorker(context);
  await panel.click("#say-nothing");
  await panel.when((s) => s.who.who === "integration", "answered again");
});

journey("session: Login As is told, and the report belongs to who is signed in", async ({ org, page }) => {
  await page.goto(userPage(org, "setup", GOOD));
  assert.match((await (await Panel.of(page)).when((s) => /Signed in as/.test(s.text), "who is signed in")).text, /Ada Admin/);
  await signIn(page, org, "dana.doyle@acme.example");
  await page.goto(userPage(org, "setup", GOOD));
  const state = await (await Panel.of(page)).when((s) => /Dana Doyle/.test(s.text), "the other person");
  assert.match(state.text, /Ada Admin/, "it says who it was before");
  await signIn(page, org);
});
