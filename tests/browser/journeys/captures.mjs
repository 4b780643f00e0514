// Edit pages in other shapes than the stand-in's own, served in their place: which box is which, what is said, and what becomes of the page.
// It never takes a marker for right because it is there: each is compared with the rules, run on what the org has after a save.

import assert from "node:assert/strict";
import { AXE } from "../lib/axe.mjs";
import { address, signIn, startBrowser, until } from "../lib/browser.mjs";
import { CAPTURES, NAMES, objectPage } from "../lib/captures.mjs";
import { journey } from "../lib/check.mjs";
import { inLanguage, labelsOf } from "../lib/language.mjs";
import { Markers } from "../lib/markers.mjs";
import { look, posted, shown } from "../lib/pages.mjs";
import { Panel } from "../lib/panel.mjs";

const PROFILE = "Acme Data Warehouse";
const SEVERITIES = ["critical", "high", "medium", "low", "info"];
const edit = (org, host, section, rest = "") => address(org, host, `/${org.profiles[PROFILE].slice(0, 15)}/e${section ? `?s=${section}` : ""}${rest}`);

/** Serves a page in place of a profile's own, wherever it is shown. */
const serve = (page, html) =>
  page.route(/\/00e\w{12}\/e(\?|$)/, (route) => (route.request().method() === "GET" ? route.fulfill({ contentType: "text/html; charset=utf-8", body: html }) : route.fallback()));

/** Permissions' labels in the viewer's language. */
const permissionsOf = (org, page) => labelsOf(org, page, "PermissionSet", "Permissions");

/** How grave each permission is on the profile, by the rules: all are granted, and the profile's report is read. */
async function verdicts(org, page, labels) {
  const set = (await org.state()).rows.PermissionSet.find((row) => row.ProfileId === org.profiles[PROFILE]);
  const fields = Object.fromEntries(NAMES.map((name) => [`Permissions${name}`, true]));
  const was = Object.fromEntries(Object.keys(fields).map((name) => [name, set[name] ?? false]));
  await org.row("PermissionSet", set.Id, fields);
  await org.row("Profile", org.profiles[PROFILE], fields);
  try {
    await page.goto(address(org, "classic", `/${org.profiles[PROFILE].slice(0, 15)}`));
    const { rows } = await (await Panel.of(page)).report();
    const found = {};
    for (const { outcome, severity, title } of rows) {
      const name = NAMES.find((one) => title?.startsWith(`${labels[one]}: `));
      if (outcome !== "finding" || !name) continue;
      found[name] = SEVERITIES[Math.min(...[severity, found[name] ?? severity].map((one) => SEVERITIES.indexOf(one)))];
    }
    return found;
  } finally {
    await org.row("PermissionSet", set.Id, was);
    await org.row("Profile", org.profiles[PROFILE], was);
  }
}

let expected;

for (const capture of CAPTURES) {
  journey(`captures: ${capture.name}`, async ({ org, page, context }) => {
    await inLanguage(org, page, capture.language ?? "en_US", async () => {
      const labels = await permissionsOf(org, page);
      expected ??= await verdicts(org, page, labels);
      assert.ok(Object.keys(expected).length > 8, "the rules have something to say");
      const html = capture.html((name) => labels[name]);
      await serve(page, html);
      for (const host of ["classic", "setup", "lightning"]) {
        const complaints = [];
        const complain = (error) => complaints.push(error.message ?? error.text());
        page.on("pageerror", complain);
        await page.goto(edit(org, host, capture.section));
        const panel = await Panel.of(page);
        const markers = await Markers.of(page);
        await markers.one((m) => m.is === "BulkApiHardDelete", "marked");
        const unsure = (s) => Number(/(\d+) box(?:es)? on this page/.exec(s.text)?.[1] ?? 0);
        await panel.when((s) => unsure(s) === capture.unsure, `${capture.unsure} are not recognised`).catch(async (error) => {
          throw new Error(`${error.message}, but ${unsure(await panel.state())}`);
        });
        const all = (await markers.all()).filter((m) => !m.isNote);
        // No box has another's marker, none has two, and each has the rules' own verdict.
        const marked = Object.fromEntries(all.filter(({ is }) => is !== "ApiUserOnly").map((m) => [m.is, m.severity]));
        assert.equal(all.length, new Set(all.map(({ is }) => is)).size);
        const there = await markers.frame.evaluate(() => [...document.querySelectorAll("[data-is]")].map((box) => box.dataset.is));
        const wanted = Object.fromEntries(Object.entries(expected).filter(([name]) => there.includes(name)));
        assert.deepEqual(Object.fromEntries(Object.entries(marked).sort()), Object.fromEntries(Object.entries(wanted).sort()), host);
        assert.deepEqual(complaints, []);
        page.off("pageerror", complain);
        if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${capture.name.slice(0, 30).replace(/\W+/g, "-")}-${host}.png` });
      }
    });
  });

  journey(`captures: left as it was, ${capture.name}`, async ({ org, page, context }) => {
    const plainly = await startBrowser(org, { plain: true });
    try {
      const plain = await plainly.newPage();
      await signIn(plain, org);
      const labels = await permissionsOf(org, page);
      const html = capture.html((name) => labels[name]);
      for (const one of [plain, page]) await serve(one, html);
      const url = edit(org, "classic", capture.section);
      await plain.goto(url);
      const without = await plain.evaluate(look);
      await page.goto(url);
      const panel = await Panel.of(page);
      const markers = await Markers.of(page);
      await markers.one((m) => m.is === "BulkApiHardDelete", "marked");
      await panel.when((s) => /this edit adds|no new risks/i.test(s.chip), "weighed");
      await page.waitForTimeout(150);
      assert.deepEqual((await page.evaluate(look)).places, without.places, "nothing is moved");
      await panel.open();
      await panel.when((s) => s.open, "open");
      await panel.click("#close");
      await panel.gone();
      await until(async () => (await markers.all()).length === 0, "no marker is left");
      assert.equal((await page.evaluate(look)).html, without.html, "the markup is as before");
      await shown(context);
      const [control, save] = ['[data-is="BulkApiHardDelete"]', '[name="save"],[id$=":button_pc_save"]'];
      const bare = await posted(plain, url, control, save, () => {});
      const own = await posted(page, url, control, save, () => markers.one((m) => m.is === "BulkApiHardDelete", "marked"));
      assert.equal(own, bare);
      assert.ok(own.length > 10);
    } finally {
      await shown(context);
      await plainly.close();
    }
  });
}

journey("captures: what axe-core says of the pages is what it says without markers", async ({ org, page }) => {
  const labels = await permissionsOf(org, page);
  for (const capture of CAPTURES.filter(({ unsure }) => unsure < 100)) {
    await page.unrouteAll();
    await serve(page, capture.html((name) => labels[name]));
    await page.goto(edit(org, "classic", capture.section));
    const markers = await Markers.of(page);
    await markers.one((m) => m.is === "BulkApiHardDelete", "marked");
    await page.evaluate(AXE);
    const violations = () => page.evaluate(async () => (await axe.run(document.body)).violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 80)).join(" | ")}`));
    // A page that numbers its tab stops is told so; a marker that did not follow it would be out of their order.
    const own = await violations();
    await page.evaluate(() => document.querySelectorAll("[data-leastwise]").forEach((one) => one.remove()));
    assert.deepEqual(own, await violations(), capture.name);
  }
});

journey("captures: by keyboard alone, a marker is reached from its box, also where a page numbers its tab stops", async ({ org, page }) => {
  const labels = await permissionsOf(org, page);
  for (const capture of CAPTURES.filter(({ odd, unsure }) => !odd && unsure < 100)) {
    await page.unrouteAll();
    await serve(page, capture.html((name) => labels[name]));
    await page.goto(edit(org, "classic", capture.section));
    const markers = await Markers.of(page);
    await markers.one((m) => m.is === "ModifyAllData", "marked");
    await page.locator('[data-is="ModifyAllData"]').focus();
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.dataset.leastwise), undefined, capture.name);
    await page.locator('[data-is="ModifyAllData"]').focus();
    await page.keyboard.press("Alt+ArrowDown");
    await markers.one((m) => m.is === "ModifyAllData" && /Fix: /.test(m.more), `${capture.name}: opened`);
    await page.keyboard.press("Escape");
    assert.equal(await page.evaluate(() => document.activeElement.dataset.is), "ModifyAllData", capture.name);
    await page.keyboard.press("Space");
    await (await Panel.of(page)).when((s) => /this edit adds \d+ critical/i.test(s.chip), `${capture.name}: counted`);
  }
});

