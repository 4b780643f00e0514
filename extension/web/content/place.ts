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

/** In pixels: room for eight letters. With less than that there is a dot alone. */
const LETTERS = 56;

/** Whether the page reads from right to left where an element stands. */
export const isRightToLeft = ({ parentElement }: Element): boolean =>
  !!parentElement && getComputedStyle(parentElement).direction === "rtl";

/** Whether nothing stands behind an element in its own cell: there is room for a dot then, which need not be measured. */
export const isLast = (element: Element): boolean => {
  for (let next = element.nextSibling; next; next = next.nextSibling) if (!isNothing(next)) return false;
  return true;
};

const put = ({ body }: Placed, isRtl: boolean, from: number, width: number | undefined): void => {
  const { style, classList } = body;
  style[isRtl ? "right" : "left"] = `${from}px`;
  classList.toggle("rtl", isRtl);
  if (width === undefined) return;
  style.maxWidth = `${width}px`;
  classList.toggle("tight", width < LETTERS);
};

/** Puts dots right behind what they belong to. */
export const placeDots = (all: Placed[], isRtl: boolean): void => {
  for (const one of all) put(one, isRtl, 4, undefined);
};

/** Puts markers where there is room for them. All is measured before anything is moved: the layout is worked out once. */
export const place = (all: Placed[]): void => {
  const first = all[0];
  if (!first) return;
  const isRtl = isRightToLeft(first.after);
  const rooms = all.map(({ after }) => roomAfter(after, isRtl));
  all.forEach((one, at) => {
    const [from, width] = rooms[at] as [number, number];
    put(one, isRtl, from, width);
  });
};

/** Puts markers behind what stands in their cells, as far as these go. */
export const placeInside = (all: Placed[]): void => {
  const first = all[0];
  if (!first) return;
  const isRtl = getComputedStyle(first.after).direction === "rtl";
  const rooms = all.map(({ after }) => {
    const { left, right } = after.getBoundingClientRect();
    const words = extentOf(after, isRtl);
    return words ? (isRtl ? -left : right) - words.end - 8 : 0;
  });
  all.forEach((one, at) => {
    put(one, isRtl, 4, Math.max(rooms[at] as number, 14));
  });
};
