// The window where what a Salesforce page asked for is approved: shows what would change in which org, passes on clicks, and
// closes itself when nothing waits for a person's word any more.
// It never talks to the org; and it is a page of the extension, so that nothing that runs in a Salesforce page reaches it.

import { BROKEN, drawn, sheet, taken, trouble, wanted } from "./draw.js";
import { mayPass, redrew, watch } from "./guard.js";

const { runtime, tabs } = globalThis.browser ?? chrome;
const main = document.querySelector("main");

let number = 0;
let shown;
let order = 0; // of the asks: an answer that a later one has overtaken is dropped
let drew = 0;
let failures = 0;
let isStopped = false; // since the worker broke off, until somebody asks again

/** This page alone: a browser without popup windows shows it as a tab. */
const close = async () => tabs.remove((await tabs.getCurrent()).id);

const ask = async (message) => {
  const own = (order += 1);
  let answer;
  try {
    answer = await runtime.sendMessage({ number, ...message });
  } catch {
    // The worker was stopped in the middle: the next look starts another. After an update of the extension there is none.
  }
  if (!answer) return void ((failures += 1) > 20 && close());
  failures = 0;
  if (answer.broken) {
    // It stays until somebody has read it: what was under way is in the journal.
    isStopped = true;
    shown = "";
    return trouble(main, BROKEN, "Front", "Try again", answer.broken);
  }
  if (own < drew) return;
  drew = own;
  if (!answer.html) return close();
  number = answer.number;
  if (!document.adoptedStyleSheets.length) document.adoptedStyleSheets = [sheet(answer, true)];
  if (answer.html !== shown) drawn(main, answer);
  redrew();
  shown = answer.html;
};

main.addEventListener("click", (event) => {
  if (!mayPass(event)) return;
  const message = wanted(main, event);
  if (!message) return;
  taken(event);
  shown = "";
  isStopped = false;
  ask(message);
});
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.isTrusted) ask({ ask: "Leave" });
});
watch(main);
ask({ ask: "Front" });
setInterval(() => isStopped || ask({ ask: "Front" }), 400);
