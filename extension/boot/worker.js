// The background worker: registers its listener at once, and starts the Wasm when a first message comes.

import init, { answer } from "../../target/bound/leastwise.js";
import css from "../../target/bound/panel.css";

globalThis.chrome ??= globalThis.browser;
const { runtime } = chrome;
let started;

runtime.onMessage.addListener((message, sender, respond) => {
  started ??= init({ module_or_path: runtime.getURL("leastwise.wasm") });
  started
    .then(() => answer(message, sender, runtime.id, runtime.getURL(""), css))
    .then(respond, (error) => {
      console.error("Leastwise:", error);
      started = undefined;
      respond();
    });
  return true; // answered later, and kept alive until then
});
