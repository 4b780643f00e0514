// The content script: tells the worker which page is open, draws the markup that it sends, and passes on clicks.
// It never reads the page, the session or the org, holds no rule, and on any other page does nothing at all.

import { brokenTrouble, type Clicked, markBusy } from "../draw.ts";
import type { Command, Drawing, PushedMessage, SettingChange } from "../protocol.ts";
import { api, send } from "../send.ts";
import { recordAt } from "./address.ts";
import * as view from "./panel-view.ts";

const { runtime } = api;

// All of these are in milliseconds.
/** Between a command that failed and the next try: the browser stops the worker at any moment, also twice. */
const PAUSES = [0, 500, 2_000, 5_000, 10_000, 20_000];
/** An address is asked about once it has stood so long, and one a second at most: a page may change it at every frame. */
const STEADY = 250;
const EVERY = 1_000;
/** Without an answer or a drawing for so long something is wrong: a worker draws at once, before it asks the org. */
const PATIENCE = 12_000;
/** Longer than the worker waits for an answer of the org: after it, what was to follow a drawing or a click is not on its way. */
const SILENCE = 25_000;
/** What was perhaps written may arrive for ten minutes: it is looked at again with growing pauses, and then when the page is. */
const VERIFY_AFTER = [20_000, 40_000, 80_000, 160_000, 320_000];

const SILENT = { text: "Leastwise didn't answer. Reload the page, or restart the browser." };

type Timer = ReturnType<typeof setTimeout>;

let url = ""; // the address last looked at
let record: string | undefined; // that it shows
let number = 0; // tells the answers for this address from late ones for another, also from before a reload
let lastCheck: number | undefined; // when the worker was asked last what is to be said of a page
let checkTimer: Timer | undefined; // of the next check
let answerTimer: Timer | undefined; // of a check that is not answered yet
let drawingTimer: Timer | undefined; // of a drawing that says that another follows
let verifyTimer: Timer | undefined; // of what was perhaps written, and is looked at again
let verifications = 0; // how often it was

let heard = 0; // when the worker was heard of last
let lost: [command: Clicked, attempt: number][] = []; // what a stopped worker lost, in the order in which it was asked

const remove = (): void => {
  clearTimeout(drawingTimer);
  view.remove();
};

/** Sends again what was lost, in the order in which it was asked. */
const sendLost = (): void => {
  for (const [command, attempt] of lost.splice(0)) deliver(command, attempt);
};

/** Keeps what a stopped worker lost, and sends it again after a pause. */
const keepLost = (command: Clicked, attempt: number): void => {
  const pause = PAUSES[attempt];
  if (pause === undefined) return;
  lost.push([command, attempt + 1]);
  setTimeout(sendLost, pause);
};

const deliver = async (command: Clicked, attempt: number): Promise<void> => {
  let own = number; // none once it is given up for lost
  const sent = performance.now();
  // The browser may lose a message to a worker that it stops while it starts, and tells nobody.
  const silence = setTimeout(() => {
    if (own !== number || heard >= sent) return;
    own = -1;
    view.sayTrouble(SILENT);
    keepLost(command, attempt);
  }, SILENCE);
  try {
    const answer = await send({ number, ...command } as Command);
    heard = performance.now();
    if (own !== number) return;
    if (command.command === "Check") clearTimeout(answerTimer);
    if (answer?.type !== "broken") return;
    view.takeStyle(answer.css);
    view.sayTrouble(brokenTrouble(answer.error));
  } catch {
    if (own !== number) return;
    if (!runtime?.id) {
      // After an update of the extension what runs in this page is cut off from it for good.
      clearTimeout(answerTimer);
      return view.sayTrouble({ text: "Leastwise was updated. Reload the page.", command: "reload" });
    }
    const text = "The browser stopped Leastwise, and it has not come back yet.";
    if (attempt > 2) view.sayTrouble({ text });
    keepLost(command, attempt);
  } finally {
    clearTimeout(silence);
  }
};

