// Carries out what the Wasm asks of the browser, each call by its name: the only script that fetches from an org.
// It never decides anything, and never keeps what it is given.

// One name for the browser's API: Firefox has it, Chromium calls it `chrome`.
export const browser = globalThis.browser ?? chrome;

// What lets go of each lock.
const locks = [];
const own = {
  // Calls beside each other; what is refused is null.
  all: (...calls) => Promise.all(calls.map((call) => called(call).catch(() => null))),
  random: () => crypto.randomUUID(),
  wait: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
  // A lock comes as the place of the function that lets go of it.
  hold: (name) => new Promise((held) => navigator.locks.request(name, () => new Promise((free) => held(locks.push(free) - 1)))),
  free: (lock) => locks[lock](),
  sha256: async (text) => {
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
    return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
  },
  fetched: async (url, init, patience) => {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(patience) });
    return [response.status, await response.text()];
  },
};

/** Lets go of every lock: nobody is left who would. */
export const freed = () => locks.splice(0).forEach((free) => free());

/** What comes of `[name, value…]`: one of our own, or a function of the browser's by its path. */
const called = async ([name, ...values]) => {
  if (own[name]) return own[name](...values);
  const path = name.split(".");
  const last = path.pop();
  return path.reduce((part, key) => part[key], browser)[last](...values);
};

/** The same as the Wasm takes it: JSON, or the name of what was thrown, and whether it was. */
export const came = (call) => called(call).then((value) => [JSON.stringify(value) ?? "null", false], ({ name }) => [name, true]);

/** This package's compiled Wasm: a file, not of the network. */
export const compiled = () => WebAssembly.compileStreaming(fetch(browser.runtime.getURL("leastwise.wasm")));
