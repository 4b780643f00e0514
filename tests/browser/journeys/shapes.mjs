// Edit pages of users, of login IP ranges and of objects in other shapes than the stand-in's own, served in their place.
// It never takes a marker for right because it is there: each is compared with the rules, run on what the org has after a save.

import assert from "node:assert/strict";
import { AXE } from "../lib/axe.mjs";
import { address, signIn, startBrowser, until } from "../lib/browser.mjs";
import { CAPTURES } from "../lib/captures.mjs";
import { journey } from "../lib/check.mjs";
import { inLanguage, labelsOf } from "../lib/language.mjs";
import { Markers } from "../lib/markers.mjs";
import { look, posted, shown } from "../lib/pages.mjs";
import { Panel } from "../lib/panel.mjs";
import { FEATURES, OBJECTS, RANGES, SECTIONS, USERS } from "../lib/shapes.mjs";

const USER = "legacy.middleware@acme.example";
const PROFILE = "Acme Integration Admin";
const SAVE = '[name="save"],[name="go"],[id$=":button_pc_save"]';
const short = (id) => id.slice(0, 15);

/** Serves a page in place of each edit page's own, wherever it is shown. */
const serve = async (page, html) => {
  await page.unrouteAll();
  await page.route(/\/(?:005|00e|0PS)\w{12}\/e(\?|$)/, (route) => (route.request().method() === "GET" ? route.fulfill({ contentType: "text/html; charset=utf-8", body: html }) : route.fallback()));
};

/** What a user's page shows, of the user as they are. */
async function ofUser(org) {
  const { rows } = await org.state();
  const user = rows.User.find((row) => row.Id === org.users[USER]);
  const license = rows.Profile.find((row) => row.Id === user.ProfileId).UserLicenseId;
  return {
    user,
    license: short(license),
    profiles: rows.Profile.filter((row) => row.UserLicenseId === license).map((row) => [short(row.Id), row.Name]),
    licenses: rows.UserLicense.map((row) => [short(row.Id), row.Name]),
  };
}

const heard = (page, complaints = []) => {
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  return complaints;
};
const unsure = (s) => Number(/(\d+) box(?:es)? on this page/.exec(s.text)?.[1] ?? 0);
const nothingNew = (panel) =>
  panel.when((s) => /no new risks/i.test(s.chip) && !/Still reading/.test(s.text), "nothing new yet").catch(async (error) => {
    const { chip, text } = (await panel.state()) ?? {};
    throw new Error(`${error.message}: ${panel.page.url()} ${chip}, ${text?.slice(0, 400)}`);
  });
const said = async (markers) => Object.fromEntries((await markers.all()).filter((m) => !m.isNote).map((m) => [m.is, `${m.severity} ${m.text}`]).sort());
const listed = (panel, kind) => panel.call(`function () { return [...this.querySelectorAll('[data-change="${kind}"] li')].map((li) => li.textContent.trim()); }`);
const findings = (s) => s.rows.filter((row) => row.outcome === "finding").map((row) => `${row.severity} ${row.title}`);
const plain = (all) => all.map((one) => one.replace(/ because of [^:]*$/, "").replace(/^(\w+) (?:.*?: )?/, (_, word) => `${word.toLowerCase()} `)).sort();
const userEdit = (org, host = "classic") => address(org, host, `/${short(org.users[USER])}/e`);

/** Selects each feature of a user's page, and opens the one line that is said of them: what it says of each, by its words. */
async function features(markers) {
  for (const box of await markers.frame.locator("[id^=UserPermissions_][type=checkbox]").all()) if (await box.isEnabled()) await box.check();
  const own = (m) => m.words === "Integrations rarely need these features";
  if (!(await until(async () => (await markers.all()).some(own), "a line", 2_000).catch(() => false))) return {};
  await markers.click(own, "summary");
  const { more } = await markers.one((m) => own(m) && m.more, "opened");
  assert.ok(more);
  const lines = await markers.call((await markers.all()).find(own), "function () { return [...this.querySelectorAll('li')].map((li) => li.textContent.replace(/[\u2066-\u2069]/g, '')); }");
  return Object.fromEntries(lines.map((line) => line.split(": ")));
}

/** A user's features as the stand-in's own page has them: by API name, what is said of each. */
async function ownFeatures(org, page) {
  await page.unrouteAll();
  await page.goto(userEdit(org));
  const panel = await Panel.of(page);
  await nothingNew(panel);
  const labels = Object.fromEntries(Object.entries(await labelsOf(org, page, "User", "UserPermissions")).map(([name, label]) => [label, name]));
  const all = await features(await Markers.of(page));
  return Object.fromEntries(Object.entries(all).map(([label, words]) => [labels[label], words]));
}

