// The panel in Firefox, from the file that its store takes: on each host, and again after a click.
// It never takes the journeys' place: they say what the panel does, this says that Firefox does it too.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import WebSocket from "ws";
import { userPage, until } from "./lib/browser.mjs";
import { startOrg } from "./lib/org.mjs";

const EXTENSION = process.env.LEASTWISE_EXTENSION ?? new URL("../../dist/leastwise-firefox.xpi", import.meta.url).pathname;
const FIREFOX = process.env.FIREFOX ?? "firefox-esr";

// A browser that stops answering must not keep whoever waits for the outcome.
setTimeout(() => {
  console.log("FAIL  not ended within 600 s");
  process.exit(1);
}, 600_000).unref();

/** Firefox with a new profile that reaches the org, and nothing else, by the org's proxy. */
async function startFirefox(org) {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), "leastwise-firefox-"));
  const preferences = {
    "network.proxy.type": 1,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": Number(new URL(org.proxy).port),
    "network.captive-portal-service.enabled": false,
    "network.connectivity-service.enabled": false,
    "datareporting.policy.dataSubmissionEnabled": false,
    "app.update.enabled": false,
    "browser.aboutwelcome.enabled": false,
    "browser.shell.checkDefaultBrowser": false,
    // A question of the browser's own is for a person: this answers it with yes.
    "extensions.webextOptionalPermissionPrompts": false,
  };
  const lines = Object.entries(preferences).map(([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`);
  fs.writeFileSync(path.join(profile, "user.js"), lines.join("\n"));
  const child = spawn(FIREFOX, ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  const address = await new Promise((resolve, reject) => {
    child.stderr.on("data", (part) => {
      log += part;
      const found = /WebDriver BiDi listening on (ws:\/\/\S+)/.exec(log);
      if (found) resolve(found[1]);
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`Firefox ended with ${code}: ${log}`)));
  });
  const socket = new WebSocket(`${address}/session`);
  await new Promise((resolve, reject) => Object.assign(socket, { onopen: resolve, onerror: reject }));
  const waiting = new Map();
  const said = [];
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.method === "log.entryAdded") said.push(`${message.params.level}: ${message.params.text}`);
    const settle = waiting.get(message.id);
    waiting.delete(message.id);
    settle?.(message);
  };
  const send = (method, params = {}) =>
    new Promise((resolve, reject) => {
      const id = waiting.size + Math.floor(Math.random() * 1e9);
      waiting.set(id, (answer) => (answer.type === "error" ? reject(new Error(`${method}: ${answer.message}`)) : resolve(answer.result)));
      socket.send(JSON.stringify({ id, method, params }));
    });
  await send("session.new", { capabilities: { alwaysMatch: { acceptInsecureCerts: true } } });
  await send("session.subscribe", { events: ["log.entryAdded"] });
  const stop = async () => {
    child.removeAllListeners("exit");
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill();
    await ended;
    fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  return { send, said, stop };
}

/** The text of a node as the debugging protocol tells it, closed shadow trees included. */
const text = ({ value = {} }) => [value.nodeValue ?? "", ...[...(value.children ?? []), ...(value.shadowRoot ? [value.shadowRoot] : [])].map(text)].join(" ");

const org = await startOrg();
const firefox = await startFirefox(org);
let passed = 0;
let failed = 0;
const check = async (name, body) => {
  try {
    await body();
    passed++;
    console.log(`ok    ${name}`);
  } catch (error) {
    failed++;
    console.log(`FAIL  ${name}\n${error.stack}`);
  }
};
try {
  const [{ context }] = (await firefox.send("browsingContext.getTree")).contexts;
  await firefox.send("webExtension.install", { extensionData: { type: EXTENSION.endsWith(".xpi") ? "archivePath" : "path", path: EXTENSION } });
  const open = (url) => firefox.send("browsingContext.navigate", { context, url, wait: "complete" });
  const panel = async () => {
    const { result } = await firefox.send("script.evaluate", {
      expression: "document.querySelector('html > div[data-corner]')",
      target: { context },
      awaitPromise: false,
      serializationOptions: { maxDomDepth: 20, includeShadowTree: "all" },
    });
    return text(result).replace(/\s+/g, " ");
  };
  await open(`https://${org.hosts.core}/?un=${encodeURIComponent(org.admin.username)}&pw=${encodeURIComponent(org.admin.password)}`);
  for (const host of ["setup", "lightning", "classic"]) {
    await check(`panel: findings on a user page, ${host}`, async () => {
      await open(userPage(org, host, "erp.sync@acme.example"));
      const shown = await until(async () => /ERP Sync/.test(await panel()) && panel(), "the panel", 15_000);
      assert.match(shown, /Critical · \d+ of \d+ checks failed/);
      await until(async () => /Logged in as/.test(await panel()), "who is signed in");
    });
  }
  // From here on a person's clicks: the browser's own, in the page and in the extension's window.
  const find = async (target, selector) => {
    const { result } = await firefox.send("script.evaluate", { expression: selector, target: { context: target }, awaitPromise: false, serializationOptions: { maxDomDepth: 20, includeShadowTree: "all" } });
    return result;
  };
  const nodes = (one, all = []) => {
    if (one?.type === "node") all.push(one);
    for (const child of [...(one?.value?.children ?? []), ...(one?.value?.shadowRoot ? [one.value.shadowRoot] : [])]) nodes(child, all);
    return all;
  };
  const HOST = "document.querySelector('html > div[data-corner]')";
  const click = async (target, node) => {
    const element = { sharedId: node.sharedId };
    await firefox.send("script.callFunction", { functionDeclaration: "(node) => { for (let fold = node.closest('details'); fold; fold = fold.parentElement.closest('details')) fold.open = true; node.scrollIntoView({ block: 'center' }); }", arguments: [element], target: { context: target }, awaitPromise: false });
    await firefox.send("input.performActions", {
      context: target,
      actions: [{ type: "pointer", id: "mouse", actions: [{ type: "pointerMove", x: 0, y: 0, origin: { type: "element", element } }, { type: "pointerDown", button: 0 }, { type: "pointerUp", button: 0 }] }],
    });
  };
  const named = async (target, from, fits) => until(async () => nodes(await find(target, from)).find(fits), "an element to click", 15_000);
  const byId = (id) => (node) => node.value.attributes?.id === id;
  const trail = async () => Object.keys((await org.state()).rows.SetupAuditTrail ?? {}).length;
  const window = () => until(async () => (await firefox.send("browsingContext.getTree")).contexts.find((one) => /approve\.html/.test(one.url))?.context, "a window that approves", 15_000);
  // Left open on the page before, the panel opens by itself on this one, at a moment of its own: the chip may go while it is clicked.
  const unfold = () =>
    until(
      async () => {
        const isFolded = async () => "hidden" in (await named(context, HOST, byId("panel"))).value.attributes;
        if (!(await isFolded())) return true;
        await click(context, await named(context, HOST, byId("chip"))).catch((error) => {
          if (!/not displayed/.test(error.message)) throw error;
        });
        return !(await isFolded());
      },
      "the panel, unfolded",
      15_000,
    );
  const fix = async () => {
    await open(userPage(org, "setup", "quantum.sync@acme.example"));
    await until(async () => /Logged in as/.test(await panel()), "who is signed in", 15_000);
    await unfold();
    await click(context, await named(context, HOST, (node) => node.value.attributes?.["data-command"] === "Fix" && /Bulk A[Pp][Ii] Hard Delete/.test(node.value.attributes.title ?? "")));
    await until(async () => /Leastwise window/.test(await panel()), "it waits", 15_000);
  };
  await check("approval: in a window of the extension; what approves is not in the page", async () => {
    await fix();
    const host = nodes(await find(context, HOST));
    for (const name of ["data-token", "data-guard"]) assert.ok(!host.some((node) => name in (node.value.attributes ?? {})), name);
    assert.ok(!host.some((node) => ["Apply", "Allow", "Forbid"].includes(node.value.attributes?.["data-command"])));
    const before = await trail();
    const own = await window();
    const shows = async (pattern) => until(async () => pattern.test(text(await find(own, "document.body"))), String(pattern), 15_000);
    await shows(/Production|Sandbox/);
    if (nodes(await find(own, "document.body")).some(byId("allow"))) {
      await new Promise((resolve) => setTimeout(resolve, 900));
      await click(own, await named(own, "document.body", byId("allow")));
    }
    const apply = await named(own, "document.body", byId("apply"));
    assert.equal(await trail(), before, "nothing is written yet");
    await named(own, "document.body", (node) => byId("apply")(node) && node.value.attributes["aria-disabled"] === "false");
    await click(own, apply);
    await until(async () => /Salesforce confirms it/.test(await panel()), "the page says what came of it", 20_000);
    assert.equal(await trail(), before + 1, "one click, one write");
    await until(async () => !(await firefox.send("browsingContext.getTree")).contexts.some((one) => /approve\.html/.test(one.url)), "the window closes itself", 10_000);
  });
  await check("approval: a page that defines elements, covers and restyles gets at nothing", async () => {
    const evil = () => {
      for (const name of ["leastwise-panel", "leastwise-marker"]) customElements.define(name, class extends HTMLElement {});
      const ours = (root) => Boolean(root?.querySelector("#chip"));
      let found = 0;
      for (const one of document.querySelectorAll("*")) {
        if (ours(one.shadowRoot)) found += 1;
        try {
          if (ours(one.attachInternals().shadowRoot)) found += 1;
        } catch {}
      }
      document.documentElement.style.opacity = ".02";
      document.documentElement.append(Object.assign(document.createElement("div"), { style: "position:fixed;inset:0;background:#fff;z-index:2147483647;pointer-events:none" }));
      return found;
    };
    await open(userPage(org, "setup", "erp.sync@acme.example"));
    await until(async () => /Logged in as/.test(await panel()), "who is signed in", 15_000);
    const before = await trail();
    const { result } = await firefox.send("script.evaluate", { expression: `(${evil})()`, target: { context }, awaitPromise: false });
    assert.equal(result.value, 0);
    await unfold();
    const actions = [];
    for (let x = 20; x < 760; x += 90) for (let y = 20; y < 560; y += 60) actions.push({ type: "pointerMove", x, y }, { type: "pointerDown", button: 0 }, { type: "pointerUp", button: 0 });
    await firefox.send("input.performActions", { context, actions: [{ type: "pointer", id: "mouse", actions }] });
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    assert.equal(await trail(), before, "nothing is written");
    for (const { url, context: own } of (await firefox.send("browsingContext.getTree")).contexts) if (/approve\.html/.test(url)) await firefox.send("browsingContext.close", { context: own });
  });
  await check("welcome and settings: shown at install; a check that is turned off is off on the page that is open", async () => {
    const tree = async () => (await firefox.send("browsingContext.getTree")).contexts;
    const own = await until(async () => (await tree()).find(({ url }) => /welcome\.html/.test(url))?.context, "the page at install");
    const shows = (pattern) => until(async () => pattern.test(text(await find(own, "document.body"))), String(pattern), 15_000);
    await shows(/Production is read-only/);
    await firefox.send("browsingContext.activate", { context: own });
    await click(own, await named(own, "document.body", (node) => node.value.attributes?.href === "options.html"));
    await shows(/Checks[^]*Your data/);
    const toggle = async () => click(own, await named(own, "document.body", byId("rule-shared-profile")));
    await open(userPage(org, "setup", "erp.sync@acme.example"));
    await until(async () => /ERP Sync/.test(await panel()), "the panel", 15_000);
    await firefox.send("browsingContext.activate", { context: own });
    await toggle();
    await until(async () => /Turned off in settings/.test(await panel()), "the page that is open says so", 15_000);
    await toggle();
    await until(async () => !/Turned off in settings/.test(await panel()), "it is on again", 15_000);
    await firefox.send("browsingContext.activate", { context });
  });
  await check("hosts: what few orgs have is allowed by a click in the settings, and given back", async () => {
    const own = (await firefox.send("browsingContext.getTree")).contexts.find(({ url }) => /options\.html/.test(url)).context;
    await firefox.send("browsingContext.activate", { context: own });
    const button = (what) => named(own, "document.body", (node) => node.value.attributes?.["data-hosts"] === what && /mcas\.ms/.test(node.value.attributes["data-origins"]));
    const registered = async () => {
      const { result } = await firefox.send("script.evaluate", { expression: "browser.scripting.getRegisteredContentScripts().then((all) => all.map(({ id, matches }) => id + ' ' + matches).sort().join('; '))", target: { context: own }, awaitPromise: true });
      return result.value;
    };
    assert.equal(await registered(), "");
    await click(own, await button("allow"));
    await button("forbid");
    await until(async () => /^form\.js .*mcas\.ms.*; panel\.js https/.test(await registered()), "the content scripts are registered", 10_000);
    await click(own, await button("forbid"));
    await button("allow");
    await until(async () => (await registered()) === "", "and no longer", 10_000);
    await firefox.send("browsingContext.activate", { context });
  });
  await check("review: an org is read to the end, in a page of the extension", async () => {
    await open(userPage(org, "setup", "erp.sync@acme.example"));
    await until(async () => /Logged in as/.test(await panel()), "who is signed in", 15_000);
    await unfold();
    const tree = async () => (await firefox.send("browsingContext.getTree")).contexts;
    const opened = async () => (await tree()).find(({ url }) => /review\.html\?host=/.test(url))?.context;
    // A drawing that comes while the menu is open closes it: then it is clicked again.
    const own = await until(async () => {
      if (await opened()) return opened();
      await click(context, await named(context, HOST, byId("review"))).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      return opened();
    }, "the review's page");
    const shows = (pattern) => until(async () => pattern.test(text(await find(own, "document.body"))), String(pattern), 60_000);
    await firefox.send("browsingContext.activate", { context: own });
    await click(own, await named(own, "document.body", byId("begin")));
    await shows(/It takes about/);
    await click(own, await named(own, "document.body", byId("start")));
    await shows(/without a critical or high finding/);
    await firefox.send("browsingContext.close", { context: own });
    await firefox.send("browsingContext.activate", { context });
  });
  await check("panel: none where there is nothing to say", async () => {
    await open(`https://${org.hosts.setup}/lightning/setup/SetupOneHome/home`);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    assert.equal((await panel()).trim(), "");
  });
  await check("the console has no error of ours", () => assert.deepEqual(firefox.said.filter((line) => /leastwise|moz-extension/i.test(line)), []));
} finally {
  await firefox.stop();
  org.stop();
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed || !passed ? 1 : 0;
