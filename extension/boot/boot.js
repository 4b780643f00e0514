// The content script: tells the worker which page is open, draws the markup it answers, and passes on clicks.
// It never reads the page, the session or the org, holds no rule, and on any other page does nothing at all.

import { BROKEN, drawn, redrawn, sheet, taken, trouble, wanted } from "./draw.js";

const { runtime } = globalThis.browser ?? chrome;

// A cheap question with no false "no": the worker decides for certain. A user (005), a profile (00e; also while it is
// copied) or a permission set while it is edited (0PS), by a Classic path (at top level or in Lightning's `address`), or by a Lightning path of its own.
const CLASSIC =
  /^\/(?:(00[5e]\w{12}(?:\w{3})?)(?:\/e)?\/?(?:\?|$)|(0PS\w{12}(?:\w{3})?)\/e\/?(?:\?|$)|setup\/ui\/profileclone\.jsp\?(?:.*&)?id=(00e\w{12}))/i;
const LIGHTNING = /^\/lightning\/(?:r\/(?:User\/)?|setup\/[^/]+\/)(00[5e]\w{12}(?:\w{3})?)\/(?:view|edit|detail|summary)\/?$/i;

const record = ({ pathname, search, searchParams }) =>
  (/^\/lightning\/setup\/[^/]+\/page\/?$/.test(pathname)
    ? CLASSIC.exec(searchParams.get("address"))
    : (CLASSIC.exec(pathname + search) ?? LIGHTNING.exec(pathname))
  )
    ?.slice(1)
    .find(Boolean);

let url; // the address last looked at
let subject; // the record it shows
let number; // tells the answers for this address from late ones for another, also from before a reload
let host; // the panel's own element, when there is something to draw
let root;
let css; // of the last answer: what is said without the worker looks the same
let timer; // of the next question
let asked = -Infinity; // when the worker was asked last what is to be said of a page
let watch; // of a drawing that says that more is coming
let later; // of what was perhaps written, and is looked at again
let looks = 0; // how often it was

// Between an ask that came to nothing and the next, in milliseconds: the browser stops the worker at any moment, also twice.
const PAUSES = [0, 500, 2_000, 5_000, 10_000, 20_000];
// An address is asked about once it has stood so long, and one a second at most: a page may change it at every frame.
const STEADY = 250;
const EVERY = 1_000;
// Longer than the worker waits for an answer of the org: a drawing that was to be followed by another, and was not.
const SILENCE = 25_000;
// What was perhaps written may arrive for ten minutes: it is looked at again with growing pauses, and then when the page is.
const LATER = [20_000, 40_000, 80_000, 160_000, 320_000];

const remove = () => {
  clearTimeout(watch);
  host?.remove();
  host = root = undefined;
};

// What is said where the worker cannot. Where it never drew anything there is nothing to say.
const say = (words, ask, name, message) => {
  if (!css) return;
  make();
  trouble(root, words, ask, name, message);
};

const send = async (message, times = 0) => {
  const own = number;
  try {
    const answer = await runtime.sendMessage({ number, ...message });
    if (!answer?.broken || own !== number) return;
    css ??= answer.css;
    say(BROKEN, "again", "Try again", answer.broken);
  } catch {
    if (own !== number) return;
    // After an update of the extension what runs in this page is cut off from it for good.
    if (!runtime?.id) return say("Leastwise was updated. Reload the page.", "reload", "Reload the page");
    if (times > 2) say("The browser stopped Leastwise, and it has not come back yet.", "again", "Try again");
    if (times < PAUSES.length) setTimeout(() => own === number && send(message, times + 1), PAUSES[times]);
  }
};

const check = () => {
  asked = performance.now();
  send({ ask: "Check", url });
};

