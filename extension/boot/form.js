// The content script of edit pages: tells the worker what stands in the form, and draws beside its boxes what is answered.
// It never adds a field to the form, changes one by itself, or holds up a save; it holds no rule.

const { runtime, storage } = globalThis.browser ?? chrome;

const EDITING = /^\/(?:(?:005|00e|0PS)\w{12}(?:\w{3})?\/e|setup\/ui\/profileclone\.jsp)\/?$/i;
const SAVE = '[id$=":button_pc_save"],input[name="save"]';
const CSS = `:host{all:initial!important;display:inline-block!important;position:relative!important;width:0!important;height:0!important;vertical-align:top!important;font-size:0!important}
:host([open]){display:block!important;width:auto!important;height:auto!important}
details,p.note{box-sizing:border-box;margin:0;position:absolute;top:0;inset-inline-start:4px;font:11px/16px system-ui,sans-serif;text-align:start;color:#1b1f24;background:#fff;border-inline-start:4px solid var(--t);border-radius:2px}
summary,span{padding:0 5px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
p.note{display:flex}p.note button{flex:none;margin:0;padding:0 4px}[aria-pressed=true]{background:#dfe8f5}
summary{cursor:pointer;list-style:none}
summary::-webkit-details-marker{display:none}
summary:focus-visible,button:focus-visible{outline:2px solid #0b5cad;outline-offset:-2px}
b{color:var(--t)}
details[open]{position:static;margin:4px 0;max-width:none!important;border:1px solid #8a929c;border-inline-start:4px solid var(--t)}
[open] summary{white-space:normal;font-weight:600}
div{padding:0 8px 6px;font-size:12px;line-height:1.45}
p,ul{margin:4px 0}ul{padding-inline-start:16px}
button{font:inherit;margin:2px 4px 2px 0;padding:2px 8px;color:#1b1f24;background:#f5f6f8;border:1px solid #57606a;border-radius:4px;cursor:pointer}
:host(:not([data-back])) [data-back]{display:none}
.critical{--t:#a8071a}.high{--t:#a63d00}.medium{--t:#7a5b00}.low{--t:#1f5aa6}.info{--t:#57606a}`;

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
let isLocked; // by a policy
let asked;
let over; // the extension was updated or removed
const shown = new Map(); // a box or field → its marker

const clean = (text) => String(text ?? "").replace(/\s+/g, " ").trim();

/** What the form has, as the worker reads it. Labels are looked up at once: each box's own list costs a walk. */
const description = () => {
  const labels = new Map();
  for (const label of document.querySelectorAll("label[for]")) {
    labels.set(label.htmlFor, labels.has(label.htmlFor) ? null : clean(label.textContent));
  }
  const labelled = (box) => {
    // An id with two labels has none.
    if (box.id && labels.has(box.id)) return labels.get(box.id) ?? "";
    const around = box.closest("label");
    if (around) return clean(around.textContent);
    for (let cell = box.closest("td,th")?.previousElementSibling; cell; cell = cell.previousElementSibling) {
      if (cell.querySelector("input,select")) break;
      const text = clean(cell.textContent);
      if (text) return text;
    }
    return clean(box.ariaLabel);
  };
  const table = (box) => {
    const cell = box.closest(".crudCol,.marvarCol");
    const cells = cell ? [...cell.closest("tr").querySelectorAll(".crudCol,.marvarCol")] : [];
    return cells.length === 6 ? cells.indexOf(cell) : null;
  };
  const one = (box) => {
    const called = /handleClick\([^,]+,\s*'([^']*)'(?:,\s*'([^']*)')?/.exec(box.getAttribute("onclick"));
    const names = [box.title, box.name, box.id, called?.[2]].filter(Boolean);
    return line(box.id, labelled(box), called?.[1], table(box), box.defaultChecked ? 1 : 0, ...names);
  };
  const object = new URLSearchParams(location.search).get("o") ?? "";
  return [boxes.map(one).join(""), fields.map((field) => field.id + "\t" + value(field)).join(""), object];
};

/** Texts in a line, with tabs between. */
const line = (...parts) => `${parts.map(clean).join("\t")}\n`;
const value = (field) => line(field.value, field.selectedOptions?.[0]?.text);
const state = () => ({ on: boxes.map((box) => +box.checked).join(""), values: fields.map(value).join("") });
const element = (at) => boxes[at] ?? fields[at - boxes.length];
const opened = () => [...shown].filter(([, { details }]) => details.open).map(([of]) => (boxes.includes(of) ? boxes.indexOf(of) : boxes.length + fields.indexOf(of)));

const clear = () => {
  for (const { host } of shown.values()) host.remove();
  shown.clear();
  note?.host.remove();
  note = undefined;
};