/** What is asked later never overtakes what was lost: of two answers to one question, the last that was given stands. */
const ask = (command: Clicked): void => {
  sendLost();
  deliver(command, 0);
};

const check = (): void => {
  lastCheck = performance.now();
  clearTimeout(answerTimer);
  answerTimer = setTimeout(() => view.sayTrouble(SILENT, true), PATIENCE);
  ask({ command: "Check", url });
};

const look = (): void => {
  const now = location.href.split("#")[0] as string;
  if (now === url) return;
  url = now;
  lost = [];
  number = (crypto.getRandomValues(new Uint32Array(1))[0] as number) >>> 1;
  const found = recordAt(new URL(now));
  // One record's findings never stand over another, not even for a moment.
  if (found !== record) remove();
  clearTimeout(checkTimer);
  clearTimeout(answerTimer);
  if (found) checkTimer = setTimeout(check, lastCheck ? Math.max(STEADY, lastCheck + EVERY - performance.now()) : 0);
  // What the toolbar's button says of a record goes with it.
  else if (record) check();
  record = found;
};

const lookAgain = (): void => {
  url = "";
  look();
};

/** Draws the panel, and sees that what is to follow does. */
const draw = (drawing: Drawing): void => {
  const root = view.drawPanel(drawing);
  clearTimeout(drawingTimer);
  if (drawing.pending) drawingTimer = setTimeout(check, SILENCE);
  clearTimeout(verifyTimer);
  const entry = root.querySelector<HTMLElement>("[data-command=Verify]")?.dataset.entry;
  if (entry === undefined) verifications = 0;
  else if (verifications < VERIFY_AFTER.length) {
    verifyTimer = setTimeout(() => {
      verifications += 1;
      if (view.isThere()) ask({ command: "Verify", entry });
    }, VERIFY_AFTER[verifications]);
  }
};

const receive = (message: PushedMessage): void => {
  heard = performance.now();
  if (message.type === "openPanel") view.open(true);
  // A form in a frame is being edited, and the worker lost what was read for it.
  if (message.type === "checkAgain") lookAgain();
  else if (message.type === "parts" && message.number === number) view.drawPanelParts(message);
  else if (message.type === "drawing" && message.number === number) {
    clearTimeout(answerTimer);
    if (message.html) draw(message);
    else remove();
  }
};

const configure = (change: SettingChange): void => ask({ command: "Configure", change });

const dock = (): void => {
  const value = view.placed() === "docked" ? "floating" : "docked";
  view.change({ place: value });
  configure({ setting: "place", value });
};
view.whenResized((value) => configure({ setting: "width", value }));
view.whenFolded((open) => ask({ command: "Fold", open }));
addEventListener("resize", () => view.change({}));

view.whenClicked((clicked, button) => {
  switch (clicked.command) {
    case "open":
      return view.open(!view.isOpen());
    case "fold":
      return view.open(false);
    case "again":
      return lookAgain();
    case "reload":
      return location.reload();
    case "Place":
      clicked.corner = view.move();
      break;
    case "dock":
      return dock();
    case "OpenReview":
      break;
    default:
      markBusy(button);
  }
  // The window is shown, or this says again why not; nothing here is drawn anew.
  if (clicked.command === "ShowApproval")
    setTimeout(() => {
      button.ariaBusy = null;
    }, 500);
  if (clicked.command === "Close") view.drawHidden();
  ask(clicked);
});
runtime.onMessage.addListener((message: PushedMessage, _sender, respond: (isOpened: boolean) => void) => {
  receive(message);
  respond(view.isThere());
});
// The Navigation API's events reach a content script; where there is none, look twice a second while seen.
if (globalThis.navigation) navigation.addEventListener("currententrychange", look);
else {
  addEventListener("popstate", look);
  setInterval(() => document.hidden || look(), 500);
}
look();
