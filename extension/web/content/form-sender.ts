// Keeps the worker told what stands in the form: one message at a time, again when none was answered, and not for ever.
// It never draws: what the worker answers is passed on.

import type { Click, FormAnswer, PushedMessage } from "../protocol.ts";
import { api, send } from "../send.ts";
import type { FormFields } from "./form-fields.ts";

/** How often a message is sent again that nobody answered, and one that was answered with nothing to draw yet. */
const TRIES = 6;
const TRIES_WHILE_READING = 16;

/** What the rules say of the form. */
export type Judged = Extract<FormAnswer, { state: "judged" }>;

/** What the sender needs of the rest of the form. */
interface Hooks {
  /** What each click brought along. */
  clicks(): Click[];
  /** The places of the markers that are open. */
  openPlaces(): number[];
  draw(judged: Judged): void;
  /** Nothing more is drawn. */
  end(): void;
  /** A line of the panel leads to a box. */
  showPlace(place: number): void;
  putBack(): void;
}

export class FormSender {
  /** Whether the panel was hidden, or the extension updated or removed: nothing is said any more. */
  isEnded = false;
  /** The state last sent (JSON). */
  #lastSent = "";
  #isWaiting = false;
  /** Whether something was entered since the message that is not answered yet. */
  #isStale = false;
  #failures = 0;
  /** How many answers had nothing to draw, one after another: the facts are still being read. */
  #emptyAnswers = 0;
  #port: chrome.runtime.Port | undefined;
  readonly #form: FormFields;
  readonly #hooks: Hooks;

  constructor(form: FormFields, hooks: Hooks) {
    this.#form = form;
    this.#hooks = hooks;
  }

  /** Sends what stands in the form when it is not what was sent last; always when the form is to be described. */
  async send(isDescribed = false): Promise<void> {
    if (this.isEnded) return;
    const state = { ...this.#form.state(), open: this.#hooks.openPlaces(), clicks: this.#hooks.clicks() };
    const text = JSON.stringify(state);
    if (!isDescribed && text === this.#lastSent) return;
    if (!isDescribed && this.#lastSent) this.#keepWorker();
    if (this.#isWaiting) {
      this.#isStale = true;
      return;
    }
    this.#isWaiting = true;
    this.#lastSent = text;
    const form = isDescribed && { form: this.#form.describe() };
    const answer = await send({ command: "Edit", number: this.#form.number, ...state, ...form }).catch(() => undefined);
    if (answer?.type !== "form") {
      // The worker was stopped in the middle, broke off, or is not there yet; or the extension is gone.
      if (api.runtime?.id) this.#tryAgain(isDescribed);
      else this.#end();
      return;
    }
    this.#failures = 0;
    this.#isWaiting = false;
    // A new worker, or one that forgot: it is told everything again.
    const isUnknown = answer.state === "unknown";
    if (!isUnknown) this.#drawAnswer(answer);
    if (!isUnknown && !this.#isStale) return;
    this.#isStale = false;
    this.send(isUnknown);
  }

  /** The form has other boxes than before: what is answered to an earlier description does not count. */
  describeAgain(): void {
    if (this.#isWaiting) this.#isStale = true;
    this.send(true);
  }

  /** Takes what the worker answers or sends by itself. */
  receive(message: PushedMessage): void {
    if (message.type === "hidden") this.#end();
    if (message.type === "form") this.#draw(message);
    if (this.isEnded) return;
    if (message.type === "showField" && message.number === this.#form.number) this.#hooks.showPlace(message.place);
    if (message.type === "putBack" && message.number === this.#form.number) this.#hooks.putBack();
  }

  #draw(answer: FormAnswer): void {
    if (this.isEnded || answer.number !== this.#form.number || answer.state !== "judged") return;
    this.#emptyAnswers = 0;
    this.#hooks.draw(answer);
  }

  #drawAnswer(answer: FormAnswer): void {
    this.#draw(answer);
    if (answer.state === "judged") return;
    // The facts are on their way. A worker that is stopped meanwhile forgets who waits for them.
    this.#emptyAnswers += 1;
    if (this.#emptyAnswers >= TRIES_WHILE_READING) return;
    const pause = 500 << Math.min(this.#emptyAnswers, 2);
    setTimeout(() => {
      if (!this.#emptyAnswers) return;
      this.#lastSent = "";
      this.send();
    }, pause);
  }

  #tryAgain(isDescribed: boolean): void {
    this.#lastSent = "";
    this.#isWaiting = false;
    this.#failures += 1;
    if (this.#failures < TRIES) setTimeout(() => this.send(isDescribed), 50 << this.#failures);
  }

  /** Once something was entered, a port to the worker stays open, so that it is there when the form is saved. */
  #keepWorker(): void {
    if (this.#port || this.isEnded) return;
    try {
      this.#port = api.runtime.connect({ name: "form" });
    } catch {
      return; // the extension is gone: the next message says so
    }
    this.#port.onDisconnect.addListener(() => {
      void api.runtime.lastError; // looked at, or the browser complains of it in the page's console
      this.#port = undefined;
      setTimeout(() => this.#keepWorker(), 50);
    });
  }

  #end(): void {
    this.isEnded = true;
    this.#hooks.end();
  }
}
