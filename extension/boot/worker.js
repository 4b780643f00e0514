// The background worker's way in: registers its listener at once, and starts the Wasm when a first message comes.
// It never answers by itself, and never starts anything for a page that did not ask.

import { __wbg_reset_state as anew, asked, came as next, initSync } from "../../target/bound/leastwise.js";
import css from "../../target/bound/panel.css";
import { browser, came, compiled, freed } from "./browser.js";

const { runtime } = browser;

// The Wasm frees nothing (see `HEAP` in extension/src/lib.rs): past so many bytes its memory is thrown away, when nobody
// waits for an answer. What was known of the tabs is then read again when it is asked for.
const ENOUGH = 64 << 20;

let started, wasm;
let waiting = 0;
let broken = false;

const start = async () => {
  try {
    wasm = initSync({ module: await compiled() });
  } catch (error) {
    started = undefined;
    throw error;
  }
};

const answered = async (message, sender, respond) => {
  waiting++;
  try {
    await (started ??= start());
    const said = JSON.stringify(message);
    const by = JSON.stringify(sender);
    let turn = asked(said, by, runtime.id, runtime.getURL(""), css, Date.now());
    while ((turn = JSON.parse(turn))) {
      // The answer first: for what else is to be done, nobody waits.
      if (!turn.call) respond(turn.answer);
      for (const call of turn.quiet) came(call);
      if (!turn.call) return;
      turn = next(turn.id, ...(await came(turn.call)), Date.now());
    }
  } catch (error) {
    // A panic leaves the instance as it stood.
    broken = true;
    console.error("Leastwise:", error);
  } finally {
    if (!--waiting && wasm && (broken || wasm.memory.buffer.byteLength > ENOUGH)) {
      anew();
      freed();
      wasm = initSync();
      broken = false;
    }
  }
};

runtime.onMessage.addListener((message, sender, respond) => {
  // Whoever was not answered is told that there is nothing.
  answered(message, sender, respond).then(() => respond());
  return true; // answered later, and kept alive until then
});
