// Each way of being refused: the sentence, what stays, and that "Try again" works.
// It never takes a refusal for an empty org.

import assert from "node:assert/strict";
import { signIn, userPage } from "../lib/browser.mjs";
import { journey } from "../lib/check.mjs";
import { Panel } from "../lib/panel.mjs";

const ERP = "erp.sync@acme.example";

/** Faults of everything, and a part of the sentence that each must give. */
const TOTAL = {
  "expired-session": /session has ended/,
  "session-not-valid": /doesn't accept your session/,
  "api-disabled": /API access is turned off/,
  "request-limit": /24-hour API request limit/,
  html: /a page instead of data/,
  truncated: /a page instead of data/,
  "status:503": /busy or under maintenance/,
  drop: /can't reach Salesforce/,
};

for (const [kind, sentence] of Object.entries(TOTAL)) {
  journey(`refusal: ${kind}, then try again`, async ({ org, page }) => {
    await org.fault({ kind, match: "composite" });
    await page.goto(userPage(org, "setup", ERP));
    const panel = await Panel.of(page);
    const state = await panel.when((s) => sentence.test(s.text), String(sentence));
    assert.match(state.chip, /couldn't check/i);
    assert.equal(Panel.rules(state, "pass").length, 0, "nothing passes unread");
    await org.heal();
    await panel.open();
    await panel.click("#again");
    assert.ok(Panel.rules(await panel.report("ERP Sync"), "finding").length > 5);
  });
}

journey("refusal: no answer in time", async ({ org, page }) => {
  await org.fault({ kind: "no-answer", match: "composite", times: 1 });
  await page.goto(userPage(org, "setup", ERP));
  const panel = await Panel.of(page);
  const state = await panel.when((s) => /didn't answer in time/.test(s.text), "given up", 30_000);
  assert.match(state.chip, /couldn't check/i);
  await panel.open();
  await panel.click("#again");
  await panel.report("ERP Sync");
});

journey("refusal: no access to one object leaves the other findings", async ({ org, page }) => {
  await org.fault({ kind: "no-access", object: "LoginHistory" });
  await page.goto(userPage(org, "setup", ERP));
  const panel = await Panel.of(page);
  const state = await panel.report("ERP Sync");
  assert.ok(Panel.rules(state, "finding").includes("broad-permission"));
  assert.ok(Panel.rules(state, "cannot-tell").length > 0);
  assert.match(state.text, /isn't available in this org or to you/);
  await org.heal();
  await panel.open();
  await panel.click("#unknown summary");
  await panel.click("#again-unknown");
  await panel.when((s) => Panel.rules(s, "cannot-tell").length === 0 && s.rows.length > 0, "all told");
});

journey("refusal: the ranges alone are refused", async ({ org, page }) => {
  await org.fault({ kind: "status:503", match: "tooling" });
  await page.goto(userPage(org, "setup", "warehouse@acme.example"));
  const state = await (await Panel.of(page)).report("Data Warehouse");
  assert.ok(Panel.rules(state, "cannot-tell").includes("unrestricted-login-ip"));
  assert.ok(Panel.rules(state, "pass").includes("browser-sign-in-allowed"));
});

journey("refusal: the session ends in the middle", async ({ org, page }) => {
  await page.goto(userPage(org, "setup", ERP));
  const panel = await Panel.of(page);
  await panel.report("ERP Sync");
  await org.expire(org.admin.username);
  await page.evaluate((url) => history.pushState({}, "", url), new URL(userPage(org, "setup", "warehouse@acme.example")).href);
  await panel.when((s) => /session has ended/.test(s.text), "the session has ended");
  await signIn(page, org);
  await page.goto(userPage(org, "setup", ERP));
  await (await Panel.of(page)).report("ERP Sync");
});

journey("refusal: not signed in to the API's host", async ({ org, page, context }) => {
  await page.goto(userPage(org, "setup", ERP));
  await (await Panel.of(page)).report("ERP Sync");
  await context.clearCookies({ domain: org.hosts.core });
  await page.goto(userPage(org, "setup", "warehouse@acme.example"));
  const state = await (await Panel.of(page)).when((s) => /not logged in/.test(s.text), "not signed in");
  assert.match(state.chip, /couldn't check/i);
  await signIn(page, org);
});

journey("refusal: a viewer who may see little gets no pass for what is hidden", async ({ org, page }) => {
  await signIn(page, org, "anna.aalto@acme.example");
  await page.goto(userPage(org, "setup", ERP));
  const state = await (await Panel.of(page)).when((s) => s.rows.length > 0 && !/Still reading/.test(s.text), "a report");
  // That it logged in once stands in the user's record, which she may see.
  assert.deepEqual(Panel.rules(state, "pass"), ["never-signed-in"]);
  assert.ok(Panel.rules(state, "cannot-tell").length > 3);
  await signIn(page, org);
});
