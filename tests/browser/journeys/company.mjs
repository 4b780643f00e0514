// A company's policy, put where the browser itself reads it: each key holds, is said, and is locked in the settings.
// It never stands in for the browser: what storage.managed has came from a policy file.

import assert from "node:assert/strict";
import { killWorker, ownPage, signIn, startBrowser, until, userPage } from "../lib/browser.mjs";
import { journey } from "../lib/check.mjs";
import { chromiumWithPolicy, noPolicyBecause, packedForStore } from "../lib/company.mjs";
import { Panel } from "../lib/panel.mjs";

const ERP = "erp.sync@acme.example";

const because = noPolicyBecause();
if (because) console.log(`skipped: the journeys of a company's policy: ${because}`);

/** A browser with a policy that it has read, and its settings page. */
async function inCompany(org, policy, body) {
  const context = await startBrowser(org, { program: chromiumWithPolicy(policy) });
  try {
    // Browsers know the policy of an extension some seconds after their start.
    const known = () => context.serviceWorkers()[0].evaluate(() => chrome.storage.managed.get());
    await until(async () => Object.keys(await known()).length === Object.keys(policy).length, "the browser knows the policy");
    assert.deepEqual(await known(), policy);
    const page = await context.newPage();
    await signIn(page, org);
    const own = async (name, ready) => {
      const opened = await context.newPage();
      await opened.goto(ownPage(context, name));
      await opened.locator(ready).waitFor();
      return opened;
    };
    await body({ page, own, context });
  } finally {
    await context.close();
  }
}

/** A journey in a company; `policy` may be made for the org. */
const company = (name, policy, body) =>
  because ||
  journey(`company: ${name}`, async ({ org }) => {
    const made = typeof policy === "function" ? await policy(org) : policy;
    await inCompany(org, made, (world) => body({ ...world, org }));
  });

