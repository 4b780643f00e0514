// What a panel does beside others, and when something goes wrong: a page that never rests, another extension's popup, a worker
// that is stopped again and again or breaks off, a policy that comes late, an update. Nothing of it is silent.
// It never makes the product weaker to be tried: each trouble is one that the browser or a page can make.

import assert from "node:assert/strict";
import { closeWorkers, killWorker, meant, signIn, startBrowser, until, userPage } from "../lib/browser.mjs";
import { journey } from "../lib/check.mjs";
import { Panel } from "../lib/panel.mjs";

const ERP = "erp.sync@acme.example";
const GOOD = "warehouse@acme.example";

const inShell = (org, username) => {
  const { pathname, search } = new URL(userPage(org, "setup", username));
  return pathname + search;
};

journey("brake: a page that never rests is asked about once a second at most, and once it rests", async ({ org, page }) => {
  await page.goto(userPage(org, "setup", ERP));
  const panel = await Panel.of(page);
  await panel.report("ERP Sync");
  await panel.when((s) => /Logged in as/.test(s.text), "all that is asked for is answered");
  const composites = async () => (await org.requests()).filter((r) => r.path.endsWith("/composite")).length;
  const storm = (every, times) =>
    page.evaluate(async ([urls, every, times]) => {
      for (let n = 0; n < times; n += 1) {
        history.pushState({}, "", urls[n % 2]);
        await new Promise((resolve) => setTimeout(resolve, every));
      }
    }, [[inShell(org, ERP), inShell(org, GOOD)], every, times]);
  await org.forget();
  await storm(60, 100); // six seconds, without a rest
  await panel.report("Data Warehouse");
  const fast = await composites();
  assert.ok(fast >= 1 && fast <= 3, `${fast} composites for 100 addresses in 6 s`);
  await org.forget();
  await storm(400, 16); // as long, with a rest at each
  await panel.report("Data Warehouse");
  const slow = await composites();
  assert.ok(slow >= 2 && slow <= 9, `${slow} composites for 16 addresses in 6.4 s`);
});

journey("beside: another extension's popup is not covered by the open panel; a click on the page leaves it open", async ({ org, page }) => {
  await page.goto(userPage(org, "classic", ERP));
  // As Salesforce Inspector Reloaded puts it: a button at the right edge, and a frame of its own that the button shows.
  await page.evaluate(() => {
    const own = document.createElement("div");
    own.id = "insext";
    own.style.cssText = "position: fixed; top: 122px; right: 0; z-index: 1000";
    own.innerHTML = `<button style="width: 24px; height: 38px">»</button><iframe src="chrome-extension://aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/popup.html" style="display: none; position: absolute; right: 15px; top: 0; width: 280px; height: 671px; border: 0; background: #fff"></iframe>`;
    own.querySelector("button").addEventListener("click", () => (own.querySelector("iframe").style.display = "block"));
    document.body.append(own);
  });
  const panel = await Panel.of(page);
  await panel.report("ERP Sync");
  await panel.open();
  await page.mouse.click(300, 400);
  assert.ok((await panel.state()).open, "who compares the page with the panel wants both");
  await page.locator("#insext button").click();
  await panel.when((s) => !s.open, "the panel folds");
  const owners = await page.evaluate(() => [[990, 140], [1230, 140], [990, 700], [1230, 700]].map(([x, y]) => document.elementFromPoint(x, y)?.closest("#insext")?.id));
  assert.deepEqual(owners, ["insext", "insext", "insext", "insext"]);
  assert.ok((await panel.state()).focus !== "chip", "the focus stays where it went");
});

