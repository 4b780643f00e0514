// What the page and the popup share: putting the worker's markup in place, and reading what a click asks.
// It never makes markup of its own, and never takes a click that a script made for the user's.

// Replaces what `root` (a shadow root or an element) holds; what was open, in focus or scrolled stays so, by its id.
export const drawn = (root, { html, status }) => {
  const find = (id) => root.querySelector(`#${id}`);
  const focus = (root.activeElement ?? document.activeElement)?.id;
  const opened = [...root.querySelectorAll("details[open]")].map((details) => details.id);
  const was = find("panel");
  const scroll = was?.scrollTop;
  // The live region outlives each drawing: one that is replaced is not read out.
  let live = root.firstElementChild;
  if (!live) {
    live = document.createElement("p");
    live.role = "status";
  }
  root.replaceChildren(live, ...new DOMParser().parseFromString(html, "text/html").body.childNodes);
  live.textContent = status;
  for (const id of opened) find(id)?.setAttribute("open", "");
  if (was && !was.hidden) {
    find("panel").hidden = false;
    find("chip").ariaExpanded = true;
    find("panel").scrollTop = scroll;
  }
  if (focus) find(focus)?.focus({ preventScroll: true });
};

// The worker's style sheet: the one way of styling that no page's policy and no browser refuses.
export const sheet = ({ css }) => {
  const made = new CSSStyleSheet();
  made.replaceSync(css);
  return made;
};

// The message in the `data-` attributes of the button clicked, when it was really clicked.
export const wanted = (event) => {
  const button = event.isTrusted && event.target.closest("[data-ask]");
  return button ? { ...button.dataset } : undefined;
};
