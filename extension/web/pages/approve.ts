// The window where what a Salesforce page asked for is approved: shows what would change in which org, passes on clicks, and
// closes itself when nothing waits for a person's word any more.
// It never talks to the org; and it is a page of the extension, so that nothing that runs in a Salesforce page reaches it.

import { brokenTrouble, type Clicked, clickedButton, commandOf, draw, markBusy, showTrouble, styleSheet } from "../draw.ts";
import { Guard } from "../guard.ts";
import type { Command } from "../protocol.ts";
import { api, send } from "../send.ts";

/** How often it is looked whether something has changed, in milliseconds. */
const EVERY = 400;

const main = document.querySelector("main") as HTMLElement;
const guard = new Guard(main);

let number = 0; // of the last answer
let shown: string | undefined; // the markup that was drawn last
let lastSent = 0; // commands are counted: an answer that a later one has overtaken is dropped
let lastAnswered = 0;
let failures = 0; // one after another
let isStopped = false; // since the worker broke off, until somebody tries again

/** Closes this page alone: a browser without popup windows shows it as a tab. */
const close = async (): Promise<void> => {
  const tab = await api.tabs.getCurrent();
  if (tab?.id !== undefined) await api.tabs.remove(tab.id);
};

const ask = async (command: Clicked): Promise<void> => {
  lastSent += 1;
  const order = lastSent;
  // The worker may be stopped in the middle: the next look starts another. After an update of the extension there is none.
  const answer = await send({ number, ...command } as Command).catch(() => undefined);
  if (!answer) {
    failures += 1;
    if (failures > 20) close();
    return;
  }
  failures = 0;
  if (answer.type === "broken") {
    // It stays until somebody has read it: what was under way is in the journal.
    isStopped = true;
    shown = "";
    return showTrouble(main, brokenTrouble(answer.error, { command: "Front" }));
  }
  if (order < lastAnswered) return;
  lastAnswered = order;
  if (!answer.html) return close();
  number = answer.number;
  if (!document.adoptedStyleSheets.length) document.adoptedStyleSheets = [styleSheet(answer.css)];
  // The same again is not drawn again: who is about to approve it has seen it.
  if (answer.html !== shown) draw(main, answer);
  guard.afterDraw();
  shown = answer.html;
};

main.addEventListener("click", (event) => {
  const button = guard.allows(event) && clickedButton(event);
  if (!button) return;
  const command = commandOf(main, button);
  markBusy(button);
  shown = "";
  isStopped = false;
  ask(command);
});
addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.isTrusted) ask({ command: "Leave" });
});
ask({ command: "Front" });
setInterval(() => isStopped || ask({ command: "Front" }), EVERY);
