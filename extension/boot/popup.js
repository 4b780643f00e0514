// The toolbar popup: shows the worker's markup for the active tab, and passes on clicks.
// It never talks to the org, and holds nothing when it is closed.

import { drawn, sheet, wanted } from "./draw.js";

const { runtime } = globalThis.browser ?? chrome;
const main = document.querySelector("main");

let number = 0;

const ask = async (message) => {
  const answer = await runtime.sendMessage({ number, ...message });
  if (!answer?.html) return;
  number = answer.number;
  if (!document.adoptedStyleSheets.length) document.adoptedStyleSheets = [sheet(answer)];
  drawn(main, answer);
  // More is on its way to the page: look again.
  if (answer.pending) setTimeout(() => ask({ ask: "Front" }), 300);
};

main.addEventListener("click", (event) => {
  const message = wanted(event);
  if (message) ask(message);
});
ask({ ask: "Front" });
