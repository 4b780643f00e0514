// Where in its row a marker finds room: beside its box up to what stands there, or behind words that stand there.
// It never covers anything of the page, and moves nothing.

import { FIELD } from "./boxes.ts";

/** In pixels: room for a severity and a few words. */
const ENOUGH = 160;

/** What is placed beside an element of the page. */
export interface Placed {
  after: Element;
  body: HTMLElement;
}

/** An element's or a text's edges along its line, the way the page reads. */
interface Extent {
  start: number;
  end: number;
  top: number;
  bottom: number;
}

// One for all: a browser sees to every range there is at every change of a page.
const range = document.createRange();

/** Where something stands; none when nothing of it is to be seen. */
const extentOf = (node: Node, isRtl: boolean): Extent | undefined => {
  const isEmpty = node instanceof Element && !node.firstChild;
  // What a cell or a paragraph holds, not how wide it is.
  if (!isEmpty) range.selectNodeContents(node);
  const { left, right, top, bottom } = (isEmpty ? node : range).getBoundingClientRect();
  if (right <= left) return undefined;
  return isRtl ? { start: -right, end: -left, top, bottom } : { start: left, end: right, top, bottom };
};

/** Whether a node takes no room of its own: a marker, a comment, spaces. */
const isNothing = (node: Node): boolean =>
  node instanceof HTMLElement ? node.dataset.leastwise !== undefined : node.nodeType > 3 || (node instanceof Text && !node.data.trim());

/** How far from the end of an element there is room, and how much, in pixels. */
const roomAfter = (element: Element, isRtl: boolean): [from: number, width: number] => {
  const rect = element.getBoundingClientRect();
  const edge = isRtl ? -rect.left : rect.right;
  let from = edge;
  let best: [number, number] = [4, 20];
  /** Takes the room up to there when it is more; whether that is enough. */
  const consider = (to: number): boolean => {
    if (to - from - 8 > best[1]) best = [from - edge + 4, to - from - 8];
    return best[1] >= ENOUGH;
  };
  let outer: Element | null = element;
  for (; outer && outer.localName !== "form" && outer !== document.body; outer = outer.parentElement) {
    for (let next = outer.nextSibling; next; next = next.nextSibling) {
      const seen = isNothing(next) ? undefined : extentOf(next, isRtl);
      if (!seen || seen.end <= from) continue;
      if (seen.top >= rect.bottom) break;
      // What stands behind another field is that one's.
      if (consider(seen.start) || (next instanceof Element && (next.matches(FIELD) || next.querySelector(FIELD)))) return best;
      from = seen.end;
    }
  }
  const { left, right } = (outer ?? document.body).getBoundingClientRect();
  consider(isRtl ? Math.min(0, -left) : Math.min(document.documentElement.clientWidth, right));
  return best;
};

/** Puts markers where there is room for them. All is measured before anything is moved: the layout is worked out once. */
export const place = (all: Placed[]): void => {
  const parent = all[0]?.after.parentElement;
  const isRtl = !!parent && getComputedStyle(parent).direction === "rtl";
  const rooms = all.map(({ after }) => roomAfter(after, isRtl));
  all.forEach(({ body }, at) => {
    const [from, width] = rooms[at] as [number, number];
    body.style.insetInlineStart = `${from}px`;
    body.style.maxWidth = `${width}px`;
  });
};
