// What all surfaces share: putting the worker's markup in place, and reading which command a click stands for.
// It makes no markup of its own but for what the worker cannot say (that it does not answer), and takes no click that a script made.

import type { Command, Drawing, PanelParts } from "./protocol.ts";
import type { Unnumbered } from "./send.ts";

/** What is drawn into: a panel's shadow root, or an element of one of the extension's own pages. */
export type Root = ShadowRoot | HTMLElement;

/** What a button asks of the surface that it stands on, not of the worker. */
export type OwnAction = { command: "open" | "fold" | "dock" | "again" | "reload" | "csv" | "json" | "copy" };

/** What a button of the worker's markup can stand for. */
export type Clicked = Unnumbered | OwnAction;

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

/** The nodes that some markup stands for. */
export const parse = (html: string): NodeListOf<ChildNode> => new DOMParser().parseFromString(html, "text/html").body.childNodes;

/** Whether something else stands in a form control than the markup says. */
const isEntered = (control: Control): boolean => {
  const { checked, defaultChecked, type, value, defaultValue } = control as HTMLInputElement;
  return type === "checkbox" ? checked !== defaultChecked : value !== defaultValue;
};

/**
 * Replaces what `root` holds. What was open, in focus, entered or scrolled stays so, by its id. The focus goes to a preview
 * that is new.
 */
export const draw = (root: Root, { html, status }: Pick<Drawing, "html" | "status">): void => {
  const find = <T extends Element = HTMLElement>(id: string) => root.querySelector<T>(`[id="${id}"]`);
  const active = ("host" in root ? root : document).activeElement;
  const openIds = [...root.querySelectorAll("details[open]")].map(({ id }) => id);
  const entered = [...root.querySelectorAll<Control>("[name]")].filter(isEntered);
  const panelBefore = find("panel");
  const scroll = panelBefore?.scrollTop ?? 0;
  const stage = find("plan")?.dataset.stage;
  const hasFocus = active || !("host" in root);
  // The live region outlives each drawing: one that is replaced is not read out.
  let live = root.firstElementChild;
  if (!live) {
    live = document.createElement("p");
    live.role = "status";
  }
  root.replaceChildren(live, ...parse(html));
  live.textContent = status;
  for (const id of openIds) find(id)?.setAttribute("open", "");
  for (const before of entered as HTMLInputElement[]) {
    const control = find<HTMLInputElement>(before.id);
    if (control) [control.checked, control.value] = [before.checked, before.value];
  }
  const panel = find("panel");
  if (panel && panelBefore && !panelBefore.hidden) {
    panel.hidden = false;
    (find("chip") as HTMLElement).ariaExpanded = "true";
    panel.scrollTop = scroll;
  }
  if (active?.id) find(active.id)?.focus({ preventScroll: true });
  // A form that was not taken: to the first of its controls that is wrong.
  if (active?.ariaBusy) find(active.id)?.closest("fieldset")?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  const plan = find("plan");
  if (hasFocus && plan && plan.dataset.stage !== stage) find("plan-name")?.focus();
};

/** Has a screen reader say something: the live region is the first element of what is drawn. */
const announce = (root: Root, text: string): void => {
  if (root.firstElementChild) root.firstElementChild.textContent = text;
};

/** Replaces what stands in the elements that are named, and the chip's color: the rest of the panel stays as it is. */
export const drawParts = (root: ShadowRoot, { parts, tone, status }: PanelParts): void => {
  for (const [id, html] of Object.entries(parts)) root.getElementById(id)?.replaceChildren(...parse(html));
  const chip = root.getElementById("chip");
  if (chip) chip.className = `chip ${tone}`;
  announce(root, status);
};

/** Gives a style sheet's custom properties names that no page knows: a page may register a name, for its whole document. */
export const withPrivateNames = (css: string): string => css.replace(/--(?=[a-z])/g, `--${crypto.randomUUID()}-`);

/** A style sheet made here: the one way of styling that no page's policy and no browser refuses. */
export const styleSheet = (css: string): CSSStyleSheet => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  return sheet;
};

/** The button with a command that was clicked, unless a script clicked it. */
export const clickedButton = ({ isTrusted, target }: Event): HTMLElement | null =>
  isTrusted ? (target as Element).closest<HTMLElement>("[data-command]") : null;

/** What a button stands for: what its `data-` attributes say, with what the form controls hold that are ticked or filled in. */
export const commandOf = (root: Root, button: HTMLElement): Clicked => {
  // A button in a list of boxes is about those boxes alone.
  const scope = button.closest("fieldset") ?? root;
  const controls = [...scope.querySelectorAll<HTMLInputElement>("[name]")].filter(({ type, checked }) => checked || type !== "checkbox");
  const fields = controls.map(({ name, value }) => [name, value]);
  // The markup is the worker's own: each of its buttons names a command that there is.
  return { fields, ...button.dataset } as unknown as Clicked;
};

/** Shows at once that a click was taken, however long the answer takes: the next drawing takes this away. */
export const markBusy = (button: HTMLElement): void => {
  button.ariaBusy = "true";
};

/** What cannot be said by the worker, and what to do about it. */
export interface Trouble {
  text: string;
  /** What its button stands for; in a page it is to look again. */
  command?: (OwnAction | Command)["command"];
  /** The error's message, to copy. */
  error?: string;
}

/** That the worker's own code broke off, with the error's message; the next command finds it whole. */
export const brokenTrouble = (error: string, more?: Pick<Trouble, "command">): Trouble => ({
  text: "Leastwise had an error and stopped what it was doing. Nothing is lost: what was written is in its journal. If it happens again, please report this:",
  error,
  ...more,
});

const CHIP =
  '<button id="chip" aria-expanded="false" aria-controls="panel" data-command="open"><span class="hush">Leastwise: </span><span></span></button><section id="panel" class="panel" role="dialog" aria-label="Leastwise" tabindex="-1" hidden></section>';

/** Says what the worker cannot say, above what is drawn already. */
export const showTrouble = (root: Root, { text, command = "again", error }: Trouble): void => {
  if (!root.querySelector(".panel")) draw(root, { html: "host" in root ? CHIP : '<div class="panel"></div>', status: "" });
  root.querySelector(".trouble")?.remove();
  const note = document.createElement("div");
  note.className = "note trouble";
  const add = <K extends keyof HTMLElementTagNameMap>(kind: K, textContent: string, more?: Partial<HTMLElementTagNameMap[K]>) => {
    const element = Object.assign(document.createElement(kind), { textContent }, more);
    note.append(element);
    return element;
  };
  add("p", text);
  if (error) add("textarea", error, { readOnly: true, rows: 3, ariaLabel: "The error, to copy" });
  const name = command === "reload" ? "Reload the page" : "Try again";
  add("button", name, { id: "again-trouble" }).dataset.command = command;
  root.querySelector(".panel")?.prepend(note);
  const chip = root.querySelector("#chip");
  if (chip?.lastChild) {
    chip.className = "chip unknown";
    chip.lastChild.textContent = "stopped";
  }
  announce(root, text);
};
