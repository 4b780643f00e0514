// The content script of edit pages: tells the worker what stands in the form, and draws beside its boxes what is answered.
// It never adds a field to the form, changes one by itself, or holds up a save; it holds no rule.

import { SAVE, description, found, value } from "./boxes.js";
import { salted } from "./draw.js";
import { room } from "./room.js";

const { runtime } = globalThis.browser ?? chrome;

const EDITING = /^\/(?:(?:005|00e|0PS)\w{12}(?:\w{3})?\/e|setup\/ui\/profileclone\.jsp)\/?$/i;
// Colours on a light page and on a dark one: what the page itself declares (`color-scheme`), not what the system prefers, for
// Setup stays light on a dark system. A browser without light-dark() has the light ones, on a ground of their own.
const COLOURS = {
  ink: ["#1b1f24", "#f1f3f5"],
  paper: ["#fff", "#22272e"],
  on: ["#dfe8f5", "#2d4a6e"],
  line: ["#8a929c", "#768390"],
  button: ["#f5f6f8", "#373e47"],
  critical: ["#a8071a", "#ff9d9d"],
  high: ["#a63d00", "#ffb077"],
  medium: ["#7a5b00", "#e3b341"],
  low: ["#1f5aa6", "#8cc4ff"],
  info: ["#57606a", "#b4bcc4"],
};
const shades = (of) => `:host>*{${Object.entries(COLOURS).map(([name, two]) => `--${name}:${of(two)}`).join(";")}}`;
const SHADES = shades(([light]) => light) + `@supports (color:light-dark(#000,#fff)){${shades((two) => `light-dark(${two})`)}}`;
const CSS = `:host{all:initial!important;color-scheme:inherit!important;display:inline-block!important;position:relative!important;width:0!important;height:0!important;vertical-align:top!important;font-size:0!important}
:host([open]){display:block!important;width:auto!important;height:auto!important}
details,p.note{box-sizing:border-box;margin:0;position:absolute;top:0;font:11px/16px system-ui,sans-serif;text-align:start;color:var(--ink);background:var(--paper);border-inline-start:4px solid var(--t);border-radius:2px}
summary,span{padding:0 5px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
p.note{display:flex}p.note button{flex:none;margin:0;padding:0 4px}p.note [aria-pressed=true]{background:var(--on)}
summary{cursor:pointer;list-style:none}
summary::-webkit-details-marker{display:none}
summary:focus-visible,button:focus-visible{outline:2px solid var(--low);outline-offset:-2px}
b{color:var(--t)}
details[open]{position:static;margin:4px 0;max-width:none!important;border:1px solid var(--line);border-inline-start:4px solid var(--t)}
[open] summary{white-space:normal;font-weight:600}
div{padding:0 8px 6px;font-size:12px;line-height:1.45}
p,ul{margin:4px 0}ul{padding-inline-start:16px}
button{font:inherit;margin:2px 4px 2px 0;padding:2px 8px;color:inherit;background:var(--button);border:1px solid var(--info);border-radius:4px;cursor:pointer}
:host(:not([data-back])) [data-back]{display:none}
.critical{--t:var(--critical)}.high{--t:var(--high)}.medium{--t:var(--medium)}.low{--t:var(--low)}.info{--t:var(--info)}${SHADES}`;

let sheet;
let number = 0; // of the description last made
let boxes = []; // what it is of
let fields = [];
let told = ""; // the state last sent
let wait; // an answer is on its way
let late; // something was entered in the meantime
let note; // beside the save button
let before; // what stood in the form before a fix
let failures = 0;
let silence = 0; // how often nothing but the number came
let asks; // whether a save of something critical is asked about once: off, unless somebody wants it
let chosen; // what the worker says of it
let asked;
let watch; // sees that rows are replaced
let port; // to the worker, once something was entered
let over; // the extension was updated or removed
const shown = new Map(); // a box or field → its marker

const state = () => ({ on: boxes.map((box) => +box.checked).join(""), values: fields.map(value).join("") });
const element = (at) => boxes[at] ?? fields[at - boxes.length];
const opened = () => [...shown].filter(([, { details }]) => details.open).map(([of]) => (boxes.includes(of) ? boxes.indexOf(of) : boxes.length + fields.indexOf(of)));

const clear = () => {
  for (const { host } of shown.values()) host.remove();
  shown.clear();
  note?.host.remove();
  note = undefined;
};

/** Keeps the worker from being away when the form is saved: once something was entered, a port to it stays open. */
const hold = () => {
  if (port || over) return;
  try {
    port = runtime.connect({ name: "form" });
  } catch {
    return; // the extension is gone: the next message says so
  }
  port.onDisconnect.addListener(() => {
    void runtime.lastError; // looked at, or the browser complains of it in the page's console
    port = undefined;
    setTimeout(hold, 50);
  });
};

