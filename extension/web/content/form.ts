// The content script of edit pages: tells the worker what stands in the form, and draws beside its boxes what is answered.
// It never adds a field to the form, changes one by itself, or holds up a save that nobody chose to be asked about; it holds
// no rule.

import type { PushedMessage } from "../protocol.ts";
import { api, send } from "../send.ts";
import { SAVE } from "./boxes.ts";
import { Clicks } from "./clicks.ts";
import { FormFields } from "./form-fields.ts";
import { FormSender, type Judged } from "./form-sender.ts";
import { MarkerFix } from "./marker-fix.ts";
import { Markers } from "./markers.ts";
import { place } from "./place.ts";
import { SaveNote } from "./save-note.ts";

const EDITING = /^\/(?:(?:005|00e|0PS)\w{12}(?:\w{3})?\/e|setup\/ui\/profileclone\.jsp)\/?$/i;

/** Does something after what the page's own scripts do now: a timer of no time is late by a millisecond or two. */
const soon = (work: () => void): void => {
  if ("scheduler" in globalThis) scheduler.postTask(work, { priority: "user-blocking" });
  else setTimeout(work);
};

/** Sends a message that nothing waits for. */
const tell = (command: { command: "Submitted" | "SaveCheck" }): void => {
  send(command).catch(() => {});
};

const isSave = ({ target }: Event): boolean => !!(target as Element).closest?.(SAVE);

const start = (): void => {
  const form = new FormFields();
  const clicks = new Clicks(form);
  const fix = new MarkerFix(form, clicks);
  /** Scrolls to a box or field, and puts the focus there. */
  const showPlace = (at: number): void => {
    const field = form.at(at);
    field?.scrollIntoView({ block: "center" });
    field?.focus({ preventScroll: true });
  };
  const putBack = (): void => {
    fix.putBack();
    sender.send();
  };
  const note = new SaveNote({ showPlace, putBack });
  const markers = new Markers(form, fix, () => sender.send());
  const end = (): void => {
    markers.clear();
    note.remove();
  };
  const draw = (judged: Judged): void => {
    if (judged.markers) markers.draw(judged.markers);
    markers.drawDetails(judged.details);
    note.show(judged.note);
    rows.takeRecords(); // of its own doing
  };
  const sender = new FormSender(form, {
    clicks: () => clicks.all(),
    openPlaces: () => markers.openPlaces(),
    draw,
    end,
    showPlace,
    putBack,
  });

  /** Looks which boxes there are; rows may have been replaced. */
  const scan = (): void => {
    const isChanged = form.scan();
    // A copy that the page's own script made of a marker is none.
    const own = new Set<Element | undefined>([...markers.hosts(), ...note.hosts()]);
    for (const copy of document.querySelectorAll("[data-leastwise]")) if (!own.has(copy)) copy.remove();
    if (!isChanged) return;
    fix.forget();
    clicks.forget();
    markers.keepOnly((field) => field.isConnected);
    sender.describeAgain();
  };
  let due: ReturnType<typeof setTimeout> | undefined;
  const rows = new MutationObserver(() => {
    clearTimeout(due);
    due = setTimeout(scan, 100);
  });

  api.runtime.onMessage.addListener((message: PushedMessage) => sender.receive(message));
  // The page's own scripts tick boxes after a click without saying so: look at once, and again a little later.
  const sendState = (): void => {
    clicks.look();
    sender.send();
  };
  const look = ({ type, target, isTrusted }: Event): void => {
    if (type === "click") {
      if (target instanceof HTMLInputElement && target.type === "checkbox") clicks.begin(target, isTrusted);
      else if (isTrusted) clicks.settle();
    }
    soon(sendState);
    for (const ms of [60, 300]) setTimeout(sendState, ms);
  };
  for (const type of ["click", "change", "keyup"]) addEventListener(type, look, true);
  // A page that is left does not wait until a worker that was stopped is back: it is woken by whatever may lead to a save.
  const wake = (event: Event): void => {
    if (isSave(event)) tell({ command: "SaveCheck" });
  };
  for (const type of ["pointerdown", "keydown"]) addEventListener(type, wake, true);
  addEventListener("submit", ({ submitter }) => submitter?.matches(SAVE) && tell({ command: "Submitted" }), true);
  addEventListener(
    "click",
    (event) => {
      if (sender.isEnded || !note.holdsUp(event)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );
  addEventListener("resize", () => {
    markers.placeAgain();
    place(note.all());
  });
  rows.observe(document.body, { childList: true, subtree: true });
  scan();
};

if (EDITING.test(location.pathname)) start();
