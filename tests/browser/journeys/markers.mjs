// The markers themselves: quiet until they matter, told by hover, focus and keys, and undone with all that a click brought along.
// It never takes a note's word for it: which boxes are ticked is read from the page, before and after.

import assert from "node:assert/strict";
import { address, until } from "../lib/browser.mjs";
import { journey } from "../lib/check.mjs";
import { inLanguage, labelsOf } from "../lib/language.mjs";
import { opened } from "../lib/pages.mjs";

const at = (org, host, rest, name = "Acme Data Warehouse") => address(org, host, `/${org.profiles[name].slice(0, 15)}${rest}`);
const SYSTEM = "/e?s=SystemPermissions";
/** Both interfaces, in English and from right to left. */
const PAGES = [
  ["the enhanced interface", "setup", SYSTEM, "en_US"],
  ["the original interface", "classic", "/e", "en_US"],
  ["the enhanced interface in Hebrew", "classic", SYSTEM, "iw"],
  ["the original interface in Hebrew", "lightning", "/e", "iw"],
];

/** The places of the boxes that are ticked. */
const ticked = (markers) => markers.frame.evaluate(() => [...document.querySelectorAll("input[type=checkbox]")].flatMap((box, at) => (box.checked ? [at] : [])));

/** The id of a permission's box: named by its title, or by the words beside it. */
async function idOf(markers, name, label) {
  return markers.frame.evaluate(
    ([title, words]) => {
      const titled = document.querySelector(`[id$=":userPerm"][title="${title}"]`);
      return titled?.id ?? [...document.querySelectorAll("label")].find((one) => one.textContent.trim() === words)?.htmlFor;
    },
    [name, label],
  );
}
const boxOf = (markers, id) => markers.frame.locator(`[id="${id}"]`);
/** Focuses a box without a click. */
const focus = (markers, id) => boxOf(markers, id).evaluate((box) => box.focus());