/** Sends what stands in the form, when it is not what was sent; one message at a time. */
const tell = async (form) => {
  if (over) return;
  const now = { ...state(), open: opened().join(" ") };
  const text = JSON.stringify(now);
  if (!form && text === told) return;
  if (!form && told) hold();
  if (wait) return void (late = true);
  wait = true;
  told = text;
  try {
    const answer = await runtime.sendMessage({ ask: "Edit", number, ...now, form: form && description(boxes, fields) });
    // Nothing at all: the worker broke off, and begins anew.
    if (!answer || answer.broken) throw answer;
    failures = 0;
    // A new worker, or one that forgot: it is told everything again.
    if (answer.again) form = late = true;
    else {
      form = false;
      draw(answer);
      // The facts are on their way. A worker that is stopped meanwhile forgets who waits for them: ask again, not for ever.
      if (Object.keys(answer).length === 1 && (silence += 1) < 16) {
        setTimeout(() => {
          if (!silence) return;
          told = "";
          tell();
        }, 500 << Math.min(silence, 2));
      }
    }
  } catch {
    if (!runtime?.id) {
      over = true;
      return clear();
    }
    // The worker was stopped in the middle, or is not there yet: again in a while, and not for ever.
    told = "";
    wait = false;
    if ((failures += 1) < 6) setTimeout(() => tell(form), 50 << failures);
    return;
  }
  wait = false;
  if (late) {
    late = false;
    tell(form);
  }
};

const make = (after, kind, of) => {
  // No custom element: a page may define those, whatever their name, and then reads a closed root by its ElementInternals.
  const host = document.createElement("span");
  host.dataset.leastwise = ""; // tells it from what the page's own script copied of it
  // In a form that numbers its tab stops the marker comes after its box all the same.
  if (of.tabIndex > 0) host.tabIndex = of.tabIndex;
  const root = host.attachShadow({ mode: "closed", delegatesFocus: of.tabIndex > 0 });
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(salted(CSS));
  }
  root.adoptedStyleSheets = [sheet];
  root.append(kind.cloneNode(true));
  return { host, root, body: root.firstChild, after };
};

/** What is the same in all: words are put in. */
const part = (name, ...inside) => {
  const made = document.createElement(name);
  made.append(...inside);
  return made;
};
const DETAILS = part("details", part("summary", part("b"), " "), part("div"));
const NOTE = part("p", part("span"));

const marker = (of) => {
  // Inside a label a click on the marker would be one on the box; between a box and its label it would part them.
  let after = of.closest("label") ?? of;
  while (after.nextElementSibling?.localName === "label") after = after.nextElementSibling;
  const made = make(after, DETAILS, of);
  made.details = made.body;
  [made.summary, made.more] = made.body.children;
  made.body.addEventListener("toggle", () => {
    made.host.toggleAttribute("open", made.body.open);
    tell();
  });
  made.root.addEventListener("click", (event) => {
    // Not a click on the page: its scripts look at rows too.
    event.stopPropagation();
    const button = event.isTrusted && event.target.closest("button");
    if (!button) return;
    if ("back" in button.dataset) back();
    else {
      before ??= { boxes: boxes.map((box) => box.checked), fields: fields.map((field) => field.value) };
      if (button.dataset.click) element(+button.dataset.click)?.click();
      for (const [at, text] of JSON.parse(button.dataset.enter ?? "[]")) enter(element(at), text);
    }
    for (const { host } of shown.values()) host.toggleAttribute("data-back", Boolean(before));
    tell();
  });
  return made;
};

const enter = (field, text) => {
  if (!field || field.value === text) return;
  field.value = text;
  for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
};

/** Takes a fix back, as clicks by hand would: what follows a click is clicked back too. */
const back = () => {
  for (let round = 0; round < 3; round += 1) {
    boxes.forEach((box, at) => box.checked !== before.boxes[at] && !box.disabled && box.click());
  }
  fields.forEach((field, at) => enter(field, before.fields[at]));
  before = undefined;
};

/** Puts markers where there is room for them. */
const place = (all) => {
  const rtl = all.length && getComputedStyle(all[0].after.parentElement).direction === "rtl";
  const rooms = all.map(({ after }) => room(after, rtl));
  all.forEach(({ body }, at) => {
    const [from, width] = rooms[at];
    body.style.insetInlineStart = `${from}px`;
    body.style.maxWidth = `${width}px`;
  });
};

