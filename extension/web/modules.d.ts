// What is made by the build and not by TypeScript: the Wasm's bindings and the panel's style sheet (see scripts/pack.mjs).

declare module "leastwise-bound/leastwise.js" {
  /** Loads the Wasm. */
  export default function init(options: { module_or_path: string }): Promise<unknown>;
  /** Makes a new instance of it. */
  export function __wbg_reset_state(): void;
  /** Answers a message: extension/src/worker.rs. */
  export function answer(message: unknown, sender: chrome.runtime.MessageSender, id: string, origin: string, css: string): Promise<unknown>;
}

declare module "leastwise-bound/panel.css" {
  const css: string;
  export default css;
}
