// The background worker: registers its listener at once, and starts the Wasm when a first message comes.

import init, { __wbg_reset_state as renew, answer } from "../../target/bound/leastwise.js";
import css from "../../target/bound/panel.css";

globalThis.chrome ??= globalThis.browser;
const { runtime } = chrome;

let started; // the Wasm, once it was asked for
let isThere = false; // whether it was loaded
let isBroken = false; // whether it broke off since, and what is in its memory cannot be trusted
let freed; // its locks, once it broke off
let error; // what was said of it
const waiting = new Set(); // whoever waits for an answer

/** Lets go of what the broken Wasm holds, as the browser does when it ends a worker: a lock that nobody frees is for ever. */
const free = async () => {
  const { held } = await navigator.locks.query();
  await Promise.all(held.map(({ name }) => navigator.locks.request(name, { steal: true }, () => {}).catch(() => {})));
};

/** The Wasm broke off: whoever waits for it is told so, for it will not answer any more. Its panic comes here first, with
    its message, then the trap that ends it. */
const broke = (why) => {
  if (!isBroken) {
    isBroken = true;
    error = String(why?.message ?? why);
    console.error("Leastwise:", error);
    freed = free();
  }
  for (const respond of waiting) respond({ broken: error, css });
  waiting.clear();
};
globalThis.leastwiseBroke = broke;

/** Makes the Wasm ready: loads it, or makes it anew where it broke off. */
const begin = async () => {
  await freed;
  if (isBroken && isThere) renew();
  isBroken = false;
  started ??= init({ module_or_path: runtime.getURL("leastwise.wasm") });
  await started.catch((failed) => {
    started = undefined;
    throw failed;
  });
  isThere = true;
};

// What the Wasm does between two answers of the browser is no part of a call of ours: what breaks there is heard of here.
for (const type of ["error", "unhandledrejection"]) {
  addEventListener(type, (event) => {
    const thrown = event.error ?? event.reason;
    // Answers to the Wasm that broke off are not for the new one; and its locks were taken from it.
    if (thrown?.name === "AbortError" || /previous WASM instance/.test(thrown?.message)) event.preventDefault();
    else broke(thrown);
  });
}

// A content script runs in a page's process: what is kept of other orgs is none of its business. (Firefox: session only.)
for (const area of ["local", "session", "managed"]) {
  chrome.storage[area]?.setAccessLevel?.({ accessLevel: "TRUSTED_CONTEXTS" }).catch?.((error) => console.warn("Leastwise:", error));
}

// A form in which something was entered keeps a port open: when this worker is ended, the port's end starts it again, so that
// it is there when the form is saved (a message that has to start it first is lost with the page that sent it).
runtime.onConnect.addListener(() => begin().catch(() => {}));

runtime.onMessage.addListener((message, sender, respond) => {
  waiting.add(respond);
  begin()
    .then(() => answer(message, sender, runtime.id, runtime.getURL(""), css))
    // One that was told already that it broke off is no longer waiting.
    .then((answered) => waiting.delete(respond) && respond(answered), (failed) => waiting.has(respond) && broke(failed));
  return true; // answered later, and kept alive until then
});
