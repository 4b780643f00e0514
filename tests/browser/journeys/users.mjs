// While a user is edited: another profile, licence or address, and the boxes of features, before Save.
// It never takes the form's word for it: what a save leaves is read from the org.

import assert from "node:assert/strict";
import { address, killWorker, until } from "../lib/browser.mjs";
import { journey } from "../lib/check.mjs";
import { inLanguage } from "../lib/language.mjs";
import { Markers } from "../lib/markers.mjs";
import { opened } from "../lib/pages.mjs";
import { Panel } from "../lib/panel.mjs";

const EDIT = (org, username, host = "setup") => address(org, host, `/${org.users[username].slice(0, 15)}/e`);
const api = async (org) => (await org.requests()).filter((r) => r.path.startsWith("/services/data"));

/** Opens a user's form, its facts read to the end. */
async function ready(page, url) {
  const form = await opened(page, url);
  await form.panel.when((s) => /no new risks/i.test(s.chip) && !/Still reading/.test(s.text), "nothing new yet");
  return form;
}

const said = (panel, kind) => panel.call(`function () { return [...this.querySelectorAll('[data-change="${kind}"] li')].map((li) => li.textContent.trim()); }`);
const findings = (s) => s.rows.filter((row) => row.outcome === "finding").map((row) => `${row.severity} ${row.title.replace(/^\w+: /, "")}`);
/** Without what a permission lets its holder do, which the list of changes says and the title of a row does not. */
const plain = (all) => all.map((one) => one.replace(/: (can|is) .*$/, "").toLowerCase()).sort();

