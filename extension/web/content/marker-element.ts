// The elements that stand beside boxes and the save button, and how they look: of no size until they are opened, so that
// nothing of the page moves, in a closed shadow root, so that no style of the page reaches them.

import { styleSheet, withPrivateNames } from "../draw.ts";
import type { Placed } from "./place.ts";

// Colors on a light page and on a dark one: what the page itself declares (`color-scheme`), not what the system prefers, for
// Setup stays light on a dark system. A browser without light-dark() has the light ones, on a ground of their own.
const COLORS: Record<string, [light: string, dark: string]> = {
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
const properties = (colorOf: (pair: [light: string, dark: string]) => string): string =>
  Object.entries(COLORS)
    .map(([name, pair]) => `--${name}:${colorOf(pair)}`)
    .join(";");
const LIGHT = properties(([light]) => light);
const BOTH = properties((pair) => `light-dark(${pair})`);
const PALETTE = `:host>*{${LIGHT}}@supports (color:light-dark(#000,#fff)){:host>*{${BOTH}}}`;
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
.critical{--t:var(--critical)}.high{--t:var(--high)}.medium{--t:var(--medium)}.low{--t:var(--low)}.info{--t:var(--info)}${PALETTE}`;

let sheet: CSSStyleSheet | undefined;

/** An element with this in it. */
export const element = <K extends keyof HTMLElementTagNameMap>(name: K, ...inside: (Node | string)[]): HTMLElementTagNameMap[K] => {
  const made = document.createElement(name);
  made.append(...inside);
  return made;
};

/** What stands in the page, with what is in it. */
export interface MarkerElement<T extends HTMLElement> extends Placed {
  host: HTMLElement;
  root: ShadowRoot;
  body: T;
}

/** Makes an element that is put `after` another and belongs to `field`; in it is a copy of `pattern`. */
export const makeMarkerElement = <T extends HTMLElement>(after: Element, pattern: T, field: HTMLElement): MarkerElement<T> => {
  // No custom element: a page may define those, whatever their name, and then reads a closed root by its ElementInternals.
  const host = document.createElement("span");
  host.dataset.leastwise = ""; // tells it from what the page's own script copied of it
  // In a form that numbers its tab stops the marker comes after its box all the same.
  if (field.tabIndex > 0) host.tabIndex = field.tabIndex;
  const root = host.attachShadow({ mode: "closed", delegatesFocus: field.tabIndex > 0 });
  sheet ??= styleSheet(withPrivateNames(CSS));
  root.adoptedStyleSheets = [sheet];
  const body = pattern.cloneNode(true) as T;
  root.append(body);
  return { host, root, body, after };
};
