// The boxes and fields of a page's form, each known to the worker by its place: first the boxes, then the fields.
// It never keeps what stands in them: that is read each time.

import type { Command, FormDescription } from "../protocol.ts";
import { describe, type Field, findFields, valueLine } from "./boxes.ts";

/** For each box 1 or 0; for each field a line with its value and the text of its choice. */
export type FormState = Pick<Extract<Command, { command: "Edit" }>, "on" | "values">;

const isSame = (a: unknown[], b: unknown[]): boolean => a.length === b.length && a.every((one, at) => one === b[at]);

export class FormFields {
  /** Tells descriptions of the form from each other: one that has other boxes has another number. */
  number = 0;
  boxes: HTMLInputElement[] = [];
  fields: Field[] = [];

  /** Looks which boxes and fields there are; whether they are others than before. */
  scan(): boolean {
    const [boxes, fields] = findFields();
    if (isSame(boxes, this.boxes) && isSame(fields, this.fields)) return false;
    [this.boxes, this.fields] = [boxes, fields];
    this.number = ((crypto.getRandomValues(new Uint32Array(1))[0] as number) >>> 1) | 1;
    return true;
  }

  /** What stands in the form. */
  state(): FormState {
    return { on: this.boxes.map((box) => +box.checked).join(""), values: this.fields.map(valueLine).join("") };
  }

  describe(): FormDescription {
    return describe(this.boxes, this.fields);
  }

  at(place: number): Field | undefined {
    return this.boxes[place] ?? this.fields[place - this.boxes.length];
  }

  placeOf(field: Field): number {
    const box = this.boxes.indexOf(field as HTMLInputElement);
    return box < 0 ? this.boxes.length + this.fields.indexOf(field) : box;
  }
}
