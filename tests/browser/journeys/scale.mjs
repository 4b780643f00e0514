// Edit pages of records that are out of the ordinary: a profile that thousands have, or nobody, and a user who may not be seen.
// It never measures a time: requests are counted, and what is said is compared.

import assert from "node:assert/strict";
import { address, signIn, startBrowser, until } from "../lib/browser.mjs";
import { journey } from "../lib/check.mjs";
import { startOrg } from "../lib/org.mjs";
import { opened } from "../lib/pages.mjs";

const api = async (org) => (await org.requests()).filter((r) => r.path.startsWith("/services/"));

for (const [users, profiles] of [[8_000, 30], [10_000, 1]]) {
  journey(`scale: a profile that ${users / profiles > 1_000 ? "10,000" : "more than 200"} users have`, async () => {
    const org = await startOrg("--scale", `${users},${profiles}`);
    const context = await startBrowser(org);
    try {
      const page = await context.newPage();
      await signIn(page, org);
      const profile = (await org.state()).rows.Profile.find((row) => row.Name === "Scale Profile 0");
      await org.forget();
      const { panel, markers, complaints } = await opened(page, address(org, "setup", `/${profile.Id.slice(0, 15)}/e?s=SystemPermissions`));
      const marker = await markers.one((m) => m.title === "ModifyAllData", "marked", 60_000);
      // Nobody logged in, and little tells who they are.
      assert.match(marker.severity, /^(critical|high)$/);
      await panel.when((s) => /no new risks/i.test(s.chip) && !/Still reading/.test(s.text), "everything is read", 60_000);
      const first = await api(org);
      // A composite, the ranges, who is signed in, and further pages of the lists that were cut.
      assert.equal(first.filter((r) => r.path.endsWith("/composite")).length, 1);
      assert.ok(first.length <= 13, first.map((r) => r.path).join("\n"));
      await org.forget();
      for (let n = 0; n < 6; n += 1) await markers.frame.locator('[title="AuthorApex"]').click();
      await markers.frame.locator('[title="ModifyAllData"]').click();
      await panel.when((s) => /this edit adds \d+ high/i.test(s.chip), "counted", 60_000);
      await markers.click((m) => m.title === "ModifyAllData", "summary");
      const { more } = await markers.one((m) => m.title === "ModifyAllData" && /Used by/.test(m.more), "opened", 60_000);
      assert.match(more, /at least \d+ active users/);
      assert.deepEqual(await org.requests(), [], "nothing was asked of the org");
      assert.deepEqual(complaints, []);
    } finally {
      await context.close();
      org.stop();
    }
  });
}

journey("scale: a profile that nobody has", async ({ org, page }) => {
  const id = org.users["quantum.sync@acme.example"];
  try {
    await org.row("User", id, { IsActive: false });
    const { markers, complaints } = await opened(page, address(org, "setup", `/${org.profiles["Acme Quantum"].slice(0, 15)}/e?s=SystemPermissions`));
    await markers.click((m) => m.title === "ModifyAllData", "summary");
    const marker = await markers.one((m) => m.title === "ModifyAllData" && /Used by/.test(m.more), "opened");
    assert.equal(marker.severity, "critical");
    assert.match(marker.more, /no active users today/);
    assert.deepEqual(complaints, []);
  } finally {
    await org.row("User", id, { IsActive: true });
  }
});

journey("scale: a user whom the admin may not see", async ({ org, page }) => {
  const url = address(org, "setup", `/${org.users["erp.sync@acme.example"].slice(0, 15)}/e`);
  await org.fault({ kind: "no-access", object: "User", match: "composite" });
  try {
    await org.forget();
    const { panel, markers, complaints } = await opened(page, url);
    const state = await panel.when((s) => s.chip && !/checking|reading/i.test(s.chip) && !/Still reading/.test(s.text), "the panel says what is");
    assert.match(state.text, /couldn't (read|check)/i);
    for (let n = 0; n < 4; n += 1) await markers.frame.locator("#active").click();
    await markers.frame.locator("#Email").fill("kim.roe@acme.example");
    await markers.frame.locator("#Email").press("Tab");
    await page.waitForTimeout(700);
    const beside = (await markers.all()).filter((m) => /^(Email|active)$/.test(m.id));
    assert.deepEqual(beside, [], "nothing is said of what is not known");
    assert.doesNotMatch((await panel.state()).chip, /solved/);
    assert.ok((await api(org)).length <= 6, "no storm");
    assert.deepEqual(complaints, []);
  } finally {
    await org.heal();
    await signIn(page, org);
  }
  // What was refused is read when it may be again.
  const { panel } = await opened(page, url);
  await until(async () => /no new risks/i.test((await panel.state())?.chip ?? ""), "read");
});
