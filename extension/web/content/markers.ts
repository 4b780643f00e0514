// The markers beside boxes and fields: draws them as the worker says, shows their words when their box is looked at, opens
// them, and passes on what is clicked in them. None is in the page's tab order: Alt and the down arrow lead there from a box.

import { parse } from "../draw.ts";
import type { MarkerDetail, Marker as MarkerMessage } from "../protocol.ts";
import type { Field } from "./boxes.ts";
import { ColumnNotes } from "./column-notes.ts";
import type { FormFields } from "./form-fields.ts";
import { LiveRegion } from "./live-region.ts";
import { element, type MarkerElement, makeMarkerElement } from "./marker-element.ts";
import { entriesOf, type MarkerFix } from "./marker-fix.ts";
import { isLast, isRightToLeft, type Placed, place, placeDots } from "./place.ts";

/** A marker, and what it says now. */
interface Marker extends MarkerElement<HTMLElement> {
  field: Field;
  opened: HTMLDetailsElement;
  summary: HTMLElement;
  label: HTMLElement;
  words: HTMLElement;
  details: HTMLElement;
  /** What else is to be known, and what undoes it: made where there is some. */
  note?: HTMLElement;
  undo?: HTMLButtonElement;
  said: MarkerMessage | undefined;
  /** Whether the room for its words was measured. */
  isPlaced: boolean;
}

/** What is the same in all of them: words are put in. */
const SUMMARY = element("summary", element("i"), element("em", element("b"), " ", element("span")));
SUMMARY.tabIndex = -1;
const PATTERN = element("div", element("details", SUMMARY, element("div")));

/** Whether a marker is more than a dot. */
const hasWords = ({ standing, note }: MarkerMessage): boolean => standing !== "off" || !!note;

/** Whether it is to be seen where there is room; a dot that is the last in its cell has some. */
const needsRoom = ({ said, after }: Marker): boolean => (!!said && hasWords(said)) || !isLast(after);

const isSame = (a: MarkerMessage | undefined, b: MarkerMessage): boolean =>
  a?.label === b.label && a.words === b.words && a.standing === b.standing && a.note === b.note && a.undo === b.undo;

export class Markers {
  readonly #shown = new Map<Field, Marker>();
  readonly #byHost = new WeakMap<Element, Marker>();
  readonly #columns = new ColumnNotes();
  readonly #live = new LiveRegion();
  readonly #form: FormFields;
  readonly #fix: MarkerFix;
  /** Called when a marker was opened or closed, or a button in it has changed the form. */
  readonly #onChange: () => void;
  /** The markers whose words are seen: the pointer is on the box of one, and the focus in the box of one. */
  readonly #peeked: { pointerover?: Marker | undefined; focusin?: Marker | undefined } = {};

