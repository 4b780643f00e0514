// The panel's own element in the page: makes it, draws into it, opens and folds it, moves it from corner to corner.
// It never reads the page, but for where the focus goes and what is clicked outside of it.

import {
  type Clicked,
  clickedButton,
  commandOf,
  draw,
  drawParts,
  showTrouble,
  styleSheet,
  type Trouble,
  withPrivateNames,
} from "../draw.ts";
import type { Corner, Drawing, PanelParts, Settings } from "../protocol.ts";
import { arrange, makeRoom, resizable } from "./dock.ts";
import * as keyboard from "./keyboard.ts";

const CORNERS: Corner[] = ["bottom-right", "bottom-left", "top-left", "top-right"];

/** How the panel looks when the worker never sent its style sheet. */
const PLAIN =
  ":host{all:initial!important;position:fixed!important;inset:auto 12px 12px auto!important;z-index:2147483647!important;padding:8px!important;background:#fff!important}*{font:14px system-ui;color:#000}p[role]{position:fixed;left:-99in}";

let root: ShadowRoot | undefined; // of the panel in the page, when there is something to draw
let css: string | undefined; // of the last drawing: what is said without the worker looks the same
let settings: Settings | undefined; // those of the last drawing, with what was chosen here since
let chosen: Partial<Settings> = {}; // here, until a drawing has it too
let onClick: (clicked: Clicked, button: HTMLElement) => void;
let onFold: (isOpen: boolean) => void;
let onResize: (width: number) => void;

/** What is called for each click on a button of the panel. */
export const whenClicked = (call: typeof onClick): void => {
  onClick = call;
};

/** What is called when somebody opens or folds the panel, and when they drew it wider or narrower. */
export const whenFolded = (call: typeof onFold): void => {
  onFold = call;
};
export const whenResized = (call: typeof onResize): void => {
  onResize = call;
};

const find = (id: string): HTMLElement | null | undefined => root?.getElementById(id);

export const isOpen = (): boolean => find("panel")?.hidden === false;

const show = (isShown: boolean): void => {
  const [panel, chip] = [find("panel"), find("chip")];
  if (!panel || !chip) return;
  chip.ariaExpanded = `${isShown}`;
  panel.hidden = !isShown;
  place();
};

/** Puts the panel where the settings say. */
const place = (): void => {
  if (root && settings) arrange(root, settings, isOpen());
};

/** Takes a setting of the panel's place, before the worker has it. */
export const change = (more: Partial<Settings>): void => {
  if (!settings) return;
  chosen = { ...chosen, ...more };
  settings = { ...settings, ...more };
  place();
};

/** Where the panel stands, as it was chosen. */
export const placed = (): Settings["place"] | undefined => settings?.place;

/** Opens or folds the panel, and moves the focus there. */
export const open = (isOpened: boolean): void => {
  show(isOpened);
  onFold(isOpened);
  find(isOpened ? "panel" : "chip")?.focus();
};

/** Whether there is a panel in the page. */
export const isThere = (): boolean => !!root;

/** Takes the panel out of the page. */
export const remove = (): void => {
  root?.host.remove();
  root = undefined;
  makeRoom(0);
};

/** Takes the worker's style sheet. What was drawn without it looks otherwise, and goes. */
export const takeStyle = (style: string): void => {
  if (!css) remove();
  css = style;
};

// Another extension's button or popup on this page (Salesforce Inspector's, for one: a frame of its own in an element of its
// own at the right edge) is not to be covered: when somebody turns to it, the panel folds. Not at any click on the page: who
// compares the page with what is said of it wants both. The focus stays where it went.
const FRAME = "iframe:is([src^='chrome-extension:'],[src^='moz-extension:'])";
const OTHERS = `#insext,${FRAME},:not(html,body):has(>${FRAME})`;
const foldForOthers = (event: Event): void => {
  const path = event.type === "blur" ? [document.activeElement] : event.composedPath();
  if (isOpen() && path.some((target) => target instanceof Element && target.matches(OTHERS))) show(false);
};