journey("users: another profile is judged before the save, and what is said is what comes", async ({ org, page }) => {
  await org.forget();
  const { panel, markers, complaints } = await ready(page, EDIT(org, "legacy.middleware@acme.example"));
  assert.deepEqual((await api(org)).map((r) => r.path.split("/").pop()), ["composite", "query", "composite"], "one composite, the ranges, the profiles with the objects that they let delete");
  const before = await panel.state();
  await org.forget();
  await markers.frame.locator("#Profile").selectOption({ label: "System Administrator" });
  const state = await panel.when((s) => /this edit adds \d+ (critical|high)/i.test(s.chip), "what it grants is counted");
  assert.match(state.text, /Can't be checked before you save: .*login IP ranges after you save/);
  assert.doesNotMatch(state.text, /Can't be checked before you save: [^.]*delete/);
  // The profile that is left lets delete three objects by name, the chosen one none.
  assert.match(state.text, /Fixed.*Can delete records of 3 objects \(profile “Acme Integration Admin”\)/);
  const beside = await markers.one((m) => m.id === "Profile" && /this edit adds/i.test(m.text), "said beside the choice");
  assert.equal(beside.severity, /(critical|high)/.exec(state.chip)[1]);
  await markers.click((m) => m.id === "Profile", "summary");
  await markers.one((m) => m.id === "Profile" && /Export/.test(m.more), "opened, it names them");
  const [news, solved] = [await said(panel, "new"), await said(panel, "solved")];
  await markers.frame.locator("#Profile").selectOption({ label: "Minimum Access - Salesforce" });
  await panel.when((s) => /fixes [1-9]\d/.test(s.chip), "a profile that grants less solves");
  await markers.frame.locator("#Profile").selectOption({ label: "System Administrator" });
  await until(async () => (await said(panel, "new")).join() === news.join(), "as before");
  assert.deepEqual(await org.requests(), [], "nothing was asked of the org");
  await markers.frame.locator("input[name=save]").first().click();
  const after = await panel.when((s) => /Salesforce has what you entered \(1 change\)/.test(s.text) && !/Still reading/.test(s.text), "after the save");
  // The law in the browser: but for the rule that was not known, what came is what was said.
  const open = /login IP/i;
  const [was, is] = [findings(before), findings(after)].map((all) => all.filter((one) => !open.test(one)));
  assert.deepEqual(plain(news.filter((one) => !open.test(one))), plain(is.filter((one) => !was.includes(one))));
  assert.deepEqual(plain(solved.filter((one) => !open.test(one))), plain(was.filter((one) => !is.includes(one))));
  assert.ok(news.length > 3);
  assert.deepEqual(complaints, []);
});

journey("users: a licence, an address, and whether they are active", async ({ org, page }) => {
  const { panel, markers, complaints } = await ready(page, EDIT(org, "never.used@acme.example"));
  const form = markers.frame;
  await form.locator("#user_license_id").selectOption({ label: "Salesforce" });
  // The page's own script lists that licence's profiles, and says nothing of it.
  await panel.when((s) => /this edit adds/i.test(s.chip) && /Not on the Salesforce Integration license/.test(s.text), "the license is judged");
  await form.locator("#user_license_id").selectOption({ label: "Salesforce Integration" });
  await form.locator("#Profile").selectOption({ label: "Minimum Access - API Only Integrations" });
  await panel.when((s) => /no new risks/i.test(s.chip), "and taken back");
  await form.locator("#Email").fill("kim.roe@acme.example");
  await form.locator("#Email").press("Tab");
  await panel.when((s) => /this edit adds/i.test(s.chip), "the address is judged");
  await markers.one((m) => m.id === "Email", "beside it");
  assert.deepEqual(complaints, []);
});

journey("users: a profile that was not read says so", async ({ org, page }) => {
  const { panel, markers } = await ready(page, EDIT(org, "erp.sync@acme.example"));
  await markers.frame.evaluate(() => document.querySelector("#Profile").append(new Option("Made up", "00e5g00000ZZZZZ")));
  await markers.frame.locator("#Profile").selectOption({ label: "Made up" });
  const state = await panel.when((s) => /Can't check this profile until you save|Can't be checked before you save/.test(s.text), "said in the panel");
  assert.doesNotMatch(state.chip, /solved/);
  const beside = await markers.one((m) => m.id === "Profile" && /Can't check this profile until you save/.test(m.text), "and beside the choice");
  assert.equal(beside.severity, "info");
});

for (const language of ["en_US", "de", "ja"]) {
  journey(`users: boxes of features, ${language}`, async ({ org, page }) => {
    await inLanguage(org, page, language, async () => {
      const { markers, panel, complaints } = await ready(page, EDIT(org, "erp.sync@acme.example", "classic"));
      const isLine = (m) => m.words === "Integrations rarely need these features";
      assert.ok(!(await markers.all()).some((m) => isLine(m) || /^UserPermissions_/.test(m.id)), "none is selected: there is nothing to say");
      await markers.frame.locator("#UserPermissions_1").click();
      await markers.one(isLine, "one line for all of them");
      await markers.click(isLine, "summary");
      await markers.one((m) => isLine(m) && /not needed for an integration/.test(m.more), "opened, it says which");
      assert.doesNotMatch((await panel.state()).text, /weren't recognized/);
      await markers.frame.locator("#UserPermissions_1").click();
      await until(async () => !(await markers.all()).some(isLine), "with none selected it goes");
      assert.deepEqual(complaints, []);
    });
  });
}

journey("users: to a person, boxes of features are everyday", async ({ org, page }) => {
  const { markers } = await ready(page, EDIT(org, "anna.aalto@acme.example"));
  assert.deepEqual((await markers.all()).filter((m) => /^UserPermissions_/.test(m.id)), []);
});

for (const [when, host] of [["before Save", "setup"], ["between Save and the next page", "classic"]]) {
  // The message that a form was submitted is lost when it has to start a worker while its page goes away.
  journey(`users: a worker that was stopped ${when} tells what came of it`, async ({ org, page, context }) => {
    const profile = org.profiles["Acme Sales"].slice(0, 15);
    const url = address(org, host, `/${profile}/e?s=SystemPermissions`);
    await page.goto(url);
    const panel = await Panel.of(page);
    const markers = await Markers.of(page);
    await panel.when((s) => /no new risks/i.test(s.chip) && !/Still reading/.test(s.text), "nothing new yet");
    const box = markers.frame.locator('[title="TransferAnyEntity"]');
    await box.click();
    await panel.when((s) => /Transfer/.test(s.chip + s.text) && /this edit adds|fixes/i.test(s.chip), "counted");
    if (when === "before Save") await killWorker(context);
    else {
      await page.route("**/*", async (route) => {
        if (route.request().method() === "POST" && /\/e\?/.test(route.request().url())) await killWorker(context);
        await route.continue();
      });
    }
    await markers.frame.locator('[id$=":button_pc_save"]').first().click();
    await panel.when((s) => /Salesforce has what you entered \(1 change\)/.test(s.text), "after the save");
    await page.unrouteAll({ behavior: "ignoreErrors" });
    // A form that is left without a save tells nothing afterwards.
    await page.goto(url);
    const again = await Markers.of(page);
    await panel.when((s) => /no new risks/i.test(s.chip) && !/Still reading/.test(s.text), "nothing new yet");
    await again.frame.locator('[title="TransferAnyEntity"]').click();
    await panel.when((s) => /this edit adds|fixes/i.test(s.chip), "counted");
    await page.goto(url.replace(/(%2F|\/)e(\?|%3F)/, "$2"));
    const left = await (await Panel.of(page)).when((s) => s.rows.length > 0 && !/Still reading/.test(s.text), "the page that is only looked at");
    assert.doesNotMatch(left.text, /Saved/);
  });
}
