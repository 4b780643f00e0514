// Where the panel stands: over the page, or docked at its right edge, where the page makes room for it; and how wide it is.
// It changes nothing of the page but the room that it leaves.

import type { Settings } from "../protocol.ts";

/** What a page needs beside a docked panel, in pixels: narrower than that, the panel stands over the page. */
const PAGE = 640;
/** The narrowest and the widest panel, in pixels. */
const [NARROWEST, WIDEST] = [320, 960];

// Salesforce's header is fixed to the window's edges, not to the page's.
const FIXED = ".slds-global-header_container, .oneHeader";

const page = new CSSStyleSheet();
const own = new CSSStyleSheet();

const within = (width: number): number => Math.min(Math.max(Math.round(width), NARROWEST), WIDEST, innerWidth - 24);

/** Whether there is room for a docked panel. */
const fits = (width: number): boolean => innerWidth >= width + PAGE;

/** Whether the page is dark: what it says of its background, the first that has one. */
const isPageDark = (): boolean => {
  for (const element of [document.body, document.documentElement]) {
    const [r = 0, g = 0, b = 0, alpha = 1] = (getComputedStyle(element).backgroundColor.match(/[\d.]+/g) ?? []).map(Number);
    if (alpha > 0) return (r * 2126 + g * 7152 + b * 722) / 10_000 < 96;
  }
  return false;
};

/** Gives the panel its place, width and look; the page makes room while a docked panel is open. */
export const arrange = (root: ShadowRoot, { place, width, theme }: Pick<Settings, "place" | "width" | "theme">, isOpen: boolean): void => {
  const host = root.host as HTMLElement;
  const isDocked = place === "docked" && fits(width);
  host.dataset.place = isDocked ? "docked" : "floating";
  host.dataset.theme = theme === "system" ? "system" : isPageDark() ? "dark" : "light";
  own.replaceSync(`.panel { width: ${within(width)}px !important }`);
  if (!root.adoptedStyleSheets.includes(own)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, own];
  makeRoom(isDocked && isOpen ? within(width) : 0);
};

/** Has the page leave so many pixels free at its right edge. */
export const makeRoom = (width: number): void => {
  page.replaceSync(width ? `html { margin-inline-end: ${width}px !important } ${FIXED} { right: ${width}px !important }` : "");
  if (!document.adoptedStyleSheets.includes(page)) document.adoptedStyleSheets = [...document.adoptedStyleSheets, page];
};

/** Lets the panel be drawn wider or narrower by its edge; `done` is told the width in the end. */
export const resizable = (root: ShadowRoot, change: (width: number) => void, done: (width: number) => void): void => {
  root.addEventListener("pointerdown", (event) => {
    const { target, isTrusted, pointerId } = event as PointerEvent;
    const grip = target as HTMLElement;
    const panel = root.getElementById("panel");
    if (!isTrusted || grip.className !== "grip" || !panel) return;
    const { left, right } = panel.getBoundingClientRect();
    // The panel grows away from the edge that it stands at.
    const isAtRight = left > innerWidth - right;
    let width = right - left;
    const move = ({ clientX }: PointerEvent): void => {
      width = within(isAtRight ? right - clientX : clientX - left);
      change(width);
    };
    // The host outlives a drawing, the grip does not.
    const host = root.host as HTMLElement;
    host.setPointerCapture(pointerId);
    host.addEventListener("pointermove", move);
    host.addEventListener(
      "pointerup",
      () => {
        host.removeEventListener("pointermove", move);
        done(width);
      },
      { once: true },
    );
    event.preventDefault();
  });
};