/** How long after the last key or scroll the chip is as it was, in milliseconds. */
const FADED = 1_000;
let fadeTimer: ReturnType<typeof setTimeout> | undefined;

/** While somebody works at the page the chip is hardly seen: it may stand over the page's last lines. */
const fade = (): void => {
  if (!root) return;
  datasetOf(root).faded = "";
  clearTimeout(fadeTimer);
  fadeTimer = setTimeout(() => {
    if (root) delete datasetOf(root).faded;
  }, FADED);
};

/** Puts an empty panel into the page. */
const make = (): ShadowRoot => {
  // No custom element: a page may define those, whatever their name, and then reads a closed root by its ElementInternals.
  const host = document.createElement("div");
  const made = host.attachShadow({ mode: "closed" });
  made.adoptedStyleSheets = [styleSheet(withPrivateNames(css ?? PLAIN))];
  made.addEventListener("click", (event) => {
    const button = clickedButton(event);
    if (button) onClick(commandOf(made, button), button);
  });
  const leave = (): boolean => {
    const back = made.querySelector<HTMLElement>("[data-command=Leave]");
    if (back) onClick(commandOf(made, back), back);
    return !!back;
  };
  keyboard.listen(made, leave, () => open(false));
  resizable(
    made,
    (width) => change({ width }),
    (width) => onResize(width),
  );
  host.dataset.corner = CORNERS[0];
  addEventListener("pointerdown", foldForOthers, true);
  addEventListener("blur", foldForOthers);
  for (const type of ["input", "scroll"]) addEventListener(type, fade, { capture: true, passive: true });
  return made;
};

/** The panel in the page, which is made when there is none. */
const shown = (): ShadowRoot => {
  root ??= make();
  // Outside <body>: the page replaces what is in it as it likes.
  if (!root.host.isConnected) document.documentElement.append(root.host);
  return root;
};

const datasetOf = ({ host }: ShadowRoot): DOMStringMap => (host as HTMLElement).dataset;

/** Draws the panel. */
export const drawPanel = (drawing: Drawing): ShadowRoot => {
  takeStyle(drawing.css);
  const isNew = !root;
  const panel = shown();
  datasetOf(panel).corner = drawing.corner;
  draw(panel, drawing);
  // A drawing that was under way when something was chosen does not know of it.
  const isKnown = ([name, value]: [string, unknown]): boolean => drawing.settings[name as keyof Settings] === value;
  chosen = Object.fromEntries(Object.entries(chosen).filter((one) => !isKnown(one)));
  settings = { ...drawing.settings, ...chosen };
  // Left open on the page before, it is open on this one; the focus stays with the page.
  if (isNew && drawing.open) show(true);
  else place();
  return panel;
};

/** Draws parts of the panel, when it is there: a form in a frame was edited. */
export const drawPanelParts = (parts: PanelParts): void => {
  if (!root) return;
  drawParts(root, parts);
  fade();
};

/** Says what the worker cannot say. Where nothing was ever drawn only what `isUrgent`, in a plain look. */
export const sayTrouble = (trouble: Trouble, isUrgent?: boolean): void => {
  if (css || isUrgent) showTrouble(shown(), trouble);
};

/** Moves the panel to the next corner. */
export const move = (): Corner => {
  const dataset = datasetOf(shown());
  const next = CORNERS[(CORNERS.indexOf(dataset.corner as Corner) + 1) % CORNERS.length] as Corner;
  dataset.corner = next;
  return next;
};

const HIDDEN =
  '<button id="chip" class="chip person" data-command="Retry"><span>Leastwise is hidden here. </span><b>Show it again</b></button><section id="panel" class="panel" hidden></section>';

/** Stands in the panel's place after somebody hid it, until the next page. */
export const drawHidden = (): void => {
  if (!root) return;
  show(false);
  draw(root, { html: HIDDEN, status: "The panel is hidden for this record." });
};
