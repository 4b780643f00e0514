// The toolbar popup: shows the worker's markup for the active tab, and passes on clicks.
// It never talks to the org, approves nothing, and holds nothing when it is closed.

import { brokenTrouble, type Clicked, clickedButton, commandOf, draw, markBusy, showTrouble } from "../draw.ts";
import type { Command } from "../protocol.ts";
import { api, send } from "../send.ts";
import { whenHostsChange } from "./allow.ts";

/** How often it is looked how far something is, in milliseconds. */
const EVERY = 300;

const main = document.querySelector("main") as HTMLElement;

let number = 0; // of the last answer
let timer: ReturnType<typeof setInterval> | undefined; // while an answer is awaited
let shown: string | undefined; // the markup that was drawn last
let failures = 0; // one after another

const stopLooking = (): void => {
  clearInterval(timer);
  timer = undefined;
};

const ask = async (command: Clicked): Promise<void> => {
  timer ??= setInterval(() => ask({ command: "Front" }), EVERY);
  let answer: Awaited<ReturnType<typeof send>>;
  try {
    answer = await send({ number, ...command } as Command);
  } catch {
    // The worker was stopped in the middle: the next look starts another.
    failures += 1;
    const text = "The browser stopped Leastwise, and it has not come back yet.";
    if (failures === 10) showTrouble(main, { text, command: "Front" });
    return;
  }
  failures = 0;
  // What goes on in the page, or in a tab of its own, is looked at there.
  if (command.command === "OpenPanel" || command.command === "OpenEntry" || command.command === "Continue") return close();
  if (!answer) return;
  if (answer.type === "broken") {
    stopLooking();
    shown = "";
    return showTrouble(main, brokenTrouble(answer.error, { command: "Front" }));
  }
  if (answer.type !== "drawing" || !answer.html) return;
  number = answer.number;
  if (answer.html !== shown) draw(main, answer);
  shown = answer.html;
  if (!answer.pending) stopLooking();
};

main.addEventListener("click", (event) => {
  const button = clickedButton(event);
  if (!button) return;
  markBusy(button);
  shown = "";
  ask(commandOf(main, button));
});
// The panel is shown on the page by then; where the person said no, this says so again.
whenHostsChange(main, () => {
  shown = "";
  ask({ command: "Front" });
});
// Opened as a tab it is as wide as there is room: what it holds sizes a popup alone.
api.tabs.getCurrent().then((tab) => {
  if (tab) document.documentElement.className = "in-tab";
});
ask({ command: "Front" });
