// Where in its row a marker finds room: beside its box up to what stands there, or behind words that stand there.
// It never covers anything of the page, and moves nothing.

import { FIELD } from "./boxes.js";

const ENOUGH = 160; // pixels: a severity and a few words

// One for all: a browser sees to every range there is at every change of a page.
const range = document.createRange();

/** An element's or a text's edges along its line, the way the page reads; none when nothing of it is to be seen. */
const extent = (node, rtl) => {
  const isEmpty = node.nodeType === 1 && !node.firstChild;
  // What a cell or a paragraph holds, not how wide it is.
  if (!isEmpty) range.selectNodeContents(node);
  const { left, right, top, bottom } = (isEmpty ? node : range).getBoundingClientRect();
  return right > left && (rtl ? { start: -right, end: -left, top, bottom } : { start: left, end: right, top, bottom });
};

/** How far from the end of an element there is room, and how much, in pixels. */
export const room = (of, rtl) => {
  const rect = of.getBoundingClientRect();
  const own = rtl ? -rect.left : rect.right;
  let from = own;
  let best = [4, 20];
  const consider = (to) => {
    if (to - from - 8 > best[1]) best = [from - own + 4, to - from - 8];
    return best[1] >= ENOUGH;
  };
  let at = of;
  for (; at.localName !== "form" && at !== document.body; at = at.parentElement) {
    for (let next = at.nextSibling; next; next = next.nextSibling) {
      if (next.dataset?.leastwise !== undefined || next.nodeType > 3 || (next.data && !next.data.trim())) continue;
      const seen = extent(next, rtl);
      if (!seen || seen.end <= from) continue;
      if (seen.top >= rect.bottom) break;
      // What stands behind another field is that one's.
      if (consider(seen.start) || (next.nodeType === 1 && (next.matches(FIELD) || next.querySelector(FIELD)))) return best;
      from = seen.end;
    }
  }
  const { left, right } = at.getBoundingClientRect();
  consider(rtl ? Math.min(0, -left) : Math.min(document.documentElement.clientWidth, right));
  return best;
};
