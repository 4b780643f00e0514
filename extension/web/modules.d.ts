// What is made by the build and not by TypeScript: the Wasm's bindings and the panel's style sheet (see scripts/pack.mjs).

declare module "leastwise-bound/leastwise.js" {
  /** Loads the Wasm. */
  export default function init(options: { module_or_path: string }): Promise<unknown>;
  /** Makes a new instance of it. */
  export function __wbg_reset_state(): void;
  /** The review's page: extension/src/review_page.rs. */
  export class ReviewPage {
    static open(host: string, store?: string): Promise<ReviewPage>;
    readonly org: string;
    readonly taken: string;
    readonly integrations: number;
    readonly keep_days: number | undefined;
    begin(days: number, scope: string): Promise<string | undefined>;
    take_up(begun: string): boolean;
    replay(event: string): void;
    next(): string | undefined;
    wait(): number;
    send(request: string): Promise<unknown>;
    feed(event: string): void;
    go_on(): string | undefined;
    break_off(by_user: boolean): string | undefined;
    bind_again(): Promise<boolean>;
    is_paused(): boolean;
    is_refused(): boolean;
    is_read(): boolean;
    judge(most: number): boolean;
    json(): string | undefined;
    show(json: string): boolean;
    compare(json: string): string | undefined;
    html(hash: string, kept: string, unfinished: boolean): string;
    answer(user: string, is_person: boolean): Promise<boolean>;
    file(kind: string, pseudonyms: boolean): Uint8Array<ArrayBuffer> | undefined;
  }
  /** Answers a message: extension/src/worker.rs. */
  export function answer(message: unknown, sender: chrome.runtime.MessageSender, id: string, origin: string, css: string): Promise<unknown>;
}

declare module "leastwise-bound/panel.css" {
  const css: string;
  export default css;
}
