// What the buttons of a marker do to the form: tick and untick, enter a value, and undo that; and putting the whole form back.
// It does what a person's click or entry does, and nothing that nobody clicked.

import type { Field } from "./boxes.ts";
import type { Clicks } from "./clicks.ts";
import type { FormFields } from "./form-fields.ts";

/** Values to enter, each with the place of its field. */
type Entries = [place: number, text: string][];

/** What stood in a form. */
interface Before {
  boxes: Map<HTMLInputElement, boolean>;
  values: Map<Field, string>;
}

/** What a button would enter. */
export const entriesOf = (button: HTMLElement): Entries => JSON.parse(button.dataset.enter ?? "[]");

const enter = (field: Field | undefined, text: string | undefined): void => {
  if (!field || text === undefined || field.value === text) return;
  field.value = text;
  for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
};

/** What the page brought in a field. */
const brought = (field: Field): string => {
  if (!("options" in field)) return field.defaultValue;
  const options = [...field.options];
  return (options.find(({ defaultSelected }) => defaultSelected) ?? options[0])?.value ?? field.value;
};

export class MarkerFix {
  /** By the field whose marker has the button that was pressed: what stood in the form before. */
  readonly #before = new Map<Field, Before>();
  readonly #form: FormFields;
  readonly #clicks: Clicks;

  constructor(form: FormFields, clicks: Clicks) {
    this.#form = form;
    this.#clicks = clicks;
  }

  /** Whether a button of a field's marker did something that can be undone. */
  canUndo(field: Field): boolean {
    return this.#before.has(field);
  }

  /** Does what the button of a field's marker is for. */
  apply(field: Field, button: HTMLElement): void {
    if ("back" in button.dataset) this.#undo(field);
    else if ("undo" in button.dataset) this.#clicks.undo(field as HTMLInputElement);
    else this.#do(field, button);
  }

  #do(field: Field, button: HTMLElement): void {
    const { boxes, fields } = this.#form;
    if (!this.#before.has(field)) {
      this.#before.set(field, {
        boxes: new Map(boxes.map((box) => [box, box.checked])),
        values: new Map(fields.map((one) => [one, one.value])),
      });
    }
    if (button.dataset.click) this.#form.at(+button.dataset.click)?.click();
    for (const [place, text] of entriesOf(button)) enter(this.#form.at(place), text);
  }

  /** Puts the form back as the page brought it. */
  putBack(): void {
    this.#restore({
      boxes: new Map(this.#form.boxes.map((box) => [box, box.defaultChecked])),
      values: new Map(this.#form.fields.map((field) => [field, brought(field)])),
    });
    this.#before.clear();
    this.#clicks.forget();
  }

  /** The form has other boxes than before: there is nothing to undo. */
  forget(): void {
    this.#before.clear();
  }

  #undo(field: Field): void {
    const before = this.#before.get(field);
    if (before) this.#restore(before);
    this.#before.delete(field);
  }

  #restore({ boxes, values }: Before): void {
    this.#clicks.restore(boxes);
    for (const [field, text] of values) enter(field, text);
  }
}
