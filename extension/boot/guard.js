// What stands before an approval in the extension's own pages: the button counts only once its window has been in front, and
// what it approves has stood there unchanged, for half a second. A double click, a key that is held down, or a window that
// came up under the pointer approves nothing.
// It never runs in a Salesforce page: there is nothing there that approves.

const PAUSE = 500; // milliseconds

let root;
let since; // when it was in front and unchanged first; none when it is not in front
let token;

const isInFront = () => document.visibilityState === "visible" && document.hasFocus();
// More than one where there is a choice; all of them are for the same preview.
const buttons = () => [...root.querySelectorAll("[data-guard]")];
const isReady = () => since !== undefined && isInFront() && performance.now() - since >= PAUSE;

const mark = () => buttons().forEach((button) => button.setAttribute("aria-disabled", String(!isReady())));

const begin = () => {
  since = isInFront() ? performance.now() : undefined;
  mark();
  setTimeout(mark, PAUSE + 20);
};

/** Watches over the button that approves in `main`, whichever is drawn there. */
export const watch = (main) => {
  root = main;
  for (const type of ["focus", "blur", "pageshow"]) addEventListener(type, begin);
  document.addEventListener("visibilitychange", begin);
  begin();
};

/** After a drawing: another preview is another thing to look at. */
export const redrew = () => {
  const now = buttons()[0]?.dataset.token;
  if (now === token) return mark();
  token = now;
  begin();
};

/** Whether a click may be taken; one that comes too early is answered in words. */
export const mayPass = ({ target }) => {
  const own = target.closest("[data-guard]");
  if (!own || (buttons().includes(own) && isReady())) return true;
  // Shown by the style sheet, and read out.
  own.dataset.guard = root.firstElementChild.textContent = "Not yet. Look at what will change first, then click again.";
  return false;
};