for (const [what, host, rest, language] of PAGES) {
  journey(`markers: what a click selected besides is said and undone with it, ${what}`, async ({ org, page }) => {
    await inLanguage(org, page, language, async () => {
      const labels = await labelsOf(org, page, "PermissionSet", "Permissions");
      const { panel, markers, complaints } = await opened(page, at(org, host, rest));
      const id = await idOf(markers, "ModifyAllData", labels.ModifyAllData);
      const own = (m) => m.id === id;
      await markers.one(own, "marked");
      await panel.when((s) => /no new risks/i.test(s.chip), "weighed");
      await org.forget();
      const before = await ticked(markers);
      await boxOf(markers, id).click();
      const cause = await markers.one((m) => own(m) && m.undo, "what it selected besides is said");
      const during = (await ticked(markers)).filter((box) => !before.includes(box));
      const others = during.length - 1;
      assert.ok(others > 10, `${others} others`);
      assert.equal(cause.standing, "new");
      assert.equal(cause.label, "New · Critical");
      assert.equal(cause.note, `also selected ${others} others`);
      assert.equal(cause.undo, `Undo all ${during.length}`);
      const followers = (await markers.all()).filter((m) => m.standing === "new" && m.id !== id);
      assert.ok(followers.length > 3);
      const bare = (text) => text.replace(/[\u2066-\u2069]/g, "");
      for (const follower of followers) assert.equal(bare(follower.note), `because of ${labels.ModifyAllData}`, follower.id);
      const { text } = await panel.when((s) => s.text.includes(`Put the page back (${during.length} changes)`), "the panel counts them too");
      assert.match(bare(text), new RegExp(`because of ${labels.ModifyAllData}`));
      await markers.click(own, "[data-undo]");
      await until(async () => (await ticked(markers)).join() === before.join(), "no box is left ticked");
      await panel.when((s) => /no new risks/i.test(s.chip) && !/Put the page back/.test(s.text), "and nothing is new");
      assert.equal((await markers.all()).filter((m) => m.standing === "new").length, 0);
      // Clicked back by hand the others stay: that is said, and can be undone.
      await boxOf(markers, id).click();
      await markers.one((m) => own(m) && m.undo, "again");
      await boxOf(markers, id).click();
      const left = await markers.one((m) => own(m) && /stay selected/.test(m.note), "the others stay");
      assert.equal(left.note, `${others} others that it selected stay selected`);
      assert.equal(left.standing, "off");
      await markers.click(own, "[data-undo]");
      await until(async () => (await ticked(markers)).join() === before.join(), "no box is left ticked");
      assert.deepEqual(await org.requests(), [], "nothing was asked of the org");
      assert.deepEqual(complaints, []);
    });
  });

  journey(`markers: a dot until its box is looked at, by pointer, focus and keys, ${what}`, async ({ org, page }) => {
    await inLanguage(org, page, language, async () => {
      const labels = await labelsOf(org, page, "PermissionSet", "Permissions");
      const { markers, complaints } = await opened(page, at(org, host, rest));
      const id = await idOf(markers, "AuthorApex", labels.AuthorApex);
      const own = (m) => m.id === id;
      const quiet = await markers.one(own, "marked");
      assert.equal(quiet.standing, "off");
      assert.deepEqual([quiet.lang, quiet.dir], ["en", "ltr"], "English, from left to right, on any page");
      assert.equal(await markers.isSeen(quiet), false, "a dot alone");
      const other = await idOf(markers, "ManageUsers", labels.ManageUsers);
      // The frame has the focus, as it has for who works in it.
      await markers.frame.locator("h1,h2,h3").first().click();
      await focus(markers, other);
      await boxOf(markers, id).hover();
      await until(() => markers.isSeen(quiet), "its words, under the pointer");
      await boxOf(markers, other).hover();
      await until(async () => !(await markers.isSeen(quiet)), "and no longer");
      await focus(markers, id);
      await until(() => markers.isSeen(quiet), "its words, with the focus");
      await until(async () => (await markers.spoken()).startsWith(`${quiet.label}: ${quiet.words}. Press Alt`), "and read out");
      // No marker is in the tab order: from box to box, as without them.
      await page.keyboard.press("Tab");
      assert.equal(await markers.frame.evaluate(() => document.activeElement.dataset.leastwise), undefined);
      await focus(markers, id);
      await page.keyboard.press("Alt+ArrowDown");
      await markers.one((m) => own(m) && /Why/.test(m.more), "opened by keys");
      const height = await markers.call(quiet, "function () { return this.firstElementChild.getBoundingClientRect().height; }");
      assert.ok(height > 20 && height < 140, `${height} pixels`);
      await page.keyboard.press("Tab");
      assert.ok(await markers.call(quiet, "function () { return ['BUTTON', 'SUMMARY'].includes(this.activeElement?.nodeName); }"), "its buttons follow");
      await page.keyboard.press("Escape");
      await until(() => markers.frame.evaluate((own) => document.activeElement.id === own, id), "back in the box");
      assert.equal(await markers.call(quiet, "function () { return this.querySelector('details').open; }"), false);
      assert.equal(await boxOf(markers, id).isChecked(), false, "nothing was selected by that");
      assert.deepEqual(complaints, []);
    });
  });

  journey(`markers: no words are cut, ${what}`, async ({ org, page }) => {
    await inLanguage(org, page, language, async () => {
      const labels = await labelsOf(org, page, "PermissionSet", "Permissions");
      const { markers, panel } = await opened(page, at(org, host, rest, "Acme Integration Admin"));
      const marked = await markers.some();
      assert.ok(marked.filter((m) => m.standing === "on").length > 10, "what is selected is told in words");
      for (const width of [1280, 1920, 800, 360]) {
        await page.setViewportSize({ width, height: 860 });
        await page.waitForTimeout(200);
        assert.deepEqual(await markers.cut(), [], `${width} pixels wide`);
        if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/markers-${what.replace(/\W+/g, "-")}-${width}.png` });
      }
      await page.setViewportSize({ width: 1280, height: 860 });
      const id = await idOf(markers, "ViewAllUsers", labels.ViewAllUsers);
      await boxOf(markers, id).click();
      await panel.when((s) => /this edit adds|fixes/i.test(s.chip), "counted");
      await page.waitForTimeout(400);
      assert.deepEqual(await markers.cut(), [], "nor what is new");
    });
  });
}

journey("markers: the panel puts the page back, and each of its lines leads to its box", async ({ org, page }) => {
  for (const [host, rest] of [["setup", SYSTEM], ["classic", "/e"]]) {
    const { panel, markers } = await opened(page, at(org, host, rest));
    const id = await idOf(markers, "ModifyAllData", "Modify All Data");
    await markers.one((m) => m.id === id, "marked");
    const before = await ticked(markers);
    await boxOf(markers, id).click();
    await panel.when((s) => /this edit adds \d+ critical/i.test(s.chip), "counted");
    if (rest === "/e") await markers.frame.locator("select").last().selectOption({ index: 1 });
    await markers.frame.evaluate(() => scrollTo(0, 0));
    await panel.open();
    const place = await panel.call("function () { return this.querySelector('[data-change=new] [data-command=ShowField]').textContent; }");
    assert.match(place, /Modify All Data/);
    await panel.click("[data-change=new] [data-command=ShowField]");
    await until(() => markers.frame.evaluate((own) => document.hasFocus() && document.activeElement.id === own, id), "its box has the focus");
    const { top, bottom } = await boxOf(markers, id).evaluate((box) => box.getBoundingClientRect());
    assert.ok(top > 0 && bottom < 860, "and is in view");
    await panel.press("Put the page back");
    await until(async () => (await ticked(markers)).join() === before.join(), "no box is left ticked");
    const changed = await markers.frame.evaluate(() => [...document.querySelectorAll("form select,form input[type=text]")].filter((one) => (one.options ? [...one.options].some((o) => o.selected !== o.defaultSelected && o.defaultSelected) : one.value !== one.defaultValue)).length);
    assert.equal(changed, 0, "and every field is as the page brought it");
    await panel.when((s) => /no new risks/i.test(s.chip), "nothing is new");
  }
});

journey("markers: nothing on a profile that only people have, but for what is new", async ({ org, page }) => {
  for (const rest of [SYSTEM, "/e"]) {
    const { panel, markers } = await opened(page, at(org, "setup", rest, "Acme Sales"));
    await panel.when((s) => /no new risks/i.test(s.chip) && !/reading/i.test(s.text), "weighed");
    await page.waitForTimeout(300);
    assert.deepEqual((await markers.all()).map((m) => m.text), []);
    assert.deepEqual(await markers.columns(), []);
    const id = await idOf(markers, "ModifyAllData", "Modify All Data");
    await boxOf(markers, id).click();
    await markers.one((m) => m.id === id && m.undo, "what is new is told");
    assert.ok((await markers.all()).every((m) => m.standing === "new" || m.isNote), "and that alone");
  }
});

journey("markers: the chip is never the color of what is fine on a profile with findings", async ({ org, page }) => {
  for (const rest of [SYSTEM, "/e", "/e?s=LoginHours"]) {
    const { panel } = await opened(page, at(org, "setup", rest, "Acme Integration Admin"));
    const { chip } = await panel.when((s) => /^(Leastwise( ·|:) ?)?No new risks · \d+ already here$/.test(s.chip), "what is here already is counted");
    assert.ok(chip);
    assert.equal(await panel.call("function () { return this.querySelector('#chip').classList.contains('fine'); }"), false);
  }
});

journey("markers: a note beside every save button, which leads to the box and puts the page back", async ({ org, page }) => {
  for (const [rest, save] of [[SYSTEM, '[id$=":button_pc_save"]'], ["/e", 'input[name="save"]']]) {
    const { panel, markers } = await opened(page, at(org, "setup", rest));
    const buttons = await markers.frame.locator(save).count();
    assert.equal(buttons, 2, "above and below");
    const id = await idOf(markers, "ModifyAllData", "Modify All Data");
    await markers.one((m) => m.id === id, "marked");
    const before = await ticked(markers);
    await boxOf(markers, id).click();
    const notes = async () => (await markers.all()).filter((m) => m.isNote);
    await until(async () => (await notes()).length === buttons, "a note beside each");
    for (const note of await notes()) assert.match(note.text, /^This save adds (a critical risk|\d+ critical risks): ?.*Modify All Data/);
    await markers.frame.evaluate(() => scrollTo(0, 0));
    await markers.click((m) => m.isNote, "button");
    await until(() => markers.frame.evaluate((own) => document.activeElement.id === own, id), "Show leads to the box");
    await markers.click((m) => m.isNote, "button + button");
    await until(async () => (await ticked(markers)).join() === before.join(), "put back");
    await until(async () => (await notes()).length === 0, "no note is left");
    await panel.when((s) => /no new risks/i.test(s.chip), "nothing is new");
  }
});

journey("markers: a page's own scripts, and copies of markers, undo and put back nothing", async ({ org, page }) => {
  const { panel, markers } = await opened(page, at(org, "classic", SYSTEM));
  const id = await idOf(markers, "ModifyAllData", "Modify All Data");
  await markers.one((m) => m.id === id, "marked");
  await boxOf(markers, id).click();
  await markers.one((m) => m.id === id && m.undo, "what it selected is said");
  const during = await ticked(markers);
  await page.evaluate((own) => {
    const host = document.getElementById(own).nextElementSibling;
    for (const type of ["click", "pointerover", "focusin"]) host.dispatchEvent(new Event(type, { bubbles: true, composed: true }));
    host.click();
    document.getElementById(own).dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", altKey: true, bubbles: true, composed: true }));
    document.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }));
    postMessage({ type: "putBack", number: 1 }, "*");
  }, id);
  await page.waitForTimeout(400);
  assert.deepEqual(await ticked(markers), during);
  assert.equal(await markers.call(await markers.one((m) => m.id === id), "function () { return this.querySelector('details').open; }"), false);
  await panel.when((s) => /Put the page back/.test(s.text), "and the panel says what it said");
});

journey("markers: a save that Salesforce refuses is said, beside Save and in the panel", async ({ org, page }) => {
  for (const host of ["setup", "classic"]) {
    const { panel, markers } = await opened(page, at(org, host, "/e?s=LoginHours"));
    await panel.when((s) => /no new risks/i.test(s.chip), "weighed");
    const select = (name) => markers.frame.locator(`select[id$="${name}"]`);
    await select("mondayStart").selectOption("1080");
    await select("mondayEnd").selectOption("480");
    await markers.one((m) => /reversed/.test(m.text), "reversed");
    await markers.frame.locator('[id$=":button_pc_save"]').first().click();
    await markers.one((m) => m.isNote && /^Not saved\. ?Salesforce refused the last save/.test(m.text), `${host}: beside Save`);
    await panel.when((s) => /Not saved\. Salesforce refused the last save/.test(s.text), `${host}: in the panel`);
    // A form that is opened anew was not refused.
    await page.goto(at(org, host, ""));
    await page.goto(at(org, host, "/e?s=LoginHours"));
    await panel.when((s) => /no new risks/i.test(s.chip) && !/Not saved/.test(s.text), "opened anew");
  }
});
