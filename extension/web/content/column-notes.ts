// The note in the head of a column of the table of object permissions: what its boxes mean is said there once.

import type { Marker } from "../protocol.ts";
import { GRID_CELL } from "./boxes.ts";
import { element, type MarkerElement, makeMarkerElement } from "./marker-element.ts";
import { type Placed, placeInside } from "./place.ts";

const PATTERN = element("div", element("i"), element("em", element("b"), " ", element("span")));
PATTERN.className = "at";

type Note = MarkerElement<HTMLDivElement>;

/** The head of a box's column: the cell above it, in the last row of heads. */
const headOf = (box: Element): Element | undefined => {
  const cell = box.closest(GRID_CELL);
  const row = cell?.closest("tr");
  if (!cell || !row) return undefined;
  const at = [...row.querySelectorAll(GRID_CELL)].indexOf(cell);
  for (let above = row.previousElementSibling; above; above = above.previousElementSibling) {
    if (above.querySelector("input")) continue;
    const head = above.querySelectorAll(GRID_CELL)[at];
    return head?.textContent?.trim() ? head : undefined;
  }
  return undefined;
};

export class ColumnNotes {
  readonly #notes = new Map<Element, Note>();

  all(): Placed[] {
    return [...this.#notes.values()];
  }

  hosts(): HTMLElement[] {
    return [...this.#notes.values()].map(({ host }) => host);
  }

  clear(): void {
    for (const { host } of this.#notes.values()) host.remove();
    this.#notes.clear();
  }

  /** Draws a note for each column that has one of these markers. */
  draw(markers: [box: Element, marker: Marker][]): void {
    const added: Note[] = [];
    const seen = new Set<Element>();
    // Boxes of one table stand one below another: the head of a column is looked for once.
    const heads = new Map<Element, Map<string, Element | undefined>>();
    for (const [box, { label, severity, words, standing }] of markers) {
      if (standing === "new") continue;
      const table = box.closest("table");
      if (!table) continue;
      const own = heads.get(table) ?? new Map<string, Element | undefined>();
      heads.set(table, own);
      if (!own.has(words)) own.set(words, headOf(box));
      const head = own.get(words);
      if (!head || seen.has(head)) continue;
      seen.add(head);
      let note = this.#notes.get(head);
      if (!note?.host.isConnected) {
        note = makeMarkerElement(head, PATTERN);
        note.host.dataset.out = "";
        this.#notes.set(head, note);
        added.push(note);
      }
      note.body.className = `at on ${severity}`;
      note.body.title = `${label}: ${words}`;
      const [mark, text] = note.body.querySelectorAll("b,span");
      if (mark) mark.textContent = label;
      if (text) text.textContent = words;
    }
    for (const [head, { host }] of this.#notes) {
      if (seen.has(head)) continue;
      host.remove();
      this.#notes.delete(head);
    }
    placeInside(added);
    for (const { after, host } of added) after.append(host);
  }
}
