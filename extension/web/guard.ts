// What stands before an approval in the extension's own pages: the button counts only once its window has been in front, and
// what it approves has stood there unchanged, for half a second. A double click, a key that is held down, or a window that
// came up under the pointer approves nothing.
// It is not part of any content script: nothing in a Salesforce page approves anything.

/** In milliseconds. */
const PAUSE = 500;

/** Guards the buttons in `main` that approve, whichever are drawn there. */
export class Guard {
  /** Since when the window has been in front with the same preview; none while it is not in front. */
  #since: number | undefined;
  #token: string | undefined;
  readonly #main: HTMLElement;

  constructor(main: HTMLElement) {
    this.#main = main;
    for (const type of ["focus", "blur", "pageshow"]) addEventListener(type, () => this.#restart());
    document.addEventListener("visibilitychange", () => this.#restart());
    this.#restart();
  }

  /** To be called after a drawing: another preview is another thing to look at. */
  afterDraw(): void {
    const token = this.#buttons()[0]?.dataset.token;
    if (token === this.#token) this.#mark();
    else {
      this.#token = token;
      this.#restart();
    }
  }

  /** Whether a click may be taken; one that comes too early is answered in words. */
  allows({ target }: Event): boolean {
    const button = (target as Element).closest<HTMLElement>("[data-guard]");
    if (!button || (this.#buttons().includes(button) && this.#isReady())) return true;
    const words = "Not yet. Look at what will change first, then click again.";
    // Shown by the style sheet, and read out.
    button.dataset.guard = words;
    if (this.#main.firstElementChild) this.#main.firstElementChild.textContent = words;
    return false;
  }

  /** More than one where there is a choice; all of them are for the same preview. */
  #buttons(): HTMLElement[] {
    return [...this.#main.querySelectorAll<HTMLElement>("[data-guard]")];
  }

  #isReady(): boolean {
    return this.#since !== undefined && isInFront() && performance.now() - this.#since >= PAUSE;
  }

  #mark(): void {
    for (const button of this.#buttons()) button.setAttribute("aria-disabled", String(!this.#isReady()));
  }

  #restart(): void {
    this.#since = isInFront() ? performance.now() : undefined;
    this.#mark();
    setTimeout(() => this.#mark(), PAUSE + 20);
  }
}

const isInFront = (): boolean => document.visibilityState === "visible" && document.hasFocus();
