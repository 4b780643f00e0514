// The markers beside boxes and fields: draws them as the worker says, opens them, and passes on what is clicked in them.

import { parse } from "../draw.ts";
import type { MarkerDetail, Marker as MarkerMessage } from "../protocol.ts";
import type { Field } from "./boxes.ts";
import type { FormFields } from "./form-fields.ts";
import { element, type MarkerElement, makeMarkerElement } from "./marker-element.ts";
import { entriesOf, type MarkerFix } from "./marker-fix.ts";
import { type Placed, place } from "./place.ts";

/** A marker, and what it says now. */
interface Marker extends MarkerElement<HTMLDetailsElement> {
  severity: HTMLElement;
  words: Text;
  summary: HTMLElement;
  details: HTMLElement;
  said: string;
}

/** What is the same in all of them: words are put in. */
const PATTERN = element("details", element("summary", element("b"), " "), element("div"));

export class Markers {
  readonly #shown = new Map<Field, Marker>();
  readonly #form: FormFields;
  readonly #fix: MarkerFix;
  /** Called when a marker was opened or closed, or a button in it has changed the form. */
  readonly #onChange: () => void;

  constructor(form: FormFields, fix: MarkerFix, onChange: () => void) {
    this.#form = form;
    this.#fix = fix;
    this.#onChange = onChange;
  }

  /** The markers that are in the page. */
  all(): Placed[] {
    return [...this.#shown.values()];
  }

  hosts(): HTMLElement[] {
    return [...this.#shown.values()].map(({ host }) => host);
  }

  /** The places of the fields whose marker is open. */
  openPlaces(): number[] {
    return [...this.#shown].filter(([, { body }]) => body.open).map(([field]) => this.#form.placeOf(field));
  }

  clear(): void {
    for (const { host } of this.#shown.values()) host.remove();
    this.#shown.clear();
  }

  /** Takes away the markers of fields that do not pass. */
  keepOnly(isKept: (field: Field) => boolean): void {
    for (const [field, { host }] of this.#shown) {
      if (isKept(field)) continue;
      host.remove();
      this.#shown.delete(field);
    }
  }

  draw(markers: MarkerMessage[]): void {
    const added: Marker[] = [];
    const kept = new Set<Field>();
    for (const { place: at, severity, words } of markers) {
      const field = this.#form.at(at);
      if (!field?.isConnected) continue;
      kept.add(field);
      let marker = this.#shown.get(field);
      if (!marker) {
        marker = this.#make(field);
        this.#shown.set(field, marker);
      }
      if (!marker.host.isConnected) added.push(marker);
      if (marker.said === severity + words) continue; // most markers are as they were
      marker.said = severity + words;
      marker.body.className = severity;
      marker.severity.textContent = severity;
      marker.words.data = ` ${words}`;
      marker.summary.title = words;
    }
    this.keepOnly((field) => kept.has(field));
    // Placed before anything is put in: the page's layout is worked out once.
    place(added);
    for (const { after, host } of added) after.after(host);
  }

  /** Draws what stands in open markers. */
  drawDetails(details: MarkerDetail[]): void {
    for (const { place: at, html } of details) {
      const field = this.#form.at(at);
      const marker = field && this.#shown.get(field);
      if (!marker) continue;
      marker.details.replaceChildren(...parse(html));
      for (const button of marker.details.querySelectorAll<HTMLElement>("[data-click],[data-enter]")) {
        if (!this.#isPossible(button)) button.remove();
      }
    }
  }

  /** What the page keeps as it is cannot be clicked, and what a choice does not offer not chosen. */
  #isPossible(button: HTMLElement): boolean {
    const { click } = button.dataset;
    if (click && this.#form.at(+click)?.disabled) return false;
    return entriesOf(button).every(([at, text]) => {
      const field = this.#form.at(at);
      return !(field && "options" in field) || [...field.options].some(({ value }) => value === text);
    });
  }

  #make(field: Field): Marker {
    // Inside a label a click on the marker would be one on the box; between a box and its label it would part them.
    let after: Element = field.closest("label") ?? field;
    while (after.nextElementSibling?.localName === "label") after = after.nextElementSibling;
    const made = makeMarkerElement(after, PATTERN, field);
    const [summary, details] = made.body.children as unknown as [HTMLElement, HTMLElement];
    const [severity, words] = summary.childNodes as unknown as [HTMLElement, Text];
    made.body.addEventListener("toggle", () => {
      made.host.toggleAttribute("open", made.body.open);
      this.#onChange();
    });
    made.root.addEventListener("click", (event) => {
      // Not a click on the page: its scripts look at rows too.
      event.stopPropagation();
      const button = event.isTrusted && (event.target as Element).closest("button");
      if (!button) return;
      this.#fix.apply(button);
      for (const host of this.hosts()) host.toggleAttribute("data-back", this.#fix.canUndo);
      this.#onChange();
    });
    return { ...made, summary, details, severity, words, said: "" };
  }
}
