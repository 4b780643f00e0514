// The panel's keys: arrows between its rows, "/" to filter, Escape back and then away.
// It never acts on a key that a script pressed, nor on one that is typed into a field.

const visible = (element: HTMLElement): boolean => element.checkVisibility?.({ checkVisibilityCSS: true }) ?? true;

/** Moves the focus to the next row, or the one before. */
const step = (root: ShadowRoot, by: 1 | -1): void => {
  const rows = [...root.querySelectorAll<HTMLElement>("#panel summary, #panel .remedy button")].filter(visible);
  const at = rows.indexOf(root.activeElement as HTMLElement);
  rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : (at + by + rows.length) % rows.length]?.focus();
};

/** Hides the rows that the text is not in, and opens what is left; without a text all is as it was. */
const filter = (root: ShadowRoot, text: string): void => {
  const wanted = text.trim().toLowerCase();
  for (const row of root.querySelectorAll<HTMLElement>(".area, .check, .items > li, .parts > li")) {
    row.toggleAttribute("data-filtered", !!wanted && !row.textContent?.toLowerCase().includes(wanted));
  }
  if (!wanted) return;
  for (const fold of root.querySelectorAll<HTMLDetailsElement>(".area:not([data-filtered]), .check:not([data-filtered]) > details"))
    fold.open = true;
};

const showFilter = (root: ShadowRoot, isShown: boolean): void => {
  const [bar, field] = [root.getElementById("filter"), root.querySelector<HTMLInputElement>("#filter-text")];
  if (!bar || !field) return;
  bar.hidden = !isShown;
  if (isShown) {
    field.focus();
    return;
  }
  field.value = "";
  filter(root, "");
  root.getElementById("panel")?.focus();
};

/** Whether Escape had something to go back from: a menu, the filter, a preview. */
const goBack = (root: ShadowRoot): boolean => {
  const menu = root.querySelector<HTMLDetailsElement>("#menu[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector<HTMLElement>("summary")?.focus();
    return true;
  }
  if (root.getElementById("filter")?.hidden === false) {
    showFilter(root, false);
    return true;
  }
  return false;
};

/** Listens for the panel's keys; `back` leaves a preview, if there is one to leave, and `close` folds the panel. */
export const listen = (root: ShadowRoot, back: () => boolean, close: () => void): void => {
  root.addEventListener("input", ({ target }) => {
    if ((target as Element).id === "filter-text") filter(root, (target as HTMLInputElement).value);
  });
  root.addEventListener("keydown", (event) => {
    const { key, isTrusted, target, ctrlKey, altKey, metaKey } = event as KeyboardEvent;
    if (!isTrusted || ctrlKey || altKey || metaKey || root.getElementById("panel")?.hidden !== false) return;
    const isTyped = (target as Element).matches("input:not([type=checkbox]), textarea, select");
    if (key === "Escape") {
      if (!goBack(root) && !back()) close();
    } else if (!isTyped && key === "/" && root.getElementById("findings")) showFilter(root, true);
    else if (!isTyped && (key === "ArrowDown" || key === "j")) step(root, 1);
    else if (!isTyped && (key === "ArrowUp" || key === "k")) step(root, -1);
    else return;
    event.stopPropagation();
    event.preventDefault();
  });
};
