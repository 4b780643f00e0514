// The background worker: registers its listeners at once, and starts the Wasm when a first message comes.

import init, { answer, __wbg_reset_state as renew } from "leastwise-bound/leastwise.js";
import css from "leastwise-bound/panel.css";
import { watchHosts } from "./hosts.ts";
import type { PushedMessage, Response } from "./protocol.ts";

const scope = globalThis as { chrome: unknown; browser?: unknown; leastwiseBroke?: typeof breakOff };
// The Wasm knows the API by this name alone.
scope.chrome ??= scope.browser;
const { action, commands, runtime, storage, tabs } = chrome;

/** Sends the answer to a message. */
type Respond = (answer: unknown) => void;

let loading: Promise<unknown> | undefined; // the Wasm, since somebody needed it first
let isLoaded = false;
let isBroken = false; // whether it broke off since, and what is in its memory cannot be trusted
let freeing: Promise<unknown> | undefined; // its locks, once it broke off
let error = ""; // what it broke off with
const pending = new Set<Respond>(); // whoever waits for an answer

/** Lets go of what the broken Wasm holds, as the browser does when it ends a worker: a lock that nobody frees is for ever. */
const freeLocks = async (): Promise<void> => {
  const { held = [] } = await navigator.locks.query();
  const steal = ({ name = "" }: LockInfo) => navigator.locks.request(name, { steal: true }, () => {}).catch(() => {});
  await Promise.all(held.map(steal));
};

/**
 * The Wasm broke off: whoever waits for it is told so, for it will not answer any more. A panic comes here first, with its
 * message (extension/src/lib.rs), then the trap that ends it.
 */
const breakOff = (why: unknown): void => {
  if (!isBroken) {
    isBroken = true;
    error = String((why as Error | undefined)?.message ?? why);
    console.error("Leastwise:", error);
    freeing = freeLocks();
  }
  for (const respond of pending) respond({ type: "broken", error, css } satisfies Response);
  pending.clear();
};
scope.leastwiseBroke = breakOff;

/** Makes the Wasm ready: loads it, or makes it anew where it broke off. */
const start = async (): Promise<void> => {
  await freeing;
  if (isBroken && isLoaded) renew();
  isBroken = false;
  loading ??= init({ module_or_path: runtime.getURL("leastwise.wasm") });
  try {
    await loading;
  } catch (failure) {
    loading = undefined;
    throw failure;
  }
  isLoaded = true;
};

// What the Wasm does between two answers of the browser is no part of a call of ours: what breaks there is heard of here.
const onUncaught = (event: Event, thrown: unknown): void => {
  const { name, message } = (thrown ?? {}) as Partial<Error>;
  // Answers to the Wasm that broke off are not for the new one; and its locks were taken from it.
  if (name === "AbortError" || /previous WASM instance/.test(message ?? "")) event.preventDefault();
  else breakOff(thrown);
};
addEventListener("error", (event) => onUncaught(event, event.error));
addEventListener("unhandledrejection", (event) => onUncaught(event, event.reason));

// A content script runs in a page's process: what is stored of other orgs is none of its business. (Firefox: session only.)
for (const area of [storage.local, storage.session, storage.managed] as (chrome.storage.StorageArea | undefined)[]) {
  area?.setAccessLevel?.({ accessLevel: "TRUSTED_CONTEXTS" })?.catch((failure) => console.warn("Leastwise:", failure));
}

watchHosts();

// A form in which something was entered keeps a port open: when this worker is ended, the port's end starts it again, so that
// it is there when the form is saved (a message that has to start it first is lost with the page that sent it).
runtime.onConnect.addListener(() => {
  start().catch(() => {});
});

// The shortcut opens the panel of the page, from wherever the focus is; where there is none (another page, or one whose panel
// is hidden) it opens the popup, which says why.
commands?.onCommand.addListener(async (name, tab) => {
  if (name !== "open-panel") return;
  const message: PushedMessage = { type: "openPanel" };
  const isOpened = tab?.id !== undefined && (await tabs.sendMessage(tab.id, message, { frameId: 0 }).catch(() => false));
  if (isOpened !== true) await action.openPopup().catch(() => {});
});

// Said once: what Leastwise does and reads, and that what was open before has to be reloaded.
runtime.onInstalled.addListener(({ reason }) => {
  if (reason === "install") tabs.create({ url: "welcome.html" });
});

runtime.onMessage.addListener((message, sender, respond: Respond) => {
  pending.add(respond);
  start()
    .then(() => answer(message, sender, runtime.id, runtime.getURL(""), css))
    .then(
      // Who was told already that it broke off is no longer waiting.
      (answered) => pending.delete(respond) && respond(answered),
      (failure) => pending.has(respond) && breakOff(failure),
    );
  return true; // answered later, and kept alive until then
});
