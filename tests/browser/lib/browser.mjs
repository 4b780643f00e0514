// Chromium with the extension loaded, on the org's real host names.
// It never reaches the network: every other name resolves to nothing.

import { chromium } from "playwright-core";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

export const EXTENSION = process.env.LEASTWISE_EXTENSION ?? new URL("../../../dist/chromium", import.meta.url).pathname;
export const CHROMIUM = process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((name) => fs.existsSync(name));

/** What workers complained of: an ask that broke off, whatever was drawn for it. */
export const complaints = [];
/** What a journey brings about on purpose: a text that a worker's complaint has in it. */
export const meant = new Set();
const hear = (worker) =>
  worker.on("console", (message) => {
    if (message.type() !== "error" || [...meant].some((part) => message.text().includes(part))) return;
    complaints.push(message.text());
    console.log(`FAIL  a worker complained: ${message.text()}`);
  });

/**
 * A browser context with the extension; `plain`: without. `headed` shows it; `greeted` leaves the page open that is shown at install.
 * `extension` is another folder, `program` another way to start Chromium (company.mjs has some of each), `flags` more of its switches, `background`: it fetches by itself what it
 * is told to install.
 */
export async function startBrowser(org, { headed = false, plain = false, greeted = false, extension = EXTENSION, program = CHROMIUM, flags = [], background = false, ...options } = {}) {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), "leastwise-browser-"));
  // Debian's Chromium blocks third-party cookies; the frame of the Lightning host needs its own, as in a real sign-in.
  fs.mkdirSync(path.join(profile, "Default"));
  fs.writeFileSync(path.join(profile, "Default", "Preferences"), JSON.stringify({ profile: { cookie_controls_mode: 0 } }));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: program,
    headless: false, // the new headless is a switch of its own: the old one has no extensions
    ignoreHTTPSErrors: true,
    viewport: { width: 1280, height: 860 },
    ...options,
    args: [
      ...(headed ? [] : ["--headless=new"]),
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      ...(plain ? [] : [`--disable-extensions-except=${extension}`, `--load-extension=${extension}`]),
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      ...(background ? [] : ["--disable-background-networking"]),
      "--disable-component-update",
      "--disable-sync",
      ...org.chromium_args,
      ...flags,
    ],
  });
  context.on("serviceworker", hear);
  context.serviceWorkers().forEach(hear);
  // Pages that are opened before the extension is there know nothing of it.
  if (!plain && !context.serviceWorkers().length) await context.waitForEvent("serviceworker", { timeout: 10_000 });
  if (!plain) await new Promise((resolve) => setTimeout(resolve, 500));
  if (!plain && !greeted) await (await until(() => context.pages().find((page) => /\/welcome\.html$/.test(page.url())), "the page at install")).close();
  // The browser still writes while it ends: what cannot be removed then is left to the system's own tidying.
  context.on("close", () => fs.rm(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }, () => {}));
  return context;
}

/** Signs in as somebody by the platform's own page. */
export async function signIn(page, org, username = org.admin.username) {
  await page.goto(`https://${org.hosts.core}/?un=${encodeURIComponent(username)}&pw=${encodeURIComponent(org.admin.password)}`);
  if (!page.url().includes("/lightning/")) throw new Error(`not signed in: ${page.url()}`);
}

/** Where a record's page is: in the Lightning shell of a host, or Classic. */
export function address(org, host, inner) {
  if (host === "classic") return `https://${org.hosts.core}${inner}`;
  const node = inner.startsWith("/005") ? "ManageUsers" : inner.startsWith("/0PS") ? "PermSets" : inner.startsWith("/0PG") ? "PermSetGroups" : "EnhancedProfiles";
  return `https://${org.hosts[host]}/lightning/setup/${node}/page?address=${encodeURIComponent(inner)}`;
}

/** A user's page, by user name. */
export const userPage = (org, host, username) => address(org, host, `/${org.users[username].slice(0, 15)}?noredirect=1&isUserEntityOverride=1`);

/** The popup's page, opened as a tab. */
export const popupPage = (context) => `chrome-extension://${new URL(context.serviceWorkers()[0].url()).host}/popup.html`;

/** Another of the extension's own pages. */
export const ownPage = (context, name) => popupPage(context).replace(/popup\.html$/, `${name}.html`);

/** The workers of extensions that run, as a session with the browser tells them. */
export const workersOf = async (cdp) => (await cdp.send("Target.getTargets")).targetInfos.filter((t) => t.type === "service_worker" && t.url.startsWith("chrome-extension://"));

/** Asks the browser to end each worker that runs. */
export async function closeWorkers(cdp) {
  for (const { targetId } of await workersOf(cdp)) await cdp.send("Target.closeTarget", { targetId }).catch(() => {});
}

/** How long one that was ended may seem to run on, in milliseconds: a page that waited for it starts another at once, with the same id. */
const RESTARTED = 1_500;

/** Ends the worker, as the browser does when it likes, and the one that a page starts in its place. */
export async function killWorker(context) {
  const cdp = await context.browser().newBrowserCDPSession();
  let closed = 0;
  await until(async () => {
    if ((await workersOf(cdp)).length === 0) return true;
    if (Date.now() - closed < RESTARTED) return false;
    closed = Date.now();
    await closeWorkers(cdp);
    return false;
  }, "the worker is gone");
  await cdp.detach();
}

/** Whether a worker is running. */
export async function workerRuns(context) {
  const cdp = await context.browser().newBrowserCDPSession();
  const workers = await workersOf(cdp);
  await cdp.detach();
  return workers.length > 0;
}

/** Waits for a condition; says what it waited for when it never came. */
export async function until(condition, what, limit = 20_000) {
  const end = Date.now() + limit;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}
