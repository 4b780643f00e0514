// The toolbar popup: shows the worker's markup for the active tab, and passes on clicks.
// It never talks to the org, and holds nothing when it is closed.

import { brokenTrouble, type Clicked, clickedButton, draw, markBusy, requestOf, showTrouble, styleSheet } from "../draw.ts";
import { Guard } from "../guard.ts";
import type { Drawing, Request } from "../protocol.ts";
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

const ask = async (request: Clicked): Promise<void> => {
  timer ??= setInterval(() => ask({ ask: "Front" }), EVERY);
  let answer: Awaited<ReturnType<typeof send>>;
  try {
    answer = await send({ number, ...request } as Request);
  } catch {
    // The worker was stopped in the middle: the next look starts another.
    failures += 1;
    const text = "The browser stopped Leastwise, and it has not come back yet.";
    if (failures === 10) showTrouble(main, { text, ask: "Front" });
    return;
  }
  failures = 0;
  if (!answer) return;
  if ("css" in answer && !document.adoptedStyleSheets.length) document.adoptedStyleSheets = [styleSheet(answer.css)];
  if ("broken" in answer) {
    stopLooking();
    shown = "";
    return showTrouble(main, brokenTrouble("Front", answer.broken));
  }
  const drawing = answer as Drawing;
  if (!drawing.html) return;
  number = drawing.number;
  // The same again is not drawn again: who is about to approve it has seen it.
  if (drawing.html !== shown) draw(main, drawing);
  guard.afterDraw();
  shown = drawing.html;
  if (!drawing.pending) stopLooking();
};

main.addEventListener("click", (event) => {
  const button = guard.allows(event) && clickedButton(event);
  if (!button) return;
  const request = requestOf(main, button);
  markBusy(button);
  shown = "";
  ask(request);
});
ask({ ask: "Front" });