journey("captures: an object's settings in tables in a table; a custom object by its id is left alone", async ({ org, page }) => {
  await serve(page, objectPage((six) => six, "Account"));
  await page.goto(edit(org, "setup", "ObjectsAndTabs", "&o=Account"));
  const markers = await Markers.of(page);
  await markers.one((m) => m.is === "Account.5", "Modify All is marked");
  assert.deepEqual((await markers.all()).filter((m) => !m.isNote).map((m) => m.is), ["Account.3", "Account.4", "Account.5"]);
  await page.goto(edit(org, "setup", "ObjectsAndTabs", "&o=01I5g000000AbCd"));
  const panel = await Panel.of(page);
  await panel.when((s) => /6 boxes on this page weren't recognized/.test(s.text), "the six are not known");
  assert.deepEqual((await (await Markers.of(page)).all()).filter((m) => !m.isNote), []);
});

journey("captures: labels that an org gave to one another", async ({ org, page }) => {
  await org.options({ labels: { ModifyAllData: "Run Reports", RunReports: "Modify All Data" } });
  try {
    await signIn(page, org);
    const labels = await permissionsOf(org, page);
    const capture = CAPTURES.find(({ language }) => language === "zh_CN");
    await serve(page, capture.html((name) => labels[name]));
    await page.goto(edit(org, "classic", ""));
    const markers = await Markers.of(page);
    assert.equal((await markers.one((m) => m.is === "ModifyAllData", "marked")).severity, "critical");
    assert.ok(!(await markers.all()).some((m) => m.is === "RunReports"));
  } finally {
    await org.options({ labels: {} });
    await signIn(page, org);
  }
});

journey("captures: a form that comes late, and rows that a script writes anew", async ({ org, page }) => {
  const labels = await permissionsOf(org, page);
  const html = CAPTURES[0].html((name) => labels[name]);
  const form = /<form method="post"[\s\S]*<\/form>/.exec(html)[0];
  await serve(page, html.replace(form, "").replace(/<form id="sbsearch"[\s\S]*?<\/form>/, ""));
  await page.goto(edit(org, "classic", "SystemPermissions"));
  await page.waitForTimeout(400);
  await page.evaluate((markup) => document.querySelector("main").insertAdjacentHTML("beforeend", markup), form);
  const markers = await Markers.of(page);
  await markers.one((m) => m.is === "ModifyAllData", "the form that came late is read");
  // A script that writes a table anew copies what stands in it, markers too: such a copy says nothing.
  await page.evaluate(() => (document.querySelector("table.detailList").innerHTML += ""));
  await until(async () => {
    const [all, hosts] = [await markers.all().catch(() => []), await page.locator("[data-leastwise]:not([data-out])").count()];
    return all.length > 5 && all.length === hosts && all.length === new Set(all.map((m) => m.is)).size;
  }, "each box has its own marker once");
});