journey("silence: a worker that is stopped again and again is asked again, and then it is said", async ({ org, page, context }) => {
  await page.goto(userPage(org, "setup", ERP));
  const panel = await Panel.of(page);
  await panel.report("ERP Sync");
  await panel.open();
  // Twice in a row.
  await killWorker(context);
  await panel.click("#say-person");
  await page.waitForTimeout(30);
  await killWorker(context);
  await panel.when((s) => s.who.who === "person", "answered by the third worker", 40_000);
  await panel.click("#say-nothing");
  await panel.when((s) => s.who.who === "integration", "taken back");
  // For good, as far as one can see.
  let isKilling = true;
  const killing = (async () => {
    const cdp = await context.browser().newBrowserCDPSession();
    while (isKilling) {
      await closeWorkers(cdp);
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    await cdp.detach();
  })();
  let told;
  try {
    await panel.click("#say-person");
    // A worker may live long enough to draw once, and take the message with it: then the page asks again after 25 s, and
    // says so 12 s later.
    told = await panel.when((s) => /has not come back yet|didn't answer/.test(s.text), "it is said", 75_000);
  } finally {
    isKilling = false;
    await killing;
  }
  assert.ok(told.buttons.some((button) => button.name === "Try again"));
  // It may come back by itself before anybody has pressed the button.
  if ((await panel.state())?.buttons.some((button) => button.name === "Try again")) await panel.press("Try again").catch(() => {});
  await panel.when((s) => s.rows.length > 0 && !/has not come back|didn't answer/.test(s.text), "the next ask works");
  await panel.click("#say-nothing").catch(() => {});
});

journey("silence: a worker that never answers is said, also where nothing was drawn before", async ({ org, page, context }) => {
  // What the browser stores for it is never read: the worker takes each message, and answers none.
  const [worker] = context.serviceWorkers();
  await worker.evaluate(() => {
    const areas = [chrome.storage.local, chrome.storage.session, chrome.storage.managed];
    const own = areas.map((area) => area.get);
    for (const area of areas) area.get = () => new Promise(() => {});
    globalThis.answersAgain = () => {
      for (const [at, area] of areas.entries()) area.get = own[at];
    };
  });
  await page.goto(userPage(org, "setup", ERP));
  const panel = await Panel.of(page);
  const told = await panel.when((s) => /Leastwise didn't answer\. Reload the page, or restart the browser\./.test(s.text), "it is said", 30_000);
  assert.ok(told.buttons.some((button) => button.name === "Try again"));
  const box = await panel.call(function () {
    const { x, y, width, height } = this.getElementById("chip").getBoundingClientRect();
    return { x, y, width, height, text: this.getElementById("chip").innerText };
  }.toString());
  const { width, height } = page.viewportSize();
  assert.ok(box.width > 40 && box.height > 10 && box.x >= 0 && box.x + box.width <= width && box.y >= 0 && box.y + box.height <= height, JSON.stringify(box));
  // Not ended, or the page would ask again by itself, before anybody presses a button.
  await worker.evaluate(() => globalThis.answersAgain());
  await panel.open();
  await panel.press("Try again");
  await panel.report("ERP Sync");
});

journey("broken: an error of the worker's own is said with its message, and the next ask works", async ({ org, page, context }) => {
  await page.goto(userPage(org, "setup", ERP));
  const panel = await Panel.of(page);
  await panel.report("ERP Sync");
  await panel.open();
  meant.add("made up by a journey").add("unreachable");
  // As a panic does it: its message first, then the trap, in the middle of what nobody of ours has called.
  await context.serviceWorkers()[0].evaluate(() => {
    const { now } = Date;
    Date.now = () => {
      Date.now = now;
      globalThis.leastwiseBroke("panicked at a place made up by a journey");
      throw new WebAssembly.RuntimeError("unreachable");
    };
  });
  await panel.click("#say-person");
  const told = await panel.when((s) => /Leastwise had an error/.test(s.text), "it is said");
  assert.match(await panel.call(function () {
    return this.querySelector(".trouble textarea").value;
  }.toString()), /panicked at a place made up by a journey/);
  assert.ok(told.buttons.some((button) => button.name === "Try again"));
  await panel.press("Try again");
  await panel.when((s) => s.rows.length > 0 && !/had an error/.test(s.text), "the next ask works");
  await panel.report("ERP Sync");
  // A trap without a message (no memory, no stack), and in the middle of a lock: the lock is free again.
  await context.serviceWorkers()[0].evaluate(() => {
    const { now } = Date;
    Date.now = () => {
      Date.now = now;
      throw new WebAssembly.RuntimeError("unreachable");
    };
    navigator.locks.request("write:tried", () => new Promise(() => {}));
  });
  await panel.click("#say-person");
  await panel.when((s) => /Leastwise had an error/.test(s.text), "it is said again");
  await panel.press("Try again");
  await panel.report("ERP Sync");
  assert.deepEqual(await context.serviceWorkers()[0].evaluate(async () => (await navigator.locks.query()).held.map(({ name }) => name)), []);
  meant.clear();
});

journey("broken: a panic of a handler is said with its own message, and the next command works", async ({ org, page, context }) => {
  await page.goto(userPage(org, "setup", ERP));
  const panel = await Panel.of(page);
  await panel.report("ERP Sync");
  await panel.open();
  meant.add("capacity overflow").add("unreachable");
  // Nothing of it is built in: the browser says that a hash of 32 bytes has more than can be asked for, and Rust panics.
  const panics = () => context.serviceWorkers()[0].evaluate(() => {
    const { subtle } = crypto;
    const { Uint8Array: Real } = globalThis;
    Object.defineProperty(subtle, "digest", {
      configurable: true,
      value: async () => {
        delete subtle.digest;
        globalThis.Uint8Array = function () {
          globalThis.Uint8Array = Real;
          return { length: 2 ** 31 };
        };
      },
    });
  });
  for (let round = 0; round < 2; round += 1) {
    await panics();
    await panel.click("#say-person");
    await panel.when((s) => /Leastwise had an error/.test(s.text), "it is said");
    assert.match(await panel.call(function () {
      return this.querySelector(".trouble textarea").value;
    }.toString()), /^panicked at .*\ncapacity overflow$/);
    await panel.press("Try again");
    await panel.when((s) => s.rows.length > 0 && !/had an error/.test(s.text), "the next command works");
    await panel.report("ERP Sync");
  }
  meant.clear();
});

journey("policy: one that the browser knows seconds late keeps no panel waiting", async ({ org, page, context }) => {
  await context.serviceWorkers()[0].evaluate(() => {
    const get = chrome.storage.managed.get.bind(chrome.storage.managed);
    chrome.storage.managed.get = async (...keys) => {
      await new Promise((resolve) => setTimeout(resolve, 10_000));
      return get(...keys);
    };
  });
  const start = Date.now();
  await page.goto(userPage(org, "setup", GOOD));
  const panel = await Panel.of(page);
  await until(async () => (await panel.state())?.chip, "the chip", 5_000);
  await panel.report("Data Warehouse");
  assert.ok(Date.now() - start < 9_000, "before the policy was known");
  // Not known at all: nothing is written, and it is said why.
  await page.goto(userPage(org, "setup", "quantum.sync@acme.example"));
  const other = await Panel.of(page);
  await other.report("Quantum Sync");
  await other.when((s) => /Logged in as/.test(s.text), "who is signed in");
  await context.serviceWorkers()[0].evaluate(() => {
    chrome.storage.managed.get = () => new Promise(() => {});
  });
  await other.open();
  await other.press("Fix Remove Bulk API Hard Delete");
  const refused = await other.when((s) => /couldn.t read/.test(s.plan), "it is said", 30_000);
  assert.ok(!refused.ready && !refused.waits, refused.plan);
  await killWorker(context);
});

journey("silence: no room to keep a preview is said, with what to do", async ({ org, page, context }) => {
  await page.goto(userPage(org, "setup", "quantum.sync@acme.example"));
  const panel = await Panel.of(page);
  await panel.report("Quantum Sync");
  await panel.when((s) => /Logged in as/.test(s.text), "who is signed in");
  const [worker] = context.serviceWorkers();
  // What an org is called is kept there too, and would be missing: one preview before.
  await panel.preview("Fix Remove Bulk API Hard Delete");
  await panel.press("Back");
  await panel.when((s) => !s.stage, "the findings");
  await page.waitForTimeout(300);
  await worker.evaluate(async () => {
    for (let size = 1 << 20, n = 0; size > 16; n += 1) {
      await chrome.storage.session.set({ [`filler-${n}`]: "x".repeat(size) }).catch(() => (size >>= 1));
    }
  });
  await panel.press("Fix Remove Bulk API Hard Delete");
  const told = await panel.when((s) => /no room left/.test(s.text), "it is said");
  assert.match(told.text, /Nothing was changed\. Restart the browser, then try again\./);
  await worker.evaluate(async () => chrome.storage.session.remove(Object.keys(await chrome.storage.session.get()).filter((key) => key.startsWith("filler-"))));
  await panel.press("Back");
  await panel.when((s) => !s.stage, "the findings");
  assert.equal((await panel.preview("Fix Remove Bulk API Hard Delete")).stage, "offered", "with room it is offered again");
});

journey("update: a page that was open before says so, and what to do", async ({ org }) => {
  // In a browser of its own: an extension from the command line does not come back there.
  const context = await startBrowser(org);
  try {
    const page = await context.newPage();
    await signIn(page, org);
    await page.goto(userPage(org, "setup", ERP));
    const panel = await Panel.of(page);
    await panel.report("ERP Sync");
    await panel.open();
    const [worker] = context.serviceWorkers();
    const ended = worker.waitForEvent("close");
    await worker.evaluate(() => setTimeout(() => chrome.runtime.reload(), 50));
    await ended;
    await page.waitForTimeout(500);
    await panel.click("#say-person");
    const told = await panel.when((s) => /Leastwise was updated\. Reload the page\./.test(s.text), "it is said");
    assert.ok(told.open && told.buttons.some((button) => button.name === "Reload the page"));
    // Also where the page shows another record since.
    await page.evaluate((url) => history.pushState({}, "", url), inShell(org, GOOD));
    await panel.when((s) => !/ERP Sync/.test(s.text) && /was updated/.test(s.text), "said of the next record too");
    await panel.open();
    const [request] = await Promise.all([page.waitForRequest((one) => one.isNavigationRequest()), panel.press("Reload the page")]);
    assert.match(request.url(), /ManageUsers/);
  } finally {
    await context.close();
  }
});
