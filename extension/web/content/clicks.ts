// What each click on a box changed: the page's own script ticks and unticks others with it, and says nothing of that.
// It keeps how each of them was before, so that a click can be undone with all that it brought along.

import type { Click } from "../protocol.ts";
import type { FormFields } from "./form-fields.ts";

/** A form's boxes, each with whether it is ticked. */
type Ticks = Map<HTMLInputElement, boolean>;

/** So long after a click what changes is taken for its doing, in milliseconds. */
const PATIENCE = 320;
/** How often what is undone is looked at again: the page's script answers each click with others. */
const ROUNDS = 3;

export class Clicks {
  /** By the box that was clicked: how it and those that changed with it were before. */
  readonly #before = new Map<HTMLInputElement, Ticks>();
  /** The click whose followers are still looked for, and how all boxes were before it. */
  #current: { box: HTMLInputElement; ticks: Ticks } | undefined;
  /** Whether the page's scripts are still handling that click: clicks that they make are part of it. */
  #isHandled = false;
  #isUndoing = false;
  readonly #form: FormFields;

  constructor(form: FormFields) {
    this.#form = form;
  }

  /** A box is clicked: no script of the page has seen it yet, and the browser has ticked or unticked it alone. */
  begin(box: HTMLInputElement, isTrusted: boolean): void {
    if (this.#isUndoing || (this.#current && this.#isHandled && !isTrusted)) return;
    this.settle();
    const ticks: Ticks = new Map();
    for (const one of this.#form.boxes) ticks.set(one, one === box ? !one.checked : one.checked);
    if (!ticks.has(box)) return;
    // What somebody clicks is theirs from now on, whatever brought it along.
    for (const [other, own] of this.#before) if (other !== box) own.delete(box);
    const current = { box, ticks };
    this.#current = current;
    this.#isHandled = true;
    setTimeout(() => this.#current === current && this.settle(), PATIENCE);
  }

  /** The page's scripts have had their turn: what changed since the click came with it. */
  look(): void {
    this.#isHandled = false;
    this.#collect();
  }

  /** Nothing that changes from now on came with the last click. */
  settle(): void {
    this.#collect();
    this.#current = undefined;
    this.#isHandled = false;
  }

  /** The form has other boxes than before. */
  forget(): void {
    this.#before.clear();
    this.#current = undefined;
  }

  /** What each click brought along that is still so. */
  all(): Click[] {
    const all: Click[] = [];
    for (const [box, ticks] of this.#before) {
      const others: number[] = [];
      for (const [other, was] of ticks) if (other !== box && other.checked !== was) others.push(this.#form.placeOf(other));
      if (others.length) all.push({ place: this.#form.placeOf(box), others });
      else this.#before.delete(box);
    }
    return all;
  }

  /** Undoes a click and all that it brought along, as clicks by hand would. */
  undo(box: HTMLInputElement): void {
    this.settle();
    const ticks = this.#before.get(box);
    if (!ticks) return;
    this.restore(ticks);
    this.#before.delete(box);
  }

  /** Clicks boxes until they are as they were: of those that follow a click each is clicked back too. */
  restore(ticks: Ticks): void {
    this.settle();
    this.#isUndoing = true;
    try {
      for (let round = 0; round < ROUNDS; round += 1) {
        for (const [box, was] of ticks) if (box.checked !== was && !box.disabled) box.click();
      }
    } finally {
      this.#isUndoing = false;
    }
  }

  #collect(): void {
    if (!this.#current) return;
    const { box, ticks } = this.#current;
    let own = this.#before.get(box);
    for (const [other, was] of ticks) {
      if (other === box || other.checked === was) continue;
      own ??= new Map([[box, ticks.get(box) as boolean]]);
      if (!own.has(other)) own.set(other, was);
    }
    if (own) this.#before.set(box, own);
  }
}
