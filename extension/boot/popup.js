// The toolbar popup: shows the worker's markup for the active tab, and passes on clicks.
// It never talks to the org, and holds nothing when it is closed.

import { drawn, sheet, taken, wanted } from "./draw.js";
import { mayPass, redrew, watch } from "./guard.js";

const { runtime } = globalThis.browser ?? chrome;
const main = document.querySelector("main");

let number = 0;
let timer;
let shown;

const ask = async (message) => {
  // Meanwhile: look how far it is.
  timer ??= setInterval(() => ask({ ask: "Front" }), 300);
  const answer = await runtime.sendMessage({ number, ...message });
  if (!answer?.html) return;
  number = answer.number;
  if (!document.adoptedStyleSheets.length) document.adoptedStyleSheets = [sheet(answer)];
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
