// The page at install: shown once, says what Leastwise does and reads, and reloads what was open before.
// It has a browser of its own: a page at install comes once.

import assert from "node:assert/strict";
import { signIn, startBrowser, until, userPage } from "../lib/browser.mjs";
import { journey } from "../lib/check.mjs";
import { Panel } from "../lib/panel.mjs";

journey("welcome: once, at install; it links to the org that is open, and reloads its tabs", async ({ org }) => {
  const context = await startBrowser(org, { greeted: true });
  try {
    const welcome = await until(() => context.pages().find((one) => /\/welcome\.html$/.test(one.url())), "the page at install");
    await welcome.getByRole("heading", { name: "Welcome to Leastwise" }).waitFor();
    const text = await welcome.locator("main").innerText();
    for (const part of ["Production is read-only", "Nothing is sent to anyone but your own org", "go to Setup, then Users", "Alt+Shift+L"]) assert.ok(text.includes(part), part);
    const page = await context.newPage();
    await signIn(page, org);
    await page.goto(userPage(org, "setup", "erp.sync@acme.example"));
    await (await Panel.of(page)).report("ERP Sync");
    await page.evaluate(() => {
      globalThis.isBefore = true;
    });
    await welcome.bringToFront();
    await welcome.getByRole("button", { name: "Reload open tabs" }).click();
    await welcome.locator("#reloaded").getByText("1 tab reloaded.").waitFor();
    await until(() => page.evaluate(() => globalThis.isBefore === undefined).catch(() => false), "the tab is loaded anew");
    const link = welcome.locator(".orgs a").first();
    assert.equal(await link.getAttribute("href"), `https://${org.hosts.core}/lightning/setup/ManageUsers/home`);
    assert.equal(context.pages().filter((one) => /welcome/.test(one.url())).length, 1);
  } finally {
    await context.close();
  }
});