/** Sends what stands in the form, when it is not what was sent; one message at a time. */
const tell = async (form, saving) => {
  if (over) return;
  const now = { ...state(), open: opened().join(" ") };
  const text = JSON.stringify(now);
  if (!form && !saving && text === told) return;
  if (wait && !saving) return void (late = true);
  wait = true;
  told = text;
  try {
    const answer = await runtime.sendMessage({ ask: "Edit", number, ...now, saving, form: form && description() });
    failures = 0;
    // A new worker, or one that forgot: it is told everything again.
    if (answer?.again) form = late = true;
    else {
      form = false;
      draw(answer);
      // The facts are on their way. A worker that is stopped meanwhile forgets who waits for them: ask again, not for ever.
      if (answer && Object.keys(answer).length === 1 && (silence += 1) < 6) {
        setTimeout(() => {
          if (!silence) return;
          told = "";
          tell();
        }, 500 << silence);
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

const make = (after, kind) => {
  const host = document.createElement("leastwise-marker");
  const root = host.attachShadow({ mode: "closed" });
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
  }
  root.adoptedStyleSheets = [sheet];
  const body = document.createElement(kind);
  root.append(body);
  return { host, root, body, after };
};

const marker = (of) => {
  // Inside a label a click on the marker would be one on the box.
  const made = make(of.closest("label") ?? of, "details");
  made.details = made.body;
  made.summary = document.createElement("summary");
  made.more = document.createElement("div");
  made.body.append(made.summary, made.more);
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

/** How far a marker may reach without covering anything: to the end of its cell. */
const place = (all) => {
  const rtl = all.length && getComputedStyle(all[0].after.parentElement).direction === "rtl";
  const ends = all.map(({ after }) => {
    const cell = (after.closest("td,th") ?? after.parentElement).getBoundingClientRect();
    const own = after.getBoundingClientRect();
    return Math.max(20, (rtl ? own.left - cell.left : cell.right - own.right) - 8);
  });
  all.forEach(({ body }, at) => (body.style.maxWidth = `${ends[at]}px`));
};

const draw = (answer) => {
  if (answer?.number !== number || over) return;
  if (answer.over) {
    over = true;
    return clear();
  }
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
      own.body.className = severity;
      const strong = document.createElement("b");
      strong.textContent = severity;
      own.summary.replaceChildren(strong, ` ${words}`);
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
    own?.more.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
  }
  if (answer.note !== undefined) say(answer.note);
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
    note = make(last, "p");
    note.body.className = "note critical";
    note.body.role = "note";
    note.words = document.createElement("span");
    note.body.append(note.words);
    if (!isLocked) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = "Ask once";
      button.title = "Ask once before a save of something critical";
      button.ariaPressed = Boolean(asks);
      button.addEventListener("click", (event) => {
        if (!event.isTrusted) return;
        button.ariaPressed = asks = !asks;
        storage.local.set({ askBeforeSave: asks });
      });
      note.body.append(button);
    }
    place([note]);
    last.after(note.host);
  }
  note.words.textContent = asked ? `${text} – save again to go ahead.` : text;
};

/** Looks which boxes there are; rows may have been replaced. */
const scan = () => {
  const all = [...document.querySelectorAll("form input, form select")];
  const nowBoxes = all.filter((input) => input.type === "checkbox");
  const nowFields = all.filter((input) => input.type === "text" || input.localName === "select");
  const same = (a, b) => a.length === b.length && a.every((one, at) => one === b[at]);
  if (number && same(nowBoxes, boxes) && same(nowFields, fields)) return;
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

if (EDITING.test(location.pathname) && document.querySelector("form")) {
  runtime.onMessage.addListener((message) => draw(message));
  // The page's own scripts tick boxes after a click without saying so: look at once, and again a little later.
  const later = () => [0, 60, 300].forEach((ms) => setTimeout(tell, ms));
  for (const type of ["click", "change", "keyup"]) addEventListener(type, later, true);
  addEventListener("submit", ({ submitter }) => submitter?.matches(SAVE) && tell(false, true), true);
  // The one thing that can hold up a save, once, and only where somebody chose it.
  const chosen = (area) => storage[area].get("askBeforeSave").then((all) => all.askBeforeSave).catch(() => undefined);
  Promise.all([chosen("managed"), chosen("local")]).then(([policy, own]) => {
    isLocked = policy !== undefined;
    asks = policy ?? own;
  });
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
  new MutationObserver(() => {
    clearTimeout(due);
    due = setTimeout(scan, 100);
  }).observe(document.body, { childList: true, subtree: true });
  scan();
}
