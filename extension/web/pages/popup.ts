// The toolbar popup: shows the worker's markup for the active tab, and passes on clicks.
// It never talks to the org, and holds nothing when it is closed.

import { brokenTrouble, type Clicked, clickedButton, commandOf, draw, markBusy, showTrouble, styleSheet } from "../draw.ts";
import { Guard } from "../guard.ts";
import type { Command } from "../protocol.ts";
import { send } from "../send.ts";

/** How often it is looked how far something is, in milliseconds. */
const EVERY = 300;

const main = document.querySelector("main") as HTMLElement;
const guard = new Guard(main);

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
  if (!answer) return;
  if (!document.adoptedStyleSheets.length) document.adoptedStyleSheets = [styleSheet(answer.css)];
  if (answer.type === "broken") {
    stopLooking();
    shown = "";
    return showTrouble(main, brokenTrouble(answer.error, { command: "Front" }));
  }
  if (!answer.html) return;
  number = answer.number;
  // The same again is not drawn again: who is about to approve it has seen it.
  if (answer.html !== shown) draw(main, answer);
  guard.afterDraw();
  shown = answer.html;
  if (!answer.pending) stopLooking();
};

main.addEventListener("click", (event) => {
  const button = guard.allows(event) && clickedButton(event);
  if (!button) return;
  const command = commandOf(main, button);
  markBusy(button);
  shown = "";
  ask(command);
});
ask({ command: "Front" });
