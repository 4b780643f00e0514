// What the page and the extension's own pages share: putting the worker's markup in place, and reading what a click asks.
// It never makes markup of its own, but for what the worker cannot say: that it does not answer. It never takes a click that a script made for the user's.

// Replaces what `root` (a shadow root or an element) holds; what was open, in focus, entered or scrolled stays so, by its
// id. A new preview is gone to.
export const drawn = (root, { html, status }) => {
  const find = (id) => root.querySelector(`[id="${id}"]`);
  const focus = (root.activeElement ?? document.activeElement)?.id;
  const opened = [...root.querySelectorAll("details[open]")].map((details) => details.id);
  const entered = [...root.querySelectorAll("[name]")].filter(isEntered);
  const was = find("panel");
  const scroll = was?.scrollTop;
  const stage = find("plan")?.dataset.stage;
  const isOurs = !root.host || root.activeElement;
  // The live region outlives each drawing: one that is replaced is not read out.
  let live = root.firstElementChild;
  if (!live) {
    live = document.createElement("p");
    live.role = "status";
  }
  root.replaceChildren(live, ...new DOMParser().parseFromString(html, "text/html").body.childNodes);
  live.textContent = status;
  for (const id of opened) find(id)?.setAttribute("open", "");
  for (const { id, checked, value } of entered) {
    const control = find(id);
    if (control) [control.checked, control.value] = [checked, value];
  }
  if (was && !was.hidden) {
    find("panel").hidden = false;
    find("chip").ariaExpanded = true;
    find("panel").scrollTop = scroll;
  }
  if (focus) find(focus)?.focus({ preventScroll: true });
  if (isOurs && find("plan") && find("plan").dataset.stage !== stage) find("plan-name").focus();
};

const isEntered = ({ type, value, checked, defaultValue, defaultChecked }) =>
  type === "checkbox" ? checked !== defaultChecked : value !== defaultValue;

// Replaces what stands in the elements named, and the chip's colour: the rest of the panel stays.
export const redrawn = (root, { parts, tone, status }) => {
  for (const [id, html] of Object.entries(parts)) {
    root.getElementById(id)?.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.childNodes);
  }
  root.getElementById("chip").className = `chip ${tone}`;
  root.firstElementChild.textContent = status;
};

// The worker's style sheet: the one way of styling that no page's policy and no browser refuses. In a page its custom
// properties have names that nobody there knows: a page may register a name as it likes, for the whole document.
export const sheet = ({ css }, isOwnPage) => {
  const made = new CSSStyleSheet();
  made.replaceSync(isOwnPage ? css : salted(css));
  return made;
};

export const salted = (css) => css.replace(/--(?=[a-z])/g, `--${crypto.randomUUID()}-`);

// The message in the `data-` attributes of the button clicked, when it was really clicked, with what the form controls
// hold that are ticked or filled in.
export const wanted = (root, event) => {
  const button = event.isTrusted && event.target.closest("[data-ask]");
  if (!button) return;
  const controls = [...root.querySelectorAll("[name]")].filter(({ type, checked }) => checked || type !== "checkbox");
  return { fields: controls.map(({ name, value }) => [name, value]), ...button.dataset };
};

// Shows at once that a click was taken, however long the answer takes: its drawing takes this away.
export const taken = ({ target }) => (target.closest("[data-ask]").ariaBusy = true);

/** Said when the worker's own code broke off; the next ask finds it whole. */
export const BROKEN = "Leastwise had an error and stopped what it was doing. Nothing is lost: what was written is in its journal. If it happens again, please report this:";

/** Says what the worker cannot, over what is drawn already, with a button that asks for `ask`, and a message to copy. */
export const trouble = (root, words, ask, name, message) => {
  const add = (to, kind, text = "", more = {}) => {
    const one = Object.assign(document.createElement(kind), { textContent: text }, more);
    to.append(one);
    return one;
  };
  if (!root.querySelector(".panel")) {
    const html = root.host
      ? '<button id="chip" type="button" aria-expanded="false" aria-controls="panel" data-ask="open"><span class="hush">Leastwise: </span><span></span></button><section id="panel" class="panel" role="dialog" aria-label="Leastwise" tabindex="-1" hidden></section>'
      : '<div class="panel"></div>';
    drawn(root, { html, status: "" });
  }
  root.querySelector(".trouble")?.remove();
  const note = document.createElement("div");
  note.className = "note trouble";
  add(note, "p", words);
  if (message) add(note, "textarea", message, { readOnly: true, rows: 3, ariaLabel: "The error, to copy" });
  add(note, "button", name, { type: "button", id: "again-trouble" }).dataset.ask = ask;
  root.querySelector(".panel").prepend(note);
  const chip = root.querySelector("#chip");
  if (chip) {
    chip.className = "chip unknown";
    chip.lastChild.textContent = "stopped";
  }
  root.firstElementChild.textContent = `Leastwise: ${words}`;
};
