// While a profile, a permission set or a user is edited: what is said beside the boxes and in the panel, before Save.
// It never takes a marker's word for it: what a save leaves is read from the org, and the panel's report of it compared.

import assert from "node:assert/strict";
import { address, killWorker, signIn, until } from "../lib/browser.mjs";
import { journey } from "../lib/check.mjs";
import { inLanguage, labelsOf } from "../lib/language.mjs";
import { Markers } from "../lib/markers.mjs";
import { opened, shown } from "../lib/pages.mjs";
import { Panel } from "../lib/panel.mjs";

const NAME = "Acme Data Warehouse";
const at = (org, host, rest, name = NAME) => address(org, host, `/${org.profiles[name].slice(0, 15)}${rest}`);
const SYSTEM = "/e?s=SystemPermissions";
const LANGUAGES = ["en_US", "de", "fr", "ja", "zh_CN", "iw"];
const box = (markers, name) => markers.frame.locator(`input[title="${name}"][id$=":userPerm"]`);

for (const host of ["setup", "lightning", "classic"]) {
  journey(`editing: a profile's system permissions, ${host}`, async ({ org, page }) => {
    const { panel, markers, complaints } = await opened(page, at(org, host, SYSTEM));
    const risky = await markers.one((m) => m.title === "ModifyAllData", "Modify All Data is marked");
    assert.equal(risky.severity, "critical");
    await panel.when((s) => /no new risks/i.test(s.chip), "nothing new yet");
    await org.forget();
    await box(markers, "ModifyAllData").click();
    // Its script ticks what it needs, without saying so.
    await panel.when((s) => /this edit adds \d+ critical/i.test(s.chip), "it is counted");
    assert.ok(await box(markers, "ViewAllData").isChecked());
    const state = await panel.when((s) => /View All Data/.test(s.text), "what its script ticked is counted too");
    assert.match(state.text, /If you save this/);
    await markers.one((m) => m.isNote && /This save adds/.test(m.text), "the note beside the save button");
    assert.deepEqual(await org.requests(), [], "nothing was asked of the org");
    await markers.click((m) => m.title === "ModifyAllData", "summary");
    const open = await markers.one((m) => m.title === "ModifyAllData" && /Fix: /.test(m.more), "it is opened");
    assert.match(open.more, /Used by: 1 integration user \(/);
    assert.doesNotMatch(open.more, /Deselect/, "alone it would leave the others");
    await markers.click((m) => m.title === "ModifyAllData", "[data-undo]");
    await until(async () => !(await box(markers, "ModifyAllData").isChecked()), "deselected");
    await panel.when((s) => /no new risks/i.test(s.chip), "and all that it selected");
    assert.deepEqual(complaints, []);
  });

  journey(`editing: a profile in the original user interface, ${host}`, async ({ org, page }) => {
    const { panel, markers, complaints } = await opened(page, at(org, host, "/e"));
    const byLabel = (label) => markers.frame.getByLabel(label, { exact: true });
    const id = await byLabel("Modify All Data").getAttribute("id");
    assert.equal((await markers.one((m) => m.id === id, "Modify All Data is marked")).severity, "critical");
    await byLabel("Modify All Data").click();
    await panel.when((s) => /\d critical/.test(s.chip) && /View All Data/.test(s.text), "it and what it needs are counted");
    // Objects stand on this page too: Delete, and what Modify All brings along.
    const account = markers.frame.locator('input[data-object="Account"]');
    await markers.one((m) => m.title === "Account Delete", "Delete is marked");
    const heads = ["High: can delete records of this object", "Medium: can view all records of this object, regardless of sharing", "High: can edit and delete all records of this object, regardless of sharing"];
    assert.deepEqual(await markers.columns(), [...heads, ...heads], "one note a column, in both tables");
    await account.nth(5).click();
    await panel.when((s) => /Modify All on Account/.test(s.text), "Modify All is counted");
    // The settings of sessions and passwords are no permissions, and nobody says they were.
    const { text } = await panel.state();
    // Three pairs of permissions have one label in Salesforce's own describe: none of the six is marked.
    assert.match(text, /8 boxes on this page weren't recognized/);
    assert.deepEqual(complaints, []);
  });
}

journey("editing: a box that should be on, and the fix in the form", async ({ org, page }) => {
  const { panel, markers } = await opened(page, at(org, "setup", SYSTEM, "Acme Marketing"));
  const off = await markers.one((m) => m.title === "ApiUserOnly" && m.severity, "API Only is off: that is marked");
  assert.equal(off.standing, "on", "in words: it is not selected, and that is what is wrong");
  await markers.click((m) => m.title === "ManageUsers", "summary");
  const open = await markers.one((m) => m.title === "ManageUsers" && m.more, "opened");
  assert.match(open.more, /Also select API Only User/);
  assert.equal(open.more.indexOf("Why") > open.more.indexOf("Also select"), true, "what can be done comes first");
  await markers.click((m) => m.title === "ManageUsers", "[data-click]");
  await until(async () => box(markers, "ApiUserOnly").isChecked(), "API Only is ticked");
  await panel.when((s) => /fixes \d/.test(s.chip), "what it solves is counted");
  await until(async () => !(await markers.all()).some((m) => m.title === "ApiUserOnly"), "its marker is gone");
  // What Leastwise did is undone where it was done, and nowhere else.
  const undoable = async () => {
    const all = await Promise.all((await markers.all()).map(async (m) => [m.title, await markers.call(m, "function () { return this.host.hasAttribute('data-back'); }")]));
    return all.filter(([, is]) => is).map(([title]) => title);
  };
  assert.deepEqual(await undoable(), ["ManageUsers"]);
  await markers.click((m) => m.title === "ManageUsers", "[data-back]");
  await until(async () => !(await box(markers, "ApiUserOnly").isChecked()), "undone");
  assert.deepEqual(await undoable(), []);
});

journey("editing: one object's settings", async ({ org, page }) => {
  const { panel, markers } = await opened(page, at(org, "setup", "/e?s=ObjectsAndTabs&o=Account"));
  const six = markers.frame.locator('[id$=":olp_check"]');
  await markers.one((m) => /:3:olp_check$/.test(m.id), "Delete is marked");
  assert.equal((await markers.all()).filter((m) => !m.isNote).length, 3, "Delete, View All and Modify All");
  await six.nth(5).click();
  await panel.when((s) => /this edit adds 1 high/i.test(s.chip) && /Modify All on Account/.test(s.text), "counted");
  await markers.frame.locator('[id$=":button_pc_save"]').first().click();
  await panel.when((s) => /Salesforce has what you entered \(1 change\)/.test(s.text), "after the save");
});

journey("editing: login IP ranges", async ({ org, page }) => {
  const { panel, markers } = await opened(page, at(org, "setup", "/e?s=LoginIPRanges", "Acme Integration Admin"));
  const [start, end] = ["#IpStartAddress", "#IpEndAddress"].map((id) => markers.frame.locator(id));
  const enter = async (first, last) => {
    await start.fill(first);
    await end.fill(last);
    await end.press("Tab");
  };
  const beside = (words) => markers.one((m) => m.id === "IpEndAddress" && words.test(m.text), String(words));
  await enter("203.0.113.9", "203.0.113.1");
  await beside(/reversed/);
  await enter("0.0.0.0", "255.255.255.255");
  await beside(/^(New · )?High Login IP ranges are too broad to restrict anything$/);
  await markers.click((m) => m.id === "IpEndAddress", "summary");
  await markers.one((m) => /Use the range of recent logins/.test(m.more), "a range is proposed");
  await markers.click((m) => m.id === "IpEndAddress", "[data-enter]");
  await until(async () => /^\d+\.\d+\.\d+\.\d+$/.test(await start.inputValue()) && (await end.inputValue()) !== "255.255.255.255", "entered");
  const proposed = await start.inputValue();
  const out = (marker) => Number(/^New · High This would block (\d+) logins of the last 90 days, from \d/.exec(marker.text)?.[1]);
  const rest = await markers.one((m) => m.id === "IpEndAddress" && out(m) > 0 && !m.text.includes(` ${proposed},`), "the others are shut out, not those it was made of");
  const state = await panel.when((s) => /fixes 1/.test(s.chip), "it solves what was found");
  assert.doesNotMatch(state.text.split("Findings")[0], /too broad/);
  await enter("192.0.2.1", "192.0.2.2");
  await markers.one((m) => m.id === "IpEndAddress" && out(m) > out(rest), "then all of them are");
});

journey("editing: a permission set", async ({ org, page }) => {
  const { rows } = await org.state();
  const set = rows.PermissionSet.find((row) => row.Name === "ERP_App_Access");
  const { panel, markers } = await opened(page, address(org, "setup", `/${set.Id.slice(0, 15)}/e?s=SystemPermissions`));
  await markers.one((m) => m.title === "ModifyAllData" && m.severity === "critical", "marked");
  await box(markers, "ModifyAllData").click();
  await panel.when((s) => /this edit adds \d+ critical/i.test(s.chip), "counted");
  await markers.click((m) => m.title === "ModifyAllData", "summary");
  const { more } = await markers.one((m) => /Used by/.test(m.more), "opened");
  assert.match(more, /Used by: 1 integration user \(ERP Sync\)/);
  const whole = await panel.when((s) => !/Still reading/.test(s.text), "everything is read");
  assert.doesNotMatch(whole.text, /Not read: /, "nothing that a permission set has was refused");
  await page.goto(address(org, "setup", `/${set.Id.slice(0, 15)}/e?s=EntityPermissions&o=Contact`));
  const objects = await Markers.of(page);
  await objects.one((m) => /:5:olp_check$/.test(m.id), "Modify All is marked");
});

journey("editing: a new profile by clone", async ({ org, page }) => {
  const id = org.profiles["Acme Integration Admin"].slice(0, 15);
  for (const host of ["setup", "classic"]) {
    await page.goto(address(org, host, `/setup/ui/profileclone.jsp?id=${id}`));
    const panel = await Panel.of(page);
    const markers = await Markers.of(page);
    await markers.one((m) => m.id === "name" && /The copy has \d+ critical/.test(m.text), "beside the name");
    await panel.when((s) => /The copy has \d+ critical/.test(s.chip), "on the chip");
    await markers.one((m) => m.isNote && /^This save adds \d+ critical risks:/.test(m.text), "beside the save button");
  }
});

journey("editing: what a save leaves is what was said, and what is other is told", async ({ org, page }) => {
  const { panel, markers } = await opened(page, at(org, "setup", SYSTEM, "Acme Backup"));
  await markers.one((m) => m.title === "ViewAllUsers", "marked");
  const before = await panel.when((s) => s.rows.length > 0 && !/checking|reading/i.test(s.chip), "the report of today");
  await box(markers, "ManageUsers").click();
  await panel.when((s) => /this edit adds [1-9]\d* critical/i.test(s.chip), "counted");
  const said = await panel.call(`function () { return [...this.querySelectorAll('[data-change="new"] li')].map((li) => li.textContent.trim()); }`);
  const marked = Object.fromEntries((await markers.all()).filter((m) => m.title).map((m) => [m.title, m.severity]));
  await markers.frame.locator('[id$=":button_pc_save"]').first().click();
  const after = await panel.when((s) => /Salesforce has what you entered \(\d+ change/.test(s.text) && !/Still reading/.test(s.text), "after the save");
  const labels = await labelsOf(org, page, "PermissionSet", "Permissions");
  // The law in the browser: the findings that came are the findings that were said.
  const findings = (s) => s.rows.filter((row) => row.outcome === "finding").map((row) => `${row.severity} ${row.title.replace(/^.*?: /, "")}`);
  const came = findings(after).filter((one) => !findings(before).includes(one));
  assert.deepEqual(said.map((one) => one.replace(/ because of [^:]*$/, "").replace(/^(\w+) (?:.*?: )?/, (_, word) => `${word.toLowerCase()} `)).sort(), came.sort());
  let compared = 0;
  for (const row of after.rows.filter((one) => one.outcome === "finding")) {
    const name = Object.keys(labels).find((one) => row.title.startsWith(`${labels[one]}: `));
    if (!marked[name]) continue;
    assert.ok(["critical", "high", "medium", "low", "info"].indexOf(marked[name]) <= ["critical", "high", "medium", "low", "info"].indexOf(row.severity), name);
    compared += 1;
  }
  assert.ok(compared > 0 && said.length > 0);
  // Somebody else's change in between is told.
  await page.goto(at(org, "setup", SYSTEM, "Acme Backup"));
  const again = await Markers.of(page);
  await again.one((m) => m.title === "ViewEncryptedData", "marked");
  await box(again, "ViewEncryptedData").click();
  await panel.when((s) => /View Encrypted Data/.test(s.text), "counted");
  const set = (await org.state()).rows.PermissionSet.find((row) => row.ProfileId === org.profiles["Acme Backup"]);
  await org.fault({ kind: "somebody-else", match: "composite", object: "PermissionSet", id: set.Id, fields: { PermissionsViewEncryptedData: false }, times: 1 });
  await again.frame.locator('[id$=":button_pc_save"]').first().click();
  await panel.when((s) => /Saved, but Salesforce shows something else/.test(s.text) && /View Encrypted Data is off/.test(s.text), "the difference is told");
});

journey("editing: a worker that was stopped loses nothing", async ({ org, page, context }) => {
  const { panel, markers } = await opened(page, at(org, "setup", SYSTEM));
  await markers.one((m) => m.title === "AuthorApex", "marked");
  await box(markers, "AuthorApex").click();
  await panel.when((s) => /this edit adds 2 critical/i.test(s.chip), "counted");
  await killWorker(context);
  await org.forget();
  await box(markers, "CustomizeApplication").click();
  await panel.when((s) => /Customize Application/.test(s.text) && /Author Apex/.test(s.text), "both are counted");
  const composites = (await org.requests()).filter((r) => r.path.endsWith("composite"));
  assert.equal(composites.length, 1, "read again once");
});

journey("editing: a worker that was stopped while it read tells the form all the same", async ({ org, page, context }) => {
  await org.options({ latency: 1_500 });
  try {
    await page.goto(at(org, "setup", SYSTEM));
    const markers = await Markers.of(page);
    await page.waitForTimeout(700);
    await killWorker(context);
    await org.options({ latency: 0 });
    await markers.one((m) => m.title === "ModifyAllData", "it is marked");
  } finally {
    await org.options({ latency: 0 });
  }
});

journey("editing: a panel that is hidden takes its markers along, also after the worker was stopped", async ({ org, page, context }) => {
  const { panel, markers, complaints } = await opened(page, at(org, "setup", SYSTEM));
  await markers.one((m) => m.title === "ModifyAllData", "marked");
  await panel.open();
  await killWorker(context);
  try {
    await panel.click("#close");
    await panel.gone();
    await until(async () => (await markers.all()).length === 0, "no marker is left");
    // A frame that comes anew is not marked either.
    await page.evaluate(() => {
      const old = document.querySelector("force-aloha-page");
      old.replaceWith(old.cloneNode(true));
    });
    await page.waitForTimeout(300);
    const anew = await Markers.of(page);
    await box(anew, "ViewAllData").click();
    await page.waitForTimeout(1_500);
    assert.deepEqual(await anew.all(), []);
    assert.deepEqual(complaints, []);
  } finally {
    await shown(context);
  }
});

journey("editing: a burst of clicks is answered once", async ({ org, page, context }) => {
  const { panel, markers } = await opened(page, at(org, "setup", SYSTEM));
  await markers.one((m) => m.title === "AuthorApex", "marked");
  const worker = context.serviceWorkers()[0];
  await worker.evaluate(() => {
    globalThis.seen = 0;
    chrome.runtime.onMessage.addListener((message) => void (globalThis.seen += message.command === "Edit"));
  });
  await markers.frame.evaluate(() => document.querySelectorAll('[id$=":userPerm"]').forEach((one, at) => at < 41 && one.click()));
  await panel.when((s) => /this edit adds \d+/i.test(s.chip), "counted");
  await new Promise((resolve) => setTimeout(resolve, 500));
  const seen = await worker.evaluate(() => globalThis.seen);
  assert.ok(seen >= 1 && seen <= 3, `answered ${seen} times`);
});

journey("editing: six languages, one of them from right to left", async ({ org, page }) => {
  const risky = ["ModifyAllData", "ViewAllData", "ManageUsers", "AuthorApex", "CustomizeApplication", "ResetPasswords"];
  const severities = {};
  for (const language of LANGUAGES) {
    await inLanguage(org, page, language, async () => {
      const { markers } = await opened(page, at(org, "classic", SYSTEM, "Acme Connector"));
      await markers.one((m) => m.title === "ModifyAllData", `${language}: marked`);
      const enhanced = Object.fromEntries((await markers.all()).map((m) => [m.title, m.severity]));
      const title = await markers.frame.evaluate(() => {
        const cell = document.querySelector('[title="ModifyAllData"]').closest("tr").cells[0].textContent;
        return { cell, dir: document.documentElement.dir };
      });
      assert.equal(title.dir, language === "iw" ? "rtl" : "ltr");
      const labels = await markers.frame.evaluate((names) => Object.fromEntries(names.map((name) => [name, document.querySelector(`[title="${name}"]`).closest("tr").cells[0].textContent])), risky);
      // The original page has labels alone.
      await page.goto(at(org, "classic", "/e", "Acme Connector"));
      const original = await Markers.of(page);
      await original.some();
      const ids = await original.frame.evaluate((all) => Object.fromEntries(Object.entries(all).map(([name, label]) => [name, [...document.querySelectorAll("label")].find((one) => one.textContent === label)?.htmlFor])), labels);
      const found = await until(async () => {
        const marked = Object.fromEntries((await original.all()).map((m) => [m.id, m.severity]));
        return marked[ids.ModifyAllData] && marked;
      }, `${language}: marked by its label "${labels.ModifyAllData}"`);
      for (const name of risky) assert.equal(found[ids[name]], enhanced[name], `${language} ${name}`);
      severities[language] = risky.map((name) => enhanced[name]).join();
      assert.equal(severities[language], severities.en_US, language);
    });
  }
  assert.match(severities.en_US, /^(critical|high|medium)(,(critical|high|medium|low)){5}$/, "each of them is marked");
});

journey("editing: labels that the org changed, and two that are alike", async ({ org, page }) => {
  await org.options({ labels: { ModifyAllData: "Alles überall", AuthorApex: "View All Data" } });
  try {
    await signIn(page, org);
    const { panel, markers } = await opened(page, at(org, "classic", "/e"));
    const marked = async (label) => {
      const ids = await markers.frame.evaluate((text) => [...document.querySelectorAll("label")].filter((one) => one.textContent === text).map((one) => one.htmlFor), label);
      return (await markers.all()).filter((m) => ids.includes(m.id));
    };
    await markers.some();
    await until(async () => (await marked("Alles überall")).length === 1, "the org's own label is known");
    assert.deepEqual(await marked("View All Data"), [], "neither of two that are alike");
    await panel.when((s) => /10 boxes on this page weren't recognized/.test(s.text), "and the panel counts them");
  } finally {
    await org.options({ labels: {} });
    await signIn(page, org);
  }
});

journey("editing: a critical save is asked about once, where somebody chose it", async ({ org, page, context }) => {
  const posts = [];
  page.on("request", (request) => request.method() === "POST" && /\/e\?/.test(request.url()) && posts.push(request.url()));
  const { markers } = await opened(page, at(org, "classic", SYSTEM, "Acme Billing"));
  await markers.one((m) => m.title === "ManageRoles", "marked");
  // A browser that was just started takes up to half a minute to say whether there is a company's policy: no choice until then.
  await context.serviceWorkers()[0].evaluate(() => chrome.storage.managed.get());
  await box(markers, "ManageRoles").click();
  await markers.one((m) => m.isNote && /Ask me before saving critical changes/.test(m.text), "the note, and the choice in it");
  await markers.click((m) => m.isNote, "input");
  const worker = context.serviceWorkers()[0];
  await until(() => worker.evaluate(async () => (await chrome.storage.local.get("askBeforeSave")).askBeforeSave), "chosen");
  const save = page.locator('[id$=":button_pc_save"]').first();
  await save.click();
  await markers.one((m) => m.isNote && /Click Save again to save anyway/.test(m.text), "asked");
  assert.equal(posts.length, 0);
  await save.click();
  await until(() => posts.length === 1, "the second save goes through");
  await worker.evaluate(() => chrome.storage.local.remove("askBeforeSave"));
});
