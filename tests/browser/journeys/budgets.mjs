// Counts and bytes that are promised.
// It never measures time: the benchmark prints that.

import assert from "node:assert/strict";
import fs from "node:fs";
import { address, popupPage, userPage } from "../lib/browser.mjs";
import { journey } from "../lib/check.mjs";
import { Panel } from "../lib/panel.mjs";
import { Target } from "../lib/target.mjs";

journey("requests: one composite, one for the ranges, each under our name and to one host", async ({ org, page }) => {
  for (const [inner, name] of [[org.users["erp.sync@acme.example"], "ERP Sync"], [org.profiles["Acme Marketing"], "Acme Marketing"]]) {
    await org.forget();
    await page.goto(address(org, "setup", `/${inner.slice(0, 15)}`));
    await (await Panel.of(page)).report(name);
    const requests = await org.requests();
    const api = requests.filter((r) => r.path.startsWith("/services/data/"));
    assert.deepEqual(api.map((r) => r.path.split("/").slice(4).join("/")).sort(), ["composite", "tooling/query"], name);
    const composite = api.find((r) => r.path.endsWith("/composite"));
    assert.ok(composite.subrequests.length <= 25);
    assert.ok(composite.subrequests.filter((s) => s.url.includes("/query?")).length <= 5);
    assert.ok(composite.subrequests.every((s) => s.status === 200), JSON.stringify(composite.subrequests.filter((s) => s.status !== 200)));
    assert.ok(requests.every((r) => r.client.startsWith("Leastwise/") && r.host === org.hosts.core));
    assert.ok(requests.filter((r) => r.path.endsWith("userinfo")).length <= 1);
  }
});

journey("session: its id is nowhere but in the request", async ({ org, page, context }) => {
  const seen = [];
  page.on("console", (message) => seen.push(message.text()));
  await page.goto(userPage(org, "setup", "erp.sync@acme.example"));
  const panel = await Panel.of(page);
  await panel.report("ERP Sync");
  const { value } = (await context.cookies(`https://${org.hosts.core}`)).find((cookie) => cookie.name === "sid");
  const token = decodeURIComponent(value).split("!")[1];
  assert.ok(token.length > 10);
  const popup = await context.newPage();
  await popup.goto(popupPage(context));
  const stored = await popup.evaluate(async () => JSON.stringify([await chrome.storage.local.get(), await chrome.storage.session.get()]));
  await popup.close();
  assert.ok(stored.length > 10, "something is stored");
  for (const place of [stored, await panel.html(), seen.join("\n")]) assert.ok(!place.includes(token));
});

journey("bytes: nothing is web-accessible, and a page that is none of ours gets little", async () => {
  const folder = process.env.LEASTWISE_EXTENSION ?? new URL("../../../dist/chromium", import.meta.url).pathname;
  const manifest = JSON.parse(fs.readFileSync(`${folder}/manifest.json`, "utf8"));
  assert.equal(manifest.web_accessible_resources, undefined);
  const bytes = manifest.content_scripts.filter((script) => !script.include_globs).flatMap((script) => script.js).reduce((sum, file) => sum + fs.statSync(`${folder}/${file}`).size, 0);
  assert.ok(bytes > 0 && bytes <= 10_800, `${bytes} bytes`);
});

journey("panel: the worst user's fits: rows, buttons, screens and tab stops when it opens", async ({ org, page }) => {
  await page.setViewportSize({ width: 1280, height: 860 });
  await page.goto(userPage(org, "setup", "erp.sync@acme.example"));
  const panel = await Panel.of(page);
  await panel.report("ERP Sync");
  await panel.open();
  await panel.when((s) => /Logged in as/.test(s.text), "all of it");
  const { rows, buttons, screens, stops } = await panel.call(function () {
    const panel = this.querySelector("#panel");
    const seen = (selector) => [...panel.querySelectorAll(selector)].filter((one) => one.checkVisibility());
    return {
      rows: seen("[data-rule][data-outcome=finding]").length,
      buttons: seen("[data-command=Fix]").length,
      screens: panel.scrollHeight / panel.clientHeight,
      stops: seen("button, summary, a[href], input, select, textarea").filter((one) => one.tabIndex >= 0).length,
    };
  }.toString());
  console.log(`      ${rows} rows, ${buttons} buttons that fix, ${screens.toFixed(2)} screens, ${stops} tab stops`);
  assert.ok(rows <= 14 && buttons >= 1 && buttons <= 8 && screens <= 1.5 && stops <= 25, JSON.stringify({ rows, buttons, screens, stops }));
});

journey("memory: what a page's reading takes is given back: after many pages the worker's is as large as after a few", async ({ org, page, context }) => {
  const names = ["erp.sync@acme.example", "warehouse@acme.example", "backup@acme.example", "hr.feed@acme.example", "quantum.sync@acme.example"].filter((name) => org.users[name]);
  const load = async (times) => {
    for (let n = 0; n < times; n += 1) {
      await page.goto(userPage(org, "classic", names[n % names.length]));
      await (await Panel.of(page)).report();
    }
    const worker = await Target.worker(context);
    const sizes = await worker.memories();
    await worker.detach();
    assert.equal(sizes.length, 1, "one Wasm, with one memory");
    return sizes[0];
  };
  const few = await load(10);
  const many = await load(50);
  console.log(`      Wasm memory: ${few} bytes after 10 pages, ${many} after 60`);
  assert.ok(few > 0 && many <= few * 1.2, `${few} bytes after 10 pages, ${many} after 60`);
});