  constructor(form: FormFields, fix: MarkerFix, onChange: () => void) {
    this.#form = form;
    this.#fix = fix;
    this.#onChange = onChange;
    for (const type of ["pointerover", "focusin"] as const) addEventListener(type, (event) => this.#look(event), true);
    addEventListener("keydown", (event) => this.#enter(event), true);
  }

  /** The markers that are in the page, and were measured. */
  all(): Placed[] {
    return [...this.#shown.values()].filter(({ isPlaced }) => isPlaced);
  }

  hosts(): HTMLElement[] {
    return [...[...this.#shown.values()].map(({ host }) => host), ...this.#columns.hosts(), ...this.#live.hosts()];
  }

  /** The places of the fields whose marker is open. */
  openPlaces(): number[] {
    return [...this.#shown].filter(([, { opened }]) => opened.open).map(([field]) => this.#form.placeOf(field));
  }

  clear(): void {
    for (const { host } of this.#shown.values()) host.remove();
    this.#shown.clear();
    this.#columns.clear();
    this.#live.remove();
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
    const measured: Marker[] = [];
    const columns: [Element, MarkerMessage][] = [];
    const kept = new Set<Field>();
    for (const message of markers) {
      const field = this.#form.at(message.place);
      if (!field?.isConnected) continue;
      kept.add(field);
      let marker = this.#shown.get(field);
      if (!marker) {
        marker = this.#make(field);
        this.#shown.set(field, marker);
      }
      if (message.inColumn) columns.push([field, message]);
      if (!marker.host.isConnected) {
        marker.isPlaced = false;
        added.push(marker);
      }
      if (!isSame(marker.said, message)) this.#say(marker, message);
      if (!marker.isPlaced && needsRoom(marker)) measured.push(marker);
    }
    this.keepOnly((field) => kept.has(field));
    // Placed before anything is put in: the page's layout is worked out once.
    const dots = added.filter((one) => !measured.includes(one));
    if (dots[0]) placeDots(dots, isRightToLeft(dots[0].after));
    place(measured);
    for (const one of measured) one.isPlaced = true;
    for (const { after, host } of added) after.after(host);
    this.#columns.draw(columns);
    if (kept.size) this.#live.add();
    else this.#live.remove();
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

  /** Measures again where there is room. */
  placeAgain(): void {
    for (const marker of this.#shown.values()) marker.isPlaced &&= needsRoom(marker);
    place(this.all());
  }

  #say(marker: Marker, message: MarkerMessage): void {
    marker.said = message;
    const { label, words, severity, standing, note, undo } = message;
    const { classList } = marker.body;
    const kept = ["tight", "rtl", "open", "peek", "tip"].filter((name) => classList.contains(name));
    marker.body.className = ["at", severity, standing, ...(note ? ["said"] : []), ...kept].join(" ");
    marker.label.textContent = label;
    marker.words.textContent = words;
    marker.summary.ariaLabel = [`${label}: ${words}`, note].filter(Boolean).join(", ");
    marker.summary.title = standing === "off" ? "" : `${label}: ${words}`;
    if (note && !marker.note) {
      marker.note = element("span");
      marker.opened.after(element("q", marker.note));
    }
    if (marker.note) marker.note.textContent = note;
    if (undo && !marker.undo) {
      marker.undo = element("button");
      marker.undo.type = "button";
      marker.undo.tabIndex = -1;
      marker.undo.dataset.undo = "";
      marker.body.append(marker.undo);
    }
    if (marker.undo) {
      marker.undo.textContent = undo;
      marker.undo.hidden = !undo;
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

  /** A box is looked at: the words of its marker are seen, and read out when it has the focus. */
  #look({ target, type }: Event): void {
    const marker = this.#shown.get(target as Field) ?? this.#byHost.get(target as Element);
    if (type === "focusin") this.#live.say(marker?.said && this.#shown.has(target as Field) ? hint(marker.said) : "");
    const by = type as "pointerover" | "focusin";
    const before = this.#peeked[by];
    if (marker === before) return;
    this.#peeked[by] = marker;
    if (before && before !== this.#peeked.pointerover && before !== this.#peeked.focusin) {
      before.body.classList.remove("peek", "tip");
      before.host.removeAttribute("data-peek");
    }
    if (!marker || marker.opened.open) return;
    marker.host.dataset.peek = "";
    marker.body.classList.add("peek");
    // What finds no room in the row is shown below it.
    if (!this.#fits(marker)) marker.body.classList.add("tip");
  }

  #fits(marker: Marker): boolean {
    if (!marker.isPlaced) {
      place([marker]);
      marker.isPlaced = true;
    }
    return !marker.body.classList.contains("tight") && marker.words.offsetTop < 8;
  }

  /** Alt and the down arrow in a box lead to its marker; in a choice, where they open it, with Shift. */
  #enter(event: KeyboardEvent): void {
    const { key, altKey, shiftKey, target } = event;
    const marker = this.#shown.get(target as Field);
    if (!marker || key !== "ArrowDown" || !altKey || !event.isTrusted) return;
    if ("options" in marker.field && !shiftKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    marker.opened.open = true;
    marker.summary.focus();
  }

  #make(field: Field): Marker {
    // Inside a label a click on the marker would be one on the box; between a box and its label it would part them.
    let after: Element = field.closest("label") ?? field;
    while (after.nextElementSibling?.localName === "label") after = after.nextElementSibling;
    const made = makeMarkerElement(after, PATTERN);
    const opened = made.body.firstElementChild as HTMLDetailsElement;
    const [summary, details] = opened.children as unknown as [HTMLElement, HTMLElement];
    const [label, words] = (summary.lastElementChild as HTMLElement).children as unknown as [HTMLElement, HTMLElement];
    const marker: Marker = { ...made, field, opened, summary, details, label, words, said: undefined, isPlaced: false };
    this.#byHost.set(made.host, marker);
    opened.addEventListener("toggle", () => {
      made.host.toggleAttribute("open", opened.open);
      made.body.classList.toggle("open", opened.open);
      made.body.classList.remove("peek", "tip");
      this.#onChange();
    });
    made.root.addEventListener("click", (event) => {
      // Not a click on the page: its scripts look at rows too.
      event.stopPropagation();
      const button = event.isTrusted && (event.target as Element).closest("button");
      if (!button) return;
      this.#fix.apply(field, button);
      for (const one of this.#shown.values()) one.host.toggleAttribute("data-back", this.#fix.canUndo(one.field));
      this.#onChange();
    });
    made.root.addEventListener("keydown", (event) => {
      if ((event as KeyboardEvent).key !== "Escape" || !event.isTrusted) return;
      event.stopPropagation();
      opened.open = false;
      field.focus();
    });
    return marker;
  }
}

/** What is read out of a marker when its box has the focus. */
const hint = ({ label, words, note }: MarkerMessage): string =>
  `${[`${label}: ${words}`, note].filter(Boolean).join(", ")}. Press Alt and Down Arrow for details.`;
