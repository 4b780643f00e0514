// Pages in other languages and under a strict policy: the panel depends on neither.
// It never checks a translation: the pages' words are the org's.

import assert from "node:assert/strict";
import { signIn, userPage } from "../lib/browser.mjs";
import { journey } from "../lib/check.mjs";
import { Panel } from "../lib/panel.mjs";

for (const [language, username] of [["German", "admin.de@acme.example"], ["Japanese", "admin.ja@acme.example"], ["one without words", "admin.fr@acme.example"]]) {
  journey(`words: pages in ${language}`, async ({ org, page }) => {
    await signIn(page, org, username);
    for (const host of ["setup", "lightning", "classic"]) {
      await page.goto(userPage(org, host, "erp.sync@acme.example"));
      assert.ok(Panel.rules(await (await Panel.of(page)).report("ERP Sync"), "finding").includes("broad-permission"), host);
    }
    await signIn(page, org);
  });
}

journey("words: a strict content-security policy", async ({ org, page }) => {
  const complaints = [];
  page.on("console", (message) => /content security policy/i.test(message.text()) && complaints.push(message.text()));
  await org.options({ strictCsp: true });
  try {
    for (const host of ["setup", "lightning", "classic"]) {
      await page.goto(userPage(org, host, "erp.sync@acme.example"));
      const panel = await Panel.of(page);
      await panel.report("ERP Sync");
      await panel.click("#chip");
      await panel.when((s) => s.open, "open");
      const position = await panel.call(`function () { return getComputedStyle(this.host).position; }`);
      assert.equal(position, "fixed", `${host}: styled`);
    }
    assert.deepEqual(complaints, []);
  } finally {
    await org.options({ strictCsp: false });
  }
});
