// The elements that stand beside boxes and the save button, and how they look: of no size until they are opened, so that
// nothing of the page moves, in a closed shadow root, so that no style of the page reaches them.

import { styleSheet, withPrivateNames } from "../draw.ts";
import type { Placed } from "./place.ts";

// Colors on a light page and on a dark one: what the page itself declares (`color-scheme`), not what the system prefers, for
// Setup stays light on a dark system. A browser without light-dark() has the light ones, on a ground of their own.
const COLORS: Record<string, [light: string, dark: string]> = {
  ink: ["#1b1f24", "#f1f3f5"],
  paper: ["#fff", "#22272e"],
  line: ["#8a929c", "#768390"],
  button: ["#f5f6f8", "#373e47"],
  critical: ["#a8071a", "#ff9d9d"],
  high: ["#a63d00", "#ffb077"],
  medium: ["#7a5b00", "#e3b341"],
  low: ["#1f5aa6", "#8cc4ff"],
  info: ["#57606a", "#b4bcc4"],
  "critical-ground": ["#fdeaea", "#4d2022"],
  "high-ground": ["#fff0e4", "#472d18"],
  "medium-ground": ["#fff6dc", "#403413"],
  "low-ground": ["#e9f1fc", "#1c3550"],
  "info-ground": ["#eef0f2", "#373e47"],
};
const properties = (colorOf: (pair: [light: string, dark: string]) => string): string =>
  Object.entries(COLORS)
    .map(([name, pair]) => `--${name}:${colorOf(pair)}`)
    .join(";");
const LIGHT = properties(([light]) => light);
const BOTH = properties((pair) => `light-dark(${pair})`);
const PALETTE = `:host>*{${LIGHT}}@supports (color:light-dark(#000,#fff)){:host>*{${BOTH}}}`;
// What does not fit is left out as a whole, never cut: each part of a line is a block of its own, and one that would be too
// wide falls into a second line, which is not seen. (A pixel stands before the first, so that it can fall too.)
const CSS = `:host{all:initial!important;direction:ltr!important;unicode-bidi:isolate!important;color-scheme:inherit!important;display:inline-block!important;position:relative!important;width:0!important;height:0!important;vertical-align:top!important;font-size:0!important}
:host([data-out]){position:absolute!important}
:host([open]){display:block!important;width:auto!important;height:auto!important}
:host([data-peek]){z-index:2147483646!important}
.at{box-sizing:border-box;position:absolute;top:0;display:flex;width:max-content;height:16px;overflow:hidden;margin:0;font:11px/16px system-ui,sans-serif;text-align:left;color:var(--ink)}
.rtl,.rtl summary{flex-direction:row-reverse}
details{flex:0 1 auto;min-width:0}
summary{display:flex;height:16px;overflow:hidden;cursor:pointer;list-style:none}
summary::-webkit-details-marker{display:none}
summary:focus-visible,button:focus-visible{outline:2px solid var(--low);outline-offset:-2px}
i{flex:none;box-sizing:border-box;width:8px;height:8px;margin:4px 2px;border-radius:50%;background:var(--t);opacity:.6;forced-color-adjust:none}
em,q{flex:0 1 auto;min-width:0;height:16px;overflow:hidden;font-style:normal;quotes:none}
q{flex-shrink:9999}
em::before,q::before{content:"";display:inline-block;width:1px;height:16px}
em>*,q>*{display:inline-block;max-width:100%;overflow-wrap:anywhere;vertical-align:top;padding:0 2px;background:var(--paper)}
b{font-weight:700;color:var(--t)}
.at>button{flex:none;align-self:flex-start;height:16px;margin:0 0 0 4px;padding:0 4px;line-height:14px}
.on i,.new i,.said i{width:4px;height:16px;margin:0;border-radius:1px;opacity:1}
.new em>*{background:var(--ground)}
.off:not(.said) em,.tight em,.tight q{display:none}
.tight i{width:8px;height:8px;margin:4px 2px;border-radius:50%}
.tight.new i{box-shadow:0 0 0 2px var(--ground),0 0 0 3px var(--t)}
.peek.off em,.peek.tight em{display:block}
.tip{overflow:visible}.tip summary,.tip details{overflow:visible}
.tip em{position:absolute;top:18px;left:0;width:max-content;max-width:280px;height:auto;padding:2px 4px;background:var(--paper);border:1px solid var(--t);border-radius:3px;pointer-events:none}
.tip.rtl em{left:auto;right:0}.tip em::before{display:none}
.open{position:static;display:block;width:auto;max-width:none!important;height:auto;overflow:visible;margin:4px 0;padding:2px 4px 4px;background:var(--paper);border:1px solid var(--line);border-left:4px solid var(--t);border-radius:2px;white-space:normal}
.open summary,.open em,.open q{display:block!important;position:static;width:auto;max-width:none;height:auto;overflow:visible;border:0}
.open i{display:none}
div div{padding:2px 2px 0;font-size:12px;line-height:1.45}
div div details summary{height:auto;padding:2px 0;color:var(--low);overflow:visible}
div div details summary::before{content:"▸ "}div div details[open]>summary::before{content:"▾ "}
p,ul{margin:4px 0}ul{padding-inline-start:16px}
button{font:inherit;margin:2px 4px 2px 0;padding:2px 8px;color:inherit;background:var(--button);border:1px solid var(--info);border-radius:4px;cursor:pointer}
.note{height:auto;flex-wrap:wrap;align-items:center;gap:2px 6px;padding:2px 6px;background:var(--paper);border-left:4px solid var(--t);border-radius:2px;overflow:visible}
.note button{margin:0;height:auto;padding:0 6px;line-height:16px}
.note label{display:flex;align-items:center;gap:4px;cursor:pointer}.note input{margin:0;width:12px;height:12px}
:host(:not([data-back])) [data-back]{display:none}
.hush{position:fixed;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.critical{--t:var(--critical);--ground:var(--critical-ground)}.high{--t:var(--high);--ground:var(--high-ground)}.medium{--t:var(--medium);--ground:var(--medium-ground)}.low{--t:var(--low);--ground:var(--low-ground)}.info{--t:var(--info);--ground:var(--info-ground)}
@media (forced-colors:active){i{background:CanvasText}.new b{outline:1px solid CanvasText}}${PALETTE}`;

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

/** Makes an element that is put `after` another; in it is a copy of `pattern`. */
export const makeMarkerElement = <T extends HTMLElement>(after: Element, pattern: T): MarkerElement<T> => {
  // No custom element: a page may define those, whatever their name, and then reads a closed root by its ElementInternals.
  const host = document.createElement("span");
  host.dataset.leastwise = ""; // tells it from what the page's own script copied of it
  // English, from left to right, whatever the page is in.
  host.lang = "en";
  host.dir = "ltr";
  const root = host.attachShadow({ mode: "closed" });
  sheet ??= styleSheet(withPrivateNames(CSS));
  root.adoptedStyleSheets = [sheet];
  const body = pattern.cloneNode(true) as T;
  root.append(body);
  return { host, root, body, after };
};