const locked = async (options, id) => {
  assert.ok(await options.locator(`#${id}`).isDisabled(), id);
  const row = options.locator("[data-locked]").filter({ has: options.locator(`#${id}`) });
  assert.match(await row.innerText(), /Set by your company's policy/, id);
};

company(
  "every setting and check that it decides holds and is locked",
  {
    askBeforeSave: true,
    settings: { findingsOn: true, markers: "off", place: "docked", theme: "system" },
    checks: { off: ["shared-profile"], oldPasswordDays: 30, wideRangeAddresses: 16 },
  },
  async ({ org, page, own }) => {
    const options = await own("options", "#data");
    for (const id of ["ask-before-critical", "findings-on", "markers", "place", "theme", "rule-shared-profile"]) await locked(options, id);
    for (const [id, value] of [["old-password-days", "30"], ["wide-range-addresses", "16"], ["markers", "off"], ["place", "docked"], ["theme", "system"]]) {
      assert.equal(await options.locator(`#${id}`).inputValue(), value, id);
      assert.ok(await options.locator(`#${id}`).isDisabled(), id);
    }
    assert.ok(await options.locator("#ask-before-critical").isChecked());
    assert.ok(!(await options.locator("#rule-shared-profile").isChecked()));
    await page.goto(userPage(org, "setup", ERP));
    const state = await (await Panel.of(page)).when((s) => /Turned off in settings/.test(s.text), "the check is off");
    assert.equal(state.rows.find(({ rule }) => rule === "shared-profile").outcome, "not-applicable");
  },
);

/** Asks for a fix on a user's page, and waits until it is said that the company's policy forbids it. */
async function refusedFix(page, org, what, limit) {
  await page.goto(userPage(org, "setup", "quantum.sync@acme.example"));
  const panel = await Panel.of(page);
  await panel.report("Quantum Sync");
  await panel.when((s) => /Logged in as/.test(s.text), "who is logged in");
  await panel.open();
  await panel.press("Fix Remove Bulk API Hard Delete");
  return panel.when((s) => /company.s policy/.test(s.plan), what, limit);
}

company("findings are off everywhere", { settings: { findingsOn: false } }, async ({ org, page, own }) => {
  await org.forget();
  await page.goto(userPage(org, "setup", ERP));
  await page.waitForTimeout(1_500);
  assert.deepEqual((await org.requests()).filter(({ path }) => path.startsWith("/services/data")), []);
  await locked(await own("options", "#data"), "findings-on");
});

company("nothing is changed in any org", { readOnly: true }, async ({ org, page, own }) => {
  const state = await refusedFix(page, org, "it is said");
  assert.ok(!state.waits, state.plan);
  const options = await own("options", "#data");
  assert.match(await options.locator("#changes").innerText(), /All orgs are read-only/);
});

company("only its own orgs", { allowedOrgs: ["00D000000000001"] }, async ({ org, page, own, context }) => {
  await org.forget();
  await page.goto(userPage(org, "setup", ERP));
  await page.waitForTimeout(2_000);
  assert.deepEqual((await org.requests()).filter(({ path }) => path.startsWith("/services/data")), [], "nothing is read");
  assert.equal(await page.locator("html > div[data-corner]").count(), 0, "no panel");
  // A worker that starts anew holds to it too.
  await killWorker(context);
  await page.reload();
  await page.waitForTimeout(2_000);
  assert.deepEqual((await org.requests()).filter(({ path }) => path.startsWith("/services/data")), []);
  const settings = await own("options", "#data");
  await settings.evaluate(() => chrome.storage.local.set({ "org:00D5g000004abcdEAA": { name: "Other", sandbox: true, used: 1 }, "host:00D5g000004abcdEAA": "other.my.salesforce.com" }));
  await settings.reload();
  await settings.locator("#changes").getByText("Leastwise isn't allowed in this org.").waitFor();
});

/** The org's id: a session's begins with it. */
const idOf = async (org) => (await org.signIn(org.admin.username)).sid.slice(0, 15);

company("in its own orgs all is as ever", async (org) => ({ allowedOrgs: [await idOf(org)] }), async ({ org, page }) => {
  await page.goto(userPage(org, "setup", ERP));
  await (await Panel.of(page)).report("ERP Sync");
});

company("nothing is given out, and a review is kept for so long", { hideExports: true, keepReviewDays: 30 }, async ({ own, context }) => {
  const options = await own("options", "#data");
  assert.equal(await options.locator("#export").count(), 0);
  assert.match(await options.locator("#no-exports").innerText(), /Nothing can be exported\. Set by your company's policy/);
  assert.match(await options.locator("#review-days").innerText(), /kept for 30 days/);
  await options.evaluate(() => chrome.storage.local.set({ "host:00D5g000004abcdEAA": "acme.my.salesforce.com" }));
  const history = await own("history", "h1");
  assert.equal(await history.locator("#csv, #json").count(), 0);
  // Nor to a page that asks all the same.
  const answer = await history.evaluate(() => chrome.runtime.sendMessage({ command: "Export" }));
  assert.equal(answer.type, "drawing");
  assert.ok(context.pages().length);
});

if (!because) {
  journey("company: what a store hands out is installed by force, as docs/enterprise.md says, and its policy holds", async ({ org }) => {
    const packed = await packedForStore();
    const more = { ExtensionSettings: { [packed.id]: { installation_mode: "force_installed", update_url: packed.address } } };
    const context = await startBrowser(org, {
      plain: true,
      program: chromiumWithPolicy({ readOnly: true }, packed.id, more),
      // What a browser under test is told to leave out: without it nothing is installed.
      ignoreDefaultArgs: ["--disable-extensions", "--disable-background-networking", "--disable-component-update", "--disable-component-extensions-with-background-pages"],
      background: true,
    });
    try {
      const list = await context.newPage();
      await list.goto("chrome://extensions");
      const found = () => list.evaluate((id) => chrome.developerPrivate.getExtensionsInfo().then((all) => all.find((one) => one.id === id)), packed.id);
      const installed = await until(found, "it is installed", 90_000);
      assert.ok(installed.state === "ENABLED" && !installed.userMayModify, "nobody can turn it off");
      const page = await context.newPage();
      await signIn(page, org);
      // The browser reads the policy some time after it installed what the policy is for: then a fix is asked for anew.
      for (let left = 6; ; left -= 1) {
        const held = await refusedFix(page, org, "its policy holds", 10_000).catch((error) => {
          if (left === 0) throw error;
        });
        if (held) break;
      }
    } finally {
      await context.close();
      packed.close();
    }
  });
}