for (const shape of USERS) {
  journey(`shapes: a user, ${shape.name}`, async ({ org, page }) => {
    const expected = await ownFeatures(org, page);
    assert.equal(Object.keys(expected).length, 10, "the own page says what features are for");
    await inLanguage(org, page, shape.language, async () => {
      const labels = await labelsOf(org, page, "User", "UserPermissions");
      await serve(page, shape.html((name) => labels[name], await ofUser(org)));
      const complaints = heard(page);
      for (const host of ["classic", "setup", "lightning"]) {
        await page.goto(userEdit(org, host));
        const panel = await Panel.of(page);
        const markers = await Markers.of(page);
        await nothingNew(panel);
        // What features are called comes by itself.
        const told = await features(markers);
        const selected = await markers.frame.evaluate(() => [...document.querySelectorAll("[data-is]")].filter((box) => box.checked).map((box) => box.dataset.is));
        const wanted = Object.entries(expected).filter(([name]) => (shape.features ?? FEATURES).includes(name) && selected.includes(name));
        assert.deepEqual(Object.entries(told).sort(), wanted.map(([name, words]) => [labels[name], words]).sort(), host);
        const all = await said(markers);
        assert.equal(unsure(await panel.state()), shape.unsure ?? 0);
        for (const id of ["Email", "Profile"].filter((id) => shape.fields && !shape.fields.includes(id))) assert.ok(!(id in all), `${id} is not certain`);
        if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/user-${shape.language}-${host}.png` });
      }
      assert.deepEqual(complaints, []);
    });
  });

  journey(`shapes: a user's address and licence are judged as after the save, ${shape.name}`, async ({ org, page }) => {
    const labels = await labelsOf(org, page, "User", "UserPermissions");
    const of = await ofUser(org);
    await page.unrouteAll();
    await page.goto(address(org, "classic", `/${short(of.user.Id)}?noredirect=1&isUserEntityOverride=1`));
    const before = findings(await (await Panel.of(page)).report());
    await serve(page, shape.html((name) => labels[name], of));
    await page.goto(userEdit(org));
    const panel = await Panel.of(page);
    await nothingNew(panel);
    const email = page.locator("#Email");
    if (shape.noEmail || shape.odd) {
      // What is hidden, or there twice, changes nothing of what is said.
      if (shape.odd) await email.first().fill("kim.roe@acme.example");
      await page.waitForTimeout(500);
      assert.match((await panel.state()).chip, /no new risks/i);
      return;
    }
    await email.fill("kim.roe@acme.example");
    await email.press("Tab");
    await panel.when((s) => /this edit adds 1 |fixes \d/i.test(s.chip), "the address is judged");
    const [news, solved] = [await listed(panel, "new"), await listed(panel, "solved")];
    await org.row("User", of.user.Id, { Email: "kim.roe@acme.example" });
    try {
      await page.unrouteAll();
      await page.goto(address(org, "classic", `/${short(of.user.Id)}?noredirect=1&isUserEntityOverride=1`));
      const after = findings(await (await Panel.of(page)).report());
      assert.deepEqual(plain(news), plain(after.filter((one) => !before.includes(one))));
      assert.deepEqual(plain(solved), plain(before.filter((one) => !after.includes(one))));
      assert.ok(news.length + solved.length > 0);
    } finally {
      await org.row("User", of.user.Id, { Email: of.user.Email });
    }
  });
}

const rangesEdit = (org, section, host = "classic") => address(org, host, `/${short(org.profiles[PROFILE])}/e${section ? `?s=${section}` : ""}`);

for (const shape of RANGES) {
  journey(`shapes: login IP ranges, ${shape.name}`, async ({ org, context }) => {
    const complaints = [];
    for (const host of ["classic", "setup", "lightning"]) {
      const page = await context.newPage();
      await serve(page, shape.html("", ""));
      heard(page, complaints);
      await page.goto(rangesEdit(org, shape.section, host));
      const panel = await Panel.of(page);
      const markers = await Markers.of(page);
      await nothingNew(panel);
      const [start, end] = ["IpStartAddress", "IpEndAddress"].map((id) => markers.frame.locator(`[data-is="${id}"]`).last());
      const enter = async (first, last) => {
        if (await start.count()) await start.fill(first);
        await end.fill(last);
        await end.press("Tab");
      };
      if (!shape.told) {
        if (await end.count()) await enter("0.0.0.0", "255.255.255.255");
        else for (const [at, text] of ["203.0.113.9", "203.0.113.1"].entries()) await markers.frame.locator("input[type=text]").nth(at).fill(text);
        await page.waitForTimeout(500);
        assert.match((await panel.state()).chip, /no new risks/i);
        assert.ok(!(await markers.all()).some((m) => /reversed|valid IP address|too broad/.test(m.text)));
        await page.close();
        continue;
      }
      const beside = (words) => markers.one((m) => m.is === "IpEndAddress" && words.test(m.text), String(words));
      await enter("203.0.113.9", "203.0.113.1");
      await beside(/^New · High The range is reversed/);
      await enter("203.0.113.9", "2001:db8::1");
      await beside(/^New · High One address is IPv4, the other IPv6/);
      await enter("here", "there");
      await beside(/Not a valid IP address/);
      await enter("0.0.0.0", "255.255.255.255");
      const wide = await beside(/too broad to restrict anything/);
      await markers.click((m) => m.is === "IpEndAddress", "summary");
      await markers.click((m) => m.is === "IpEndAddress", "[data-enter]");
      await until(async () => (await start.inputValue()) !== "0.0.0.0" && (await end.inputValue()) !== "255.255.255.255", "the tightest is entered");
      assert.ok((await markers.all()).every((m) => m.is === "IpEndAddress" || m.isNote), "beside the end alone");
      if (host !== "classic") {
        await page.close();
        continue;
      }
      // The rule, run on what the org has after such a save: the stand-in's own page makes it.
      await page.unrouteAll();
      await page.goto(rangesEdit(org, "LoginIPRanges"));
      for (const [id, address] of [["IpStartAddress", "0.0.0.0"], ["IpEndAddress", "255.255.255.255"]]) await page.locator(`#${id}`).fill(address);
      await page.locator(SAVE).first().click();
      await page.waitForURL((url) => !/\/e$/.test(url.pathname));
      await page.goto(address(org, "classic", `/${short(org.profiles[PROFILE])}`));
      const after = findings(await (await Panel.of(page)).report());
      assert.ok(after.includes(`${wide.severity} ${wide.words}`), `${wide.text}: ${after}`);
      await page.goto(`${rangesEdit(org, "LoginIPRanges")}&range=0`);
      await page.locator('[name="delete"],[name$=":delete"]').first().click();
      await page.waitForURL((url) => !/\/e$/.test(url.pathname));
      await page.close();
    }
    assert.deepEqual(complaints, []);
  });
}

/** What is on of the six on each object, of a profile or a permission set. */
async function granted(org, parent) {
  const { rows } = await org.state();
  const fields = ["Read", "Create", "Edit", "Delete", "ViewAllRecords", "ModifyAllRecords", "ViewAllFields"];
  const of = (object) => {
    const row = rows.ObjectPermissions.find((one) => one.ParentId === parent && one.SobjectType === object);
    return fields.map((name) => row?.[`Permissions${name}`] === true);
  };
  return Object.fromEntries(["Account", "Contact", "Case"].map((object) => [object, of(object)]));
}

for (const shape of OBJECTS) {
  journey(`shapes: an object's settings, ${shape.name}`, async ({ org, page }) => {
    const { rows } = await org.state();
    const profile = org.profiles["Acme Data Warehouse"];
    const set = rows.PermissionSet.find((row) => (shape.of === "00e" ? row.ProfileId === profile : row.Name === "ERP_App_Access"));
    const id = shape.of === "00e" ? profile : set.Id;
    const on = await granted(org, set.Id);
    if (shape.granted) on.Account = on.Account.map((_, at) => at < 4);
    const kept = shape.granted && rows.ObjectPermissions.find((one) => one.ParentId === set.Id && one.SobjectType === "Account");
    if (kept) await org.row("ObjectPermissions", kept.Id, { PermissionsRead: true, PermissionsCreate: true, PermissionsEdit: true, PermissionsDelete: true, PermissionsViewAllRecords: false, PermissionsModifyAllRecords: false });
    try {
      await serve(page, shape.html(on));
      const complaints = heard(page);
      for (const host of ["classic", "setup", "lightning"]) {
        await page.goto(address(org, host, `/${short(id)}/e${shape.query}`));
        const panel = await Panel.of(page);
        const markers = await Markers.of(page);
        await nothingNew(panel);
        assert.equal(unsure(await panel.state()), shape.unsure, host);
        const marked = Object.keys(await said(markers)).filter((is) => is.includes("."));
        // Delete, View All, Modify All, View All Fields.
        const columns = [3, 4, 5, 6].filter((at) => at < (shape.columns ?? 7));
        assert.deepEqual(marked, shape.objects.flatMap((object) => columns.map((at) => `${object}.${at}`)).sort(), host);
        for (const object of shape.objects) {
          if (on[object][5]) continue;
          await markers.frame.locator(`[data-is="${object}.5"]`).click();
          const is = `Modify All on ${object}`;
          await panel.when((s) => s.text.includes(is), is);
          await markers.frame.locator(`[data-is="${object}.5"]`).click();
          await nothingNew(panel);
        }
      }
      assert.deepEqual(complaints, []);
    } finally {
      if (kept) await org.row("ObjectPermissions", kept.Id, kept);
    }
  });
}

for (const capture of CAPTURES.filter(({ section }) => section === "SystemPermissions")) {
  journey(`shapes: a permission set's system permissions, ${capture.name}`, async ({ org, page }) => {
    const { rows } = await org.state();
    const url = (host) => address(org, host, `/${short(rows.PermissionSet.find((row) => row.Name === "ERP_App_Access").Id)}/e?s=SystemPermissions`);
    await page.goto(url("classic"));
    await nothingNew(await Panel.of(page));
    const own = Object.fromEntries((await (await Markers.of(page)).all()).map((m) => [m.title, `${m.severity} ${m.text}`]));
    await inLanguage(org, page, capture.language ?? "fr", async () => {
      const labels = await labelsOf(org, page, "PermissionSet", "Permissions");
      await serve(page, capture.html((name) => labels[name]));
      const complaints = heard(page);
      for (const host of ["classic", "lightning"]) {
        await page.goto(url(host));
        await nothingNew(await Panel.of(page)).catch(() => {});
        const markers = await Markers.of(page);
        await markers.one((m) => m.is === "ModifyAllData", "marked");
        const all = await said(markers);
        const there = await markers.frame.evaluate(() => [...document.querySelectorAll("[data-is]")].map((one) => one.dataset.is));
        assert.deepEqual(all, Object.fromEntries(Object.entries(own).filter(([name]) => there.includes(name)).sort()), host);
      }
      assert.deepEqual(complaints, []);
    });
  });
}

journey("shapes: hours, sessions and passwords of any shape bring no exception and no marker", async ({ org, page }) => {
  const complaints = heard(page);
  for (const { section, html } of SECTIONS) {
    await serve(page, html());
    for (const host of ["classic", "lightning"]) {
      await page.goto(address(org, host, `/${short(org.profiles[PROFILE])}/e?s=${section}`));
      const panel = await Panel.of(page);
      const markers = await Markers.of(page);
      await nothingNew(panel);
      for (const one of await markers.frame.locator("main input[type=checkbox]").all()) await one.click();
      await page.waitForTimeout(200);
      assert.deepEqual(await markers.all(), [], section);
      assert.match((await panel.state()).chip, /no new risks/i);
    }
  }
  assert.deepEqual(complaints, []);
});

/** Every shape with an address, a control to click, and when it is marked. */
async function every(org, page) {
  const labels = await labelsOf(org, page, "User", "UserPermissions");
  const of = await ofUser(org);
  const { rows } = await org.state();
  const set = rows.PermissionSet.find((row) => row.Name === "ERP_App_Access");
  const own = rows.PermissionSet.find((row) => row.ProfileId === org.profiles["Acme Data Warehouse"]);
  const users = USERS.map((shape) => ({ ...shape, url: userEdit(org), html: shape.html((name) => labels[name], of), control: '[data-is="KnowledgeUser"],[data-is="Email"]', is: shape.odd ? undefined : "user_license_id" }));
  const ranges = RANGES.map((shape) => ({ ...shape, url: rangesEdit(org, shape.section), html: shape.html("1.1.1.1", "1.1.1.0"), control: 'input[type=text],input:not([type])', is: shape.told && "IpEndAddress" }));
  const objects = [];
  for (const shape of OBJECTS.filter(({ granted }) => !granted)) {
    const parent = shape.of === "00e" ? own : set;
    objects.push({ ...shape, url: address(org, "classic", `/${short(shape.of === "00e" ? org.profiles["Acme Data Warehouse"] : set.Id)}/e${shape.query}`), html: shape.html(await granted(org, parent.Id)), control: 'main input[type="checkbox"]', is: shape.objects[0] && `${shape.objects[0]}.5` });
  }
  return [...users, ...ranges, ...objects];
}

journey("shapes: each is left as it was, and posts what it posts without Leastwise", async ({ org, page, context }) => {
  const plainly = await startBrowser(org, { plain: true });
  try {
    const bare = await plainly.newPage();
    await signIn(bare, org);
    for (const { name, url, html, control, is } of await every(org, page)) {
      for (const one of [bare, page]) await serve(one, html);
      await bare.goto(url);
      const without = await bare.evaluate(look);
      await page.goto(url);
      const panel = await Panel.of(page);
      const markers = await Markers.of(page);
      const ready = async () => {
        await panel.when((s) => /this edit adds|no new risks/i.test(s.chip), `${name}: weighed`);
        if (is) await markers.one((m) => m.is === is, `${name}: marked`);
      };
      await ready();
      await page.waitForTimeout(150);
      assert.deepEqual((await page.evaluate(look)).places, without.places, `${name}: nothing is moved`);
      await panel.open();
      await panel.when((s) => s.open, "open");
      await panel.click("#close");
      await panel.gone();
      await until(async () => (await markers.all()).length === 0, "no marker is left");
      assert.equal((await page.evaluate(look)).html, without.html, `${name}: the markup is as before`);
      await shown(context);
      const [theirs, own] = [await posted(bare, url, control, SAVE, () => {}), await posted(page, url, control, SAVE, ready)];
      assert.equal(own, theirs, name);
      assert.ok(own.length > 10);
      await shown(context);
    }
  } finally {
    await shown(context);
    await plainly.close();
  }
});

journey("shapes: what axe-core says, and by keyboard alone", async ({ org, page }) => {
  for (const { name, url, html, is, odd } of await every(org, page)) {
    if (!is || odd) continue;
    await serve(page, html);
    await page.goto(url);
    const panel = await Panel.of(page);
    const markers = await Markers.of(page);
    await markers.one((m) => m.is === is, `${name}: marked`);
    await panel.when((s) => /this edit adds|no new risks/i.test(s.chip) && !/Still reading/.test(s.text), "weighed");
    await page.evaluate(AXE);
    const violations = () => page.evaluate(async () => (await axe.run(document.body)).violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 80)).join(" | ")}`));
    const own = await violations();
    await page.locator(`[data-is="${is}"]`).focus();
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.dataset.leastwise), undefined, name);
    await page.locator(`[data-is="${is}"]`).focus();
    await page.keyboard.press("Alt+Shift+ArrowDown");
    await markers.one((m) => m.is === is && m.more.length > 10, `${name}: opened`);
    await page.keyboard.press("Escape");
    assert.equal(await page.evaluate(() => document.activeElement.dataset.is), is, name);
    await page.evaluate(() => document.querySelectorAll("[data-leastwise]").forEach((one) => one.remove()));
    assert.deepEqual(own, await violations(), name);
  }
});

journey("shapes: rows that a script writes anew, and a frame replaced in the middle", async ({ org, page }) => {
  const complaints = heard(page);
  for (const { name, url, html, is } of await every(org, page)) {
    await serve(page, html);
    await page.goto(url);
    const panel = await Panel.of(page);
    const markers = await Markers.of(page);
    if (is) await markers.one((m) => m.is === is, `${name}: marked`);
    await panel.when((s) => /this edit adds|no new risks/i.test(s.chip) && !/Still reading/.test(s.text), "weighed");
    const before = await said(markers);
    await page.evaluate(() => {
      const form = document.querySelector('form[method="post"]');
      form.innerHTML += "";
    });
    await until(async () => {
      const [all, hosts] = [await markers.all().catch(() => []), await page.locator("[data-leastwise]:not([data-out])").count()];
      return all.length === hosts && all.length === new Set(all.map((m) => m.is)).size && JSON.stringify(await said(markers)) === JSON.stringify(before);
    }, `${name}: each has its own marker once`);
  }
  for (const { name, url, html, is } of (await every(org, page)).filter(({ is }) => is)) {
    await serve(page, html);
    // The same page in Lightning: the frame is taken away and comes anew while something is being entered.
    const inner = new URL(url);
    await page.goto(address(org, "setup", inner.pathname + inner.search));
    let markers = await Markers.of(page);
    await markers.one((m) => m.is === is, `${name}: marked`);
    await markers.frame.locator(`[data-is="${is}"]`).first().click();
    await page.evaluate(() => {
      const old = document.querySelector("force-aloha-page");
      old.replaceWith(old.cloneNode(true));
    });
    await page.waitForTimeout(300);
    markers = await Markers.of(page);
    await markers.one((m) => m.is === is, `${name}: marked again`);
    const all = (await markers.all()).filter((m) => !m.isNote);
    assert.equal(all.length, new Set(all.map((m) => m.is)).size, name);
  }
  assert.deepEqual(complaints, []);
});
