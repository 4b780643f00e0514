// The content script: tells the worker which page is open, draws the markup it answers, and passes on clicks.
// It never reads the page, the session or the org, holds no rule, and on any other page does nothing at all.

import { drawn, redrawn, sheet, taken, wanted } from "./draw.js";

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

const remove = () => {
  host?.remove();
  host = root = undefined;
};

// The worker may be stopped at any moment: ask again once. After an update of the extension it is gone for good.
const send = async (message, again = true) => {
  const own = number;
  try {
    await runtime.sendMessage({ number, ...message });
  } catch {
    if (!runtime?.id) remove();
    else if (again && own === number) send(message, false);
  }
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
  if (id) send({ ask: "Check", url });
};

const draw = (answer) => {
  // A form in a frame is being edited, and the worker lost what was read for it.
  if (answer.check) {
    url = undefined;
    return look();
  }
  if (answer.number !== number) return;
  if (answer.parts) return root && redrawn(root, answer);
  if (!answer.html) return remove();
  if (!host) {
    // No custom element: a page may define those, whatever their name, and then reads a closed root by its ElementInternals.
    host = document.createElement("div");
    root = host.attachShadow({ mode: "closed" });
    root.adoptedStyleSheets = [sheet(answer)];
    root.addEventListener("click", click);
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && event.isTrusted && isOpen()) {
        event.stopPropagation();
        open(false);
      }
    });
  }
  // Outside <body>: the page replaces what is in it as it likes.
  if (!host.isConnected) document.documentElement.append(host);
  host.dataset.corner = answer.corner;
  drawn(root, answer);
};

const at = (id) => root.getElementById(id);
const isOpen = () => !at("panel").hidden;
const open = (yes) => {
  at("chip").ariaExpanded = yes;
  at("panel").hidden = !yes;
  at(yes ? "panel" : "chip").focus();
};

const CORNERS = ["bottom-right", "bottom-left", "top-left", "top-right"];
const click = (event) => {
  const message = wanted(root, event);
  if (!message) return;
  if (message.ask === "open") return open(!isOpen());
  if (message.ask === "fold") return open(false);
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
