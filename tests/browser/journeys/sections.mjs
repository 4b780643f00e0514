// While the login hours, password policies and session settings of a profile are edited: what is said before Save.
// It never takes the form's word for what was saved: the org's own state says it.

import assert from "node:assert/strict";
import { address, until } from "../lib/browser.mjs";
import { journey } from "../lib/check.mjs";
import { opened } from "../lib/pages.mjs";

const at = (org, rest, name) => address(org, "setup", `/${org.profiles[name].slice(0, 15)}${rest}`);
const ends = (name) => (m) => m.id.endsWith(name);
const select = (markers, name) => markers.frame.locator(`select[id$="${name}"]`);
const save = (markers) => markers.frame.locator('[id$=":button_pc_save"]').first().click();
const ADMIN = "Acme Integration Admin";

journey("sections: login hours", async ({ org, page }) => {
  const { panel, markers, complaints } = await opened(page, at(org, "/e?s=LoginHours", ADMIN));
  await panel.when((s) => /no new risks/i.test(s.chip), "nothing new yet");
  await org.forget();
  // A day that ends before it begins.
  await select(markers, "mondayStart").selectOption("1080");
  await markers.one((m) => m.id === "mondayEnd" && /^New · High Monday: set both a start and an end/.test(m.text), "one end");
  await select(markers, "mondayEnd").selectOption("480");
  await markers.one((m) => m.id === "mondayEnd" && /^New · High Monday: the hours are reversed/.test(m.text), "reversed");
  // Closed all week but for an hour.
  for (const day of ["sunday", "tuesday", "wednesday", "thursday", "friday", "saturday", "monday"]) {
    await select(markers, `${day}Start`).selectOption("0");
    await select(markers, `${day}End`).selectOption(day === "monday" ? "60" : "0");
  }
  const out = await markers.one((m) => /^New · High This would block (at least )?\d+ of the \d+ API logins of the last 90 days/.test(m.text), "shut out");
  assert.equal(out.id, "sundayStart", "beside the first that was changed");
  await panel.when((s) => /this edit adds 1 high/i.test(s.chip) && /This would block/.test(s.text), "counted and listed");
  await markers.click(ends("sundayStart"), "summary");
  await markers.one((m) => /Put the hours back/.test(m.more), "opened");
  await markers.click(ends("sundayStart"), "[data-enter]");
  await until(async () => (await select(markers, "fridayEnd").inputValue()) === "", "as they came");
  await panel.when((s) => /no new risks/i.test(s.chip), "nothing new again");
  assert.deepEqual(await org.requests(), [], "nothing was asked of the org");
  // What is saved is what was said: nobody gets in on Sundays; and of what is not known nothing is claimed.
  await select(markers, "sundayStart").selectOption("0");
  await select(markers, "sundayEnd").selectOption("0");
  await save(markers);
  const after = await panel.when((s) => s.rows.length > 0 && !/Still reading/.test(s.text), "after the save");
  assert.doesNotMatch(after.text, /Saved/);
  assert.deepEqual(complaints, []);
});

journey("sections: password policies and session settings", async ({ org, page }) => {
  const { rows } = await org.state();
  const user = rows.User.find((one) => one.IsActive && rows.LoginHistory.some((row) => row.UserId === one.Id && row.LoginType === "Other Apex API" && row.Status === "Success"));
  const profile = rows.Profile.find((row) => row.Id === user.ProfileId).Name;
  const set = rows.PermissionSet.find((row) => row.ProfileId === user.ProfileId);
  await org.row("Profile", user.ProfileId, { PermissionsPasswordNeverExpires: false });
  await org.row("PermissionSet", set.Id, { PermissionsPasswordNeverExpires: false });
  for (const [rest, id] of [["/e?s=PasswordPolicies", ":passwordExpiration"], ["/e", "passwordExpiration"]]) {
    const { panel, markers, complaints } = await opened(page, at(org, rest, profile));
    await panel.when((s) => /no new risks/i.test(s.chip), "nothing new yet");
    await org.forget();
    const expiry = select(markers, "passwordExpiration");
    const first = await expiry.inputValue();
    await expiry.selectOption("30");
    const old = await markers.one((m) => m.id.endsWith(id) && /^New · High This expires the password of .*\(\d+ days old\) right away$/.test(m.text), `${rest}: it expires at once`);
    assert.ok(old.text.includes(user.Name), old.text);
    await panel.when((s) => /this edit adds 1 high/i.test(s.chip) && /right away/.test(s.text), "counted and listed");
    await markers.click(ends(id), "summary");
    await markers.one((m) => /Put it back|90 days/.test(m.more), "opened");
    await markers.click(ends(id), "[data-enter]");
    await until(async () => (await expiry.inputValue()) === first, "it is what it was");
    await select(markers, "minimumPasswordLength").selectOption("5");
    await markers.one((m) => /^New · Medium Integration passwords could be shorter than 8 characters$/.test(m.text), "shorter");
    assert.deepEqual(await org.requests(), [], "nothing was asked of the org");
    assert.deepEqual(complaints, []);
  }
  // No source says that these would do something to software.
  const { panel, markers } = await opened(page, at(org, "/e?s=SessionSettings", profile));
  await select(markers, "sessionTimeout").selectOption("1440");
  await select(markers, "requiredSessionLevel").selectOption("HIGH_ASSURANCE");
  await page.waitForTimeout(500);
  assert.match((await panel.state()).chip, /no new risks/i);
  assert.deepEqual(await markers.all(), []);
});
