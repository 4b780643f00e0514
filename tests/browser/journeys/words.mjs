// Pages in other languages and under a strict policy: the panel depends on neither.
// And the panel's own words: none that the list of banned words has.
// It never checks a translation: the pages' words are the org's.

import assert from "node:assert/strict";
import fs from "node:fs";
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

/** What finds a banned word, from the list that the core's lint reads too. */
const BANNED = fs
  .readFileSync(new URL("../../../core/tests/words/banned.tsv", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => line && !line.startsWith("#"))
  .map((line) => {
    const [word, instead] = line.split("\t");
    const end = word.endsWith("*") ? "" : "(?![\\p{L}\\p{N}])";
    return { word, instead, pattern: new RegExp(`(?<![\\p{L}\\p{N}])${word.replace("*", "")}${end}`, "iu") };
  });

/** The banned words of a text, each with what stands around it. */
const banned = (text) =>
  BANNED.flatMap(({ word, instead, pattern }) => {
    const at = text.search(pattern);
    return at < 0 ? [] : [`${word} (say: ${instead}): … ${text.slice(Math.max(0, at - 40), at + 40)} …`];
  });

journey("words: findings say nothing that the list bans, and permissions by the org's labels", async ({ org, page }) => {
  assert.equal(banned("Its licence. Somebody signs in. A profile of its own.").length, 4);
  const read = [];
  for (const username of ["erp.sync@acme.example", "hr.feed@acme.example", "warehouse@acme.example", "dana.doyle@acme.example"]) {
    await page.goto(userPage(org, "setup", username));
    const panel = await Panel.of(page);
    const state = await panel.report();
    const texts = await panel.call(`function () {
      // A copy of each row without its fixes: their words are tested where they are made.
      return [...this.querySelectorAll("[data-rule]")].map((row) => {
        const copy = row.cloneNode(true);
        for (const fix of copy.querySelectorAll("[data-fix], button, form")) fix.remove();
        return copy.textContent;
      });
    }`);
    assert.ok(texts.length >= 10, username);
    for (const text of texts) assert.deepEqual(banned(text), [], username);
    read.push(...state.rows.map((row) => row.text));
  }
  const all = read.join("\n");
  assert.match(all, /Modify All Data/);
  assert.doesNotMatch(all, /In Setup it is called/);
});

journey("words: a strict content-security policy", async ({ org, page }) => {
  const complaints = [];
  page.on("console", (message) => /content security policy/i.test(message.text()) && complaints.push(message.text()));
  await org.options({ strictCsp: true });
  try {
    for (const host of ["setup", "lightning", "classic"]) {
      await page.goto(userPage(org, host, "erp.sync@acme.example"));
      const panel = await Panel.of(page);
      await panel.report("ERP Sync");
      await panel.open();
      await panel.when((s) => s.open, "open");
      const position = await panel.call(`function () { return getComputedStyle(this.host).position; }`);
      assert.equal(position, "fixed", `${host}: styled`);
    }
    assert.deepEqual(complaints, []);
  } finally {
    await org.options({ strictCsp: false });
  }
});
