// The quiet note beside the save button, and the one question before a save, for who chose to be asked.

import type { SaveCheck } from "../protocol.ts";
import { send } from "../send.ts";
import { SAVE } from "./boxes.ts";
import { element, type MarkerElement, makeMarkerElement } from "./marker-element.ts";
import { type Placed, place } from "./place.ts";

const PATTERN = element("p", element("span"));

/** A note in the page, and where its words stand. */
type Note = MarkerElement<HTMLParagraphElement> & { words: HTMLElement };

export class SaveNote {
  #note: Note | undefined;
  /** Whether a save of something critical is asked about once: off, unless somebody wants it. */
  #isWanted: boolean | undefined;
  /** What the worker answers to whether it is wanted. */
  #setting: Promise<SaveCheck | undefined> | undefined;
  /** Whether this save was asked about. */
  #wasAsked = false;

  /** The note, when it is there. */
  all(): Placed[] {
    return this.#note ? [this.#note] : [];
  }

  get host(): HTMLElement | undefined {
    return this.#note?.host;
  }

  remove(): void {
    this.#note?.host.remove();
    this.#note = undefined;
  }

  /** Shows these words, or no note when there are none. */
  show(text: string): void {
    if (!text) {
      this.remove();
      this.#wasAsked = false;
      return;
    }
    if (!this.#note?.host.isConnected) {
      const last = document.querySelector(SAVE)?.parentElement?.lastElementChild;
      if (!last) return;
      this.#note = this.#make(last as HTMLElement);
      place([this.#note]);
      last.after(this.#note.host);
    }
    this.#note.words.textContent = this.#wasAsked ? `${text} – save again to go ahead.` : text;
  }

  /** Whether a click on a save button is held up: once, and only where somebody chose it. */
  holdsUp({ target }: Event): boolean {
    const note = this.#note;
    if (!this.#isWanted || this.#wasAsked || !note?.host.isConnected || !(target as Element).closest?.(SAVE)) return false;
    this.#wasAsked = true;
    this.show(note.words.textContent ?? "");
    return true;
  }

  #make(last: HTMLElement): Note {
    const made = makeMarkerElement(last, PATTERN, last);
    made.body.className = "note critical";
    made.body.role = "note";
    this.#addChoice(made.body);
    return { ...made, words: made.body.firstElementChild as HTMLElement };
  }

  /** Adds the button that chooses whether a save is asked about, unless a company decided that. */
  async #addChoice(body: HTMLElement): Promise<void> {
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
    const button = element("button", "Ask once");
    button.type = "button";
    button.title = "Ask once before a save of something critical";
    button.ariaPressed = String(this.#isWanted);
    button.addEventListener("click", (event) => {
      if (!event.isTrusted) return;
      this.#isWanted = !this.#isWanted;
      button.ariaPressed = String(this.#isWanted);
      send({ command: "SaveCheck", on: this.#isWanted }).catch(() => {});
    });
    body.append(button);
  }
}