const look = () => {
  const now = location.href.split("#")[0];
  if (now === url) return;
  url = now;
  number = crypto.getRandomValues(new Uint32Array(1))[0] >>> 1;
  const id = record(new URL(url))?.slice(0, 15);
  // One record's findings never stand over another, not even for a moment.
  if (id !== subject) remove();
  subject = id;
  clearTimeout(timer);
  if (id) timer = setTimeout(check, asked < 0 ? 0 : Math.max(STEADY, asked + EVERY - performance.now()));
};

const again = () => {
  url = undefined;
  look();
};

const make = () => {
  if (!host) {
    // No custom element: a page may define those, whatever their name, and then reads a closed root by its ElementInternals.
    host = document.createElement("div");
    root = host.attachShadow({ mode: "closed" });
    root.adoptedStyleSheets = [sheet({ css })];
    root.addEventListener("click", click);
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && event.isTrusted && isOpen()) {
        event.stopPropagation();
        open(false);
      }
    });
    host.dataset.corner = CORNERS[0];
    addEventListener("pointerdown", outside, true);
    addEventListener("blur", outside);
  }
  // Outside <body>: the page replaces what is in it as it likes.
  if (!host.isConnected) document.documentElement.append(host);
};

const draw = (answer) => {
  // A form in a frame is being edited, and the worker lost what was read for it.
  if (answer.check) return again();
  if (answer.number !== number) return;
  if (answer.parts) return root && redrawn(root, answer);
  if (!answer.html) return remove();
  css = answer.css;
  make();
  host.dataset.corner = answer.corner;
  drawn(root, answer);
  clearTimeout(watch);
  if (answer.pending) watch = setTimeout(check, SILENCE);
  clearTimeout(later);
  const open = root.querySelector("[data-ask=Verify]");
  if (!open) looks = 0;
  else if (looks < LATER.length) later = setTimeout(() => (looks += 1) && host && send({ ask: "Verify", entry: open.dataset.entry }), LATER[looks]);
};

const at = (id) => root.getElementById(id);
const isOpen = () => !at("panel").hidden;
const show = (yes) => {
  at("chip").ariaExpanded = yes;
  at("panel").hidden = !yes;
};
const open = (yes) => {
  show(yes);
  at(yes ? "panel" : "chip").focus();
};

// Another extension's button or popup on this page (Salesforce Inspector's, for one: a frame of its own in an element of its
// own at the right edge) is not to be covered: when somebody turns to it, the panel folds. Not at any click on the page: who
// compares the page with what is said of it wants both. The focus stays where it went.
const FRAME = "iframe:is([src^='chrome-extension:'], [src^='moz-extension:'])";
const isOthers = (one) => one?.matches?.(`#insext, ${FRAME}`) || (one?.localName !== "html" && one?.localName !== "body" && one?.querySelector?.(`:scope > ${FRAME}`));
const outside = (event) => {
  const path = event.type === "blur" ? [document.activeElement] : event.composedPath();
  if (root && isOpen() && path.some(isOthers)) show(false);
};

const CORNERS = ["bottom-right", "bottom-left", "top-left", "top-right"];
const click = (event) => {
  const message = wanted(root, event);
  if (!message) return;
  if (message.ask === "open") return open(!isOpen());
  if (message.ask === "fold") return open(false);
  if (message.ask === "again") return again();
  if (message.ask === "reload") return location.reload();
  if (message.ask === "Place") {
    message.corner = host.dataset.corner = CORNERS[(CORNERS.indexOf(host.dataset.corner) + 1) % 4];
  } else taken(event);
  // The window is shown, or this says again why not; nothing here is drawn anew.
  if (message.ask === "ShowApproval") setTimeout(() => event.target.closest("[data-ask]")?.removeAttribute("aria-busy"), 500);
  if (message.ask === "Close") remove();
  send(message);
};

runtime.onMessage.addListener(draw);
// The Navigation API's events reach a content script; where there is none, look twice a second while seen.
if (globalThis.navigation) navigation.addEventListener("currententrychange", look);
else {
  addEventListener("popstate", look);
  setInterval(() => document.hidden || look(), 500);
}
look();
