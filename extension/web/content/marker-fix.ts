// What the buttons of a marker do to the form: tick and untick, enter a value, and take that back.
// It does what a person's click or entry does, and nothing that nobody clicked.

import type { Field } from "./boxes.ts";
import type { FormFields } from "./form-fields.ts";

/** Values to enter, each with the place of its field. */
type Entries = [place: number, text: string][];

/** What a button would enter. */
export const entriesOf = (button: HTMLElement): Entries => JSON.parse(button.dataset.enter ?? "[]");

const enter = (field: Field | undefined, text: string | undefined): void => {
  if (!field || text === undefined || field.value === text) return;
  field.value = text;
  for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
};

export class MarkerFix {
  /** What stood in the form before the first fix. */
  #before: { boxes: boolean[]; values: string[] } | undefined;
  readonly #form: FormFields;

  constructor(form: FormFields) {
    this.#form = form;
  }

  /** Whether there is something to take back. */
  get canUndo(): boolean {
    return !!this.#before;
  }

  /** Does what the button of a marker is for. */
  apply(button: HTMLElement): void {
    if ("back" in button.dataset) {
      this.#undo();
      return;
    }
    const { boxes, fields } = this.#form;
    this.#before ??= { boxes: boxes.map((box) => box.checked), values: fields.map((field) => field.value) };
    if (button.dataset.click) this.#form.at(+button.dataset.click)?.click();
    for (const [place, text] of entriesOf(button)) enter(this.#form.at(place), text);
  }

  /** The form has other boxes than before: there is nothing to take back. */
  forget(): void {
    this.#before = undefined;
  }

  /** Takes fixes back, as clicks by hand would: what follows a click is clicked back too. */
  #undo(): void {
    const before = this.#before;
    if (!before) return;
    for (let round = 0; round < 3; round += 1) {
      this.#form.boxes.forEach((box, at) => {
        if (box.checked !== before.boxes[at] && !box.disabled) box.click();
      });
    }
    this.#form.fields.forEach((field, at) => {
      enter(field, before.values[at]);
    });
    this.#before = undefined;
  }
}
