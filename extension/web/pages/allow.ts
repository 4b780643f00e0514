// Asks the browser for addresses of Salesforce, or gives them back, when a person clicks the button that says so.
// It never asks by itself: the browser would refuse.

import { api } from "../send.ts";

/** Has the buttons for addresses work; `done` is told once the person has answered the browser. */
export const whenHostsChange = (main: HTMLElement, done: () => void): void => {
  main.addEventListener("click", ({ isTrusted, target }) => {
    const button = (target as Element).closest<HTMLElement>("[data-hosts]");
    if (!isTrusted || !button) return;
    const origins = button.dataset.origins?.split(" ") ?? [];
    // At once: a browser takes it for a person's wish only while it handles the click.
    const answered = button.dataset.hosts === "allow" ? api.permissions.request({ origins }) : api.permissions.remove({ origins });
    answered.catch((failure) => console.warn("Leastwise:", failure)).then(done);
  });
};
