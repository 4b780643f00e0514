// What a screen reader is told of the box that has the focus: nothing of the page's own is changed for it.

import { element, type MarkerElement, makeMarkerElement } from "./marker-element.ts";

const PATTERN = element("p");
PATTERN.className = "hush";
PATTERN.role = "status";

export class LiveRegion {
  #region: MarkerElement<HTMLParagraphElement> | undefined;

  hosts(): HTMLElement[] {
    return this.#region ? [this.#region.host] : [];
  }

  /** Puts it into the page, empty: one that comes with its words is not read out. */
  add(): void {
    this.#region ??= makeMarkerElement(document.body, PATTERN);
    this.#region.host.dataset.out = "";
    if (!this.#region.host.isConnected) document.body.append(this.#region.host);
  }

  say(text: string): void {
    if (this.#region) this.#region.body.textContent = text;
  }

  remove(): void {
    this.#region?.host.remove();
    this.#region = undefined;
  }
}
