// The note beside each save button, and the one question before a save, for who chose to be asked.

import type { SaveCheck, SaveNote as SaveNoteMessage } from "../protocol.ts";
import { send } from "../send.ts";
import { SAVE } from "./boxes.ts";
import { element, type MarkerElement, makeMarkerElement } from "./marker-element.ts";
import { type Placed, place } from "./place.ts";

const PATTERN = element("p", element("b"), element("span"));
PATTERN.className = "at note";

/** A note in the page, and what is in it. */
interface Note extends MarkerElement<HTMLParagraphElement> {
  lead: HTMLElement;
  words: HTMLElement;
  show: HTMLButtonElement;
  putBack: HTMLButtonElement;
  ask?: HTMLInputElement;
}

/** What the note leads to. */
interface Hooks {
  showPlace(place: number): void;
  putBack(): void;
}

const makeButton = (text: string): HTMLButtonElement => {
  const button = element("button", text);
  button.type = "button";
  return button;
};

export class SaveNote {
  #notes: Note[] = [];
  #said: SaveNoteMessage | undefined;
  /** Whether a save of something critical is asked about once: off, unless somebody wants it. */
  #isWanted: boolean | undefined;
  /** What the worker answers to whether it is wanted. */
  #setting: Promise<SaveCheck | undefined> | undefined;
  /** Whether this save was asked about. */
  #wasAsked = false;
  readonly #hooks: Hooks;

  constructor(hooks: Hooks) {
    this.#hooks = hooks;
  }

  /** The notes that are there. */
  all(): Placed[] {
    return this.#notes;
  }

  hosts(): HTMLElement[] {
    return this.#notes.map(({ host }) => host);
  }

  remove(): void {
    for (const { host } of this.#notes) host.remove();
    this.#notes = [];
  }

  /** Shows this, or no note when there is none. */
  show(said: SaveNoteMessage | undefined): void {
    this.#said = said;
    if (!said) {
      this.remove();
      this.#wasAsked = false;
      return;
    }
    if (!this.#notes.length || this.#notes.some(({ host }) => !host.isConnected)) this.#make();
    for (const note of this.#notes) {
      note.body.className = note.body.className.replace(/critical|high/, said.isCritical ? "critical" : "high");
      note.lead.textContent = said.lead;
      note.words.textContent = this.#wasAsked ? `${said.words}. Click Save again to save anyway.` : said.words;
      note.show.hidden = said.place === undefined;
      note.putBack.textContent = said.putBack;
      note.putBack.hidden = !said.putBack;
    }
  }

  /** Whether a click on a save button is held up: once, and only where somebody chose it. */
  holdsUp({ target }: Event): boolean {
    const isThere = this.#notes.some(({ host }) => host.isConnected);
    if (!this.#isWanted || this.#wasAsked || !isThere || !this.#said?.isCritical) return false;
    if (!(target as Element).closest?.(SAVE)) return false;
    this.#wasAsked = true;
    this.show(this.#said);
    return true;
  }

  /** Makes a note beside each save button: behind the last of those that stand there. */
  #make(): void {
    this.remove();
    const ends = new Set([...document.querySelectorAll(SAVE)].map((button) => button.parentElement?.lastElementChild));
    for (const last of ends) if (last) this.#notes.push(this.#makeOne(last));
    place(this.#notes);
    for (const { after, host } of this.#notes) after.after(host);
    this.#addChoice(this.#notes);
  }

  #makeOne(last: Element): Note {
    const made = makeMarkerElement(last, PATTERN);
    made.body.role = "note";
    made.body.classList.add("critical");
    const [lead, words] = made.body.children as unknown as [HTMLElement, HTMLElement];
    words.dir = "auto";
    const [show, putBack] = [makeButton("Show"), makeButton("")];
    made.body.append(show, putBack);
    made.root.addEventListener("click", (event) => {
      event.stopPropagation();
      if (!event.isTrusted) return;
      if (event.target === show && this.#said?.place !== undefined) this.#hooks.showPlace(this.#said.place);
      if (event.target === putBack) this.#hooks.putBack();
    });
    return { ...made, lead, words, show, putBack };
  }

  /** Adds the box that chooses whether a save is asked about, unless a company decided that. */
  async #addChoice(notes: Note[]): Promise<void> {
    this.#setting ??= send({ command: "SaveCheck" }).then(
      (answer) => (answer?.type === "saveCheck" ? answer : undefined),
      () => undefined,
    );
    const setting = await this.#setting;
    // Not known: nothing is asked, and nothing to be chosen.
    if (!setting) {
      this.#setting = undefined;
      return;
    }
    this.#isWanted ??= setting.on;
    if (setting.decided) return;
    for (const note of notes) {
      const ask = element("input");
      ask.type = "checkbox";
      ask.checked = this.#isWanted;
      ask.addEventListener("click", (event) => {
        if (!event.isTrusted) return event.preventDefault();
        this.#choose(ask.checked);
      });
      note.ask = ask;
      note.body.append(element("label", ask, "Ask me before saving critical changes"));
    }
  }

  #choose(isWanted: boolean): void {
    this.#isWanted = isWanted;
    for (const { ask } of this.#notes) if (ask) ask.checked = isWanted;
    send({ command: "SaveCheck", on: isWanted }).catch(() => {});
  }
}
