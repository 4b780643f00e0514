// The figures of an edit page with 400 boxes: requests, the way from a click to its marker, what moves, what a load costs.
// It never judges by a clock alone: times are relative to a message, or to reading the boxes, in the same run.

import { address, until } from "./browser.mjs";
import { Markers } from "./markers.mjs";
import { Panel } from "./panel.mjs";

const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];

/** Evaluates in the world of the content scripts of a page's top frame. */
async function isolated(page) {
  const cdp = await page.context().newCDPSession(page);
  const contexts = [];
  cdp.on("Runtime.executionContextCreated", ({ context }) => contexts.push(context));
  await cdp.send("Runtime.enable");
  const own = await until(async () => contexts.find((one) => one.origin.startsWith("chrome-extension://") || /Leastwise/.test(one.name)), "the content script's world");
  return async (expression) => {
    const { result, exceptionDetails } = await cdp.send("Runtime.evaluate", { expression, contextId: own.id, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  };
}

/** Milliseconds that a script of the extension ran on the page's main thread, by samples. */
async function ran(page, file, work) {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("Profiler.enable");
  await cdp.send("Profiler.setSamplingInterval", { interval: 100 });
  await cdp.send("Profiler.start");
  await work();
  const { profile } = await cdp.send("Profiler.stop");
  const parents = new Map();
  const own = new Set();
  for (const node of profile.nodes) for (const child of node.children ?? []) parents.set(child, node.id);
  for (const node of profile.nodes) if (node.callFrame.url.endsWith(file)) own.add(node.id);
  const isOwn = (id) => own.has(id) || (parents.has(id) && isOwn(parents.get(id)));
  return profile.samples.reduce((sum, id, at) => sum + (isOwn(id) ? profile.timeDeltas[at] : 0), 0) / 1000;
}

/** Measures, and reports each figure with its goal. */
export async function editing(org, page, figure) {
  const url = address(org, "classic", `/${org.profiles["Acme Data Warehouse"].slice(0, 15)}/e?s=SystemPermissions`);
  await page.goto(url);
  const panel = await Panel.of(page);
  const markers = await Markers.of(page);
  await markers.one((m) => m.title === "ModifyAllData", "marked");
  await panel.when((s) => /no new risks/i.test(s.chip), "weighed");
  const boxes = await page.locator('[id$=":userPerm"]').count();
  const evaluate = await isolated(page);
  const empty = () => evaluate(`(async () => { const start = performance.now(); await chrome.runtime.sendMessage({}); return performance.now() - start; })()`);
  // From a click until what it changes can be seen: the chip's count in the panel of the page, and where `marks` the marker
  // beside the box, both in closed roots that only the extension's own world can look into.
  const click = (title, marks) =>
    evaluate(`(() => {
      const box = document.querySelector('[title="${title}"][id$=":userPerm"]');
      const root = chrome.dom.openOrClosedShadowRoot(document.querySelector("html > div[data-corner]"));
      const marked = () => box.nextElementSibling?.dataset.leastwise === "";
      const look = () => root.querySelector("#chip").textContent;
      const was = [look(), marked()];
      return new Promise((resolve, reject) => {
        const timeout = setTimeout(() => reject(new Error("nothing changed within 5 s")), 5000);
        const start = performance.now();
        const observer = new MutationObserver(() => {
          if (look() === was[0] || ${marks} && marked() === was[1]) return;
          observer.disconnect();
          clearTimeout(timeout);
          resolve(performance.now() - start);
        });
        for (const node of [root, box.parentElement]) observer.observe(node, { childList: true, subtree: true, characterData: true });
        box.click();
      });
    })()`);
  const loads = [];
  await org.forget();
  const [empties, counts, markings] = [[], [], []];
  for (let n = 0; n < 20; n += 1) {
    empties.push(await empty());
    // A permission of its own, and API Only: its marker comes and goes, and every rule looks at it.
    counts.push(await click("ManageRoles", false));
    await page.waitForTimeout(30);
    empties.push(await empty());
    markings.push(await click("ApiUserOnly", true));
    await page.waitForTimeout(30);
  }
  figure("requests while editing, after the first", (await org.requests()).length, "0");
  for (const [what, times] of [["count", counts], ["marker and count", markings]]) {
    const ratio = median(times) / median(empties);
    figure(`click to ${what}, ${boxes} boxes, relative to an empty message`, `${ratio.toFixed(2)} (${median(times).toFixed(1)} ms, median of ${times.length})`, "at most 3");
  }
  const places = () => page.evaluate(() => [...document.querySelectorAll("body *")].filter((one) => one.dataset?.leastwise === undefined).map((one) => JSON.stringify(one.getBoundingClientRect())));
  const before = await places();
  // Not a click of the mouse: that would scroll.
  await page.evaluate(() => document.querySelector('[title="AuthorApex"]').click());
  await panel.when((s) => /critical/.test(s.chip), "counted");
  const moved = (await places()).filter((one, at) => one !== before[at]).length;
  figure("layout shift of the page's own elements", `${moved} elements moved`, "0");
  const reading = median(await evaluate(`Array.from({ length: 9 }, () => { const start = performance.now(); [...document.querySelectorAll("form input")].map((one) => [one.id, one.name, one.title, one.checked, one.closest("tr")?.textContent]); return performance.now() - start; })`));
  for (let n = 0; n < 5; n += 1) {
    loads.push(
      await ran(page, "/form.js", async () => {
        await page.goto(url);
        await markers.one((m) => m.title === "ModifyAllData", "marked");
      }),
    );
  }
  figure(`main-thread time of the content script on load, ${boxes} boxes`, `${median(loads).toFixed(1)} ms, ${(median(loads) / reading).toFixed(1)} times reading the boxes once`, "at most 20 ms");
}