const draw = (answer) => {
  if (answer.over) {
    over = true;
    return clear();
  }
  if (answer.number !== number || over) return;
  if (Object.keys(answer).length > 1) silence = 0;
  if (answer.markers) {
    const made = [];
    const kept = new Set();
    for (const [at, severity, words] of answer.markers) {
      const of = element(at);
      if (!of?.isConnected) continue;
      kept.add(of);
      let own = shown.get(of);
      if (!own) shown.set(of, (own = marker(of)));
      if (!own.host.isConnected) made.push(own);
      if (own.words === severity + words) continue; // most markers are as they were
      own.words = severity + words;
      own.body.className = severity;
      own.summary.firstChild.textContent = severity;
      own.summary.lastChild.data = ` ${words}`;
      own.summary.title = words;
    }
    for (const [of, { host }] of shown) {
      if (kept.has(of)) continue;
      host.remove();
      shown.delete(of);
    }
    // Looked at before anything is put in: the page's layout is worked out once.
    place(made);
    for (const own of made) own.after.after(own.host);
  }
  for (const [at, html] of Object.entries(answer.details ?? {})) {
    const own = shown.get(element(at));
    if (!own) continue;
    own.more.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
    // What the page keeps as it is cannot be clicked, and what a choice does not offer not chosen.
    for (const button of own.more.querySelectorAll("[data-click],[data-enter]")) {
      const { click, enter = "[]" } = button.dataset;
      const lacks = ([at, text]) => element(at)?.options && ![...element(at).options].some((one) => one.value === text);
      if (element(+click)?.disabled || JSON.parse(enter).some(lacks)) button.remove();
    }
  }
  if (answer.note !== undefined) say(answer.note);
  watch.takeRecords(); // of its own doing
};

/** The one thing that can hold up a save, once, and only where somebody chose it. */
const choice = async (body) => {
  chosen ??= runtime.sendMessage({ ask: "SaveCheck" }).catch(() => undefined);
  const said = await chosen;
  // Not known: nothing is asked, and nothing to be chosen.
  if (!said) return void (chosen = undefined);
  asks ??= said.on;
  if (said.decided) return;
  const button = part("button", "Ask once");
  button.type = "button";
  button.title = "Ask once before a save of something critical";
  button.ariaPressed = Boolean(asks);
  button.addEventListener("click", (event) => {
    if (!event.isTrusted) return;
    button.ariaPressed = asks = !asks;
    runtime.sendMessage({ ask: "SaveCheck", on: asks }).catch(() => {});
  });
  body.append(button);
};

/** The quiet note beside the save button. */
const say = (text) => {
  if (!text) {
    note?.host.remove();
    note = asked = undefined;
    return;
  }
  const last = document.querySelector(SAVE)?.parentElement?.lastElementChild;
  if (!note?.host.isConnected) {
    if (!last) return;
    note = make(last, NOTE, last);
    note.body.className = "note critical";
    note.body.role = "note";
    note.words = note.body.firstChild;
    choice(note.body);
    place([note]);
    last.after(note.host);
  }
  note.words.textContent = asked ? `${text} – save again to go ahead.` : text;
};

/** Looks which boxes there are; rows may have been replaced. */
const scan = () => {
  const [nowBoxes, nowFields] = found();
  const same = (a, b) => a.length === b.length && a.every((one, at) => one === b[at]);
  // A copy that the page's own script made of a marker is none.
  const own = new Set([...shown.values(), note].map((one) => one?.host));
  for (const one of document.querySelectorAll("[data-leastwise]")) own.has(one) || one.remove();
  if (same(nowBoxes, boxes) && same(nowFields, fields)) return;
  [boxes, fields] = [nowBoxes, nowFields];
  number = (crypto.getRandomValues(new Uint32Array(1))[0] >>> 1) | 1;
  before = undefined;
  for (const [of, { host }] of shown) {
    if (of.isConnected) continue;
    host.remove();
    shown.delete(of);
  }
  if (wait) late = true; // the answer is for another description: it asks again
  tell(true);
};

/** Does something after what the page's own scripts do now: a timer of no time is late by a millisecond or two. */
const soon = (work) => (globalThis.scheduler?.postTask ? scheduler.postTask(work, { priority: "user-blocking" }) : setTimeout(work));

if (EDITING.test(location.pathname)) {
  runtime.onMessage.addListener((message) => draw(message));
  // The page's own scripts tick boxes after a click without saying so: look at once, and again a little later.
  const later = () => {
    soon(tell);
    for (const ms of [60, 300]) setTimeout(tell, ms);
  };
  for (const type of ["click", "change", "keyup"]) addEventListener(type, later, true);
  // A page that is left does not wait until a worker that was stopped is back: it is woken by whatever may lead to a save.
  const wake = ({ target }) => target.closest?.(SAVE) && runtime.sendMessage({ ask: "SaveCheck" }).catch(() => {});
  for (const type of ["pointerdown", "keydown"]) addEventListener(type, wake, true);
  addEventListener("submit", ({ submitter }) => submitter?.matches(SAVE) && runtime.sendMessage({ ask: "Submitted" }).catch(() => {}), true);
  addEventListener(
    "click",
    (event) => {
      if (!asks || asked || over || !note?.host.isConnected || !event.target.closest?.(SAVE)) return;
      asked = true;
      event.preventDefault();
      event.stopImmediatePropagation();
      say(note.words.textContent);
    },
    true,
  );
  addEventListener("resize", () => place([...shown.values(), ...(note ? [note] : [])]));
  let due;
  watch = new MutationObserver(() => {
    clearTimeout(due);
    due = setTimeout(scan, 100);
  });
  watch.observe(document.body, { childList: true, subtree: true });
  scan();
}
