// The toolbar popup: shows the worker's markup for the active tab, and passes on clicks.
// It never talks to the org, and holds nothing when it is closed.

import { BROKEN, drawn, sheet, taken, trouble, wanted } from "./draw.js";
import { mayPass, redrew, watch } from "./guard.js";

const { runtime } = globalThis.browser ?? chrome;
const main = document.querySelector("main");

let number = 0;
let timer;
let shown;

let failures = 0; // one after another

const ask = async (message) => {
  // Meanwhile: look how far it is.
  timer ??= setInterval(() => ask({ ask: "Front" }), 300);
  let answer;
  try {
    answer = await runtime.sendMessage({ number, ...message });
  } catch {
    // The worker was stopped in the middle: the next look starts another.
    if ((failures += 1) === 10) trouble(main, "The browser stopped Leastwise, and it has not come back yet.", "Front", "Try again");
    return;
  }
  failures = 0;
  if (answer?.css && !document.adoptedStyleSheets.length) document.adoptedStyleSheets = [sheet(answer, true)];
  if (answer?.broken) {
    timer = clearInterval(timer);
    shown = "";
    return trouble(main, BROKEN, "Front", "Try again", answer.broken);
  }
  if (!answer?.html) return;
  number = answer.number;
  // The same again is not drawn again: who is about to approve it has seen it.
  if (answer.html !== shown) drawn(main, answer);
  redrew();
  shown = answer.html;
  if (!answer.pending) timer = clearInterval(timer);
};

main.addEventListener("click", (event) => {
  if (!mayPass(event)) return;
  const message = wanted(main, event);
  if (!message) return;
  taken(event);
  shown = "";
  ask(message);
});
watch(main);
ask({ ask: "Front" });
