// The review's page: sends what the Wasm says, keeps the answers, and shows its markup.
// It never decides what is asked, and never writes to an org.

import init, { ReviewPage } from "leastwise-bound/leastwise.js";
import { clickedButton, parse } from "../draw.ts";
import { api } from "../send.ts";
import * as kept from "./kept.ts";
import { localize, saveBytes, saveFile } from "./page.ts";

const scope = globalThis as { chrome?: unknown; browser?: unknown; leastwiseBroke?: (message: string) => void };
// The Wasm knows the API by this name alone.
scope.chrome ??= scope.browser;

/** Users that are judged before the page is given time again. */
const AT_ONCE = 10;

const main = document.querySelector("main") as HTMLElement;
const address = new URLSearchParams(location.search);

let page: ReviewPage;
let events = 0; // of this review, that are kept
let isRunning = false;
let isStopped = false; // by the user
let list: kept.Kept[] = [];
let isUnfinished = false;

const find = <T extends HTMLElement>(id: string): T | null => main.querySelector<T>(`#${id}`);

const say = (text: string): void => {
  const live = main.firstElementChild;
  if (live) live.textContent = text;
};

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Draws the view. The focus stays on what has the same id, or goes to the heading of a new view. */
const draw = (isNew = false): void => {
  const focus = document.activeElement?.id;
  const filter = find<HTMLInputElement>("filter")?.value;
  const live = main.firstElementChild ?? Object.assign(document.createElement("p"), { role: "status" });
  const names = list.map(({ id, taken, integrations }) => ({ id, taken, integrations }));
  main.replaceChildren(live, ...parse(page.html(location.hash, JSON.stringify(names), isUnfinished)));
  localize(main);
  const search = find<HTMLInputElement>("filter");
  if (search && filter && !isNew) {
    search.value = filter;
    show();
  }
  if (isNew) {
    const heading = main.querySelector<HTMLElement>("h2");
    heading?.setAttribute("tabindex", "-1");
    heading?.focus({ preventScroll: true });
    scrollTo(0, 0);
  } else if (focus) find(focus)?.focus({ preventScroll: true });
};

/** Shows the users that fit the pressed button and the text. */
const show = (): void => {
  const text = (find<HTMLInputElement>("filter")?.value ?? "").toLowerCase();
  const wanted = main.querySelector<HTMLElement>('[data-command="Filter"][aria-pressed="true"]')?.dataset.show ?? "";
  let shown = 0;
  const rows = [...main.querySelectorAll<HTMLElement>("table.users tbody tr")];
  for (const row of rows) {
    const fits = !wanted || row.dataset.severity === wanted || (wanted === "unsure" && row.dataset.sure === "false");
    row.hidden = !fits || !(row.textContent ?? "").toLowerCase().includes(text);
    shown += row.hidden ? 0 : 1;
  }
  const nothing = find("nothing");
  if (nothing) nothing.hidden = shown > 0 || !rows.length;
  say(`${shown} of ${rows.length} users shown`);
};

const record = async (event: string | undefined): Promise<void> => {
  if (event) await kept.append(page.org, events++, event);
};

/** Sends what the Wasm says until it has nothing more to say, or stands still. */
const run = async (): Promise<void> => {
  if (isRunning) return;
  isRunning = true;
  isStopped = false;
  const underWay = new Map<number, Promise<[number, string | undefined]>>();
  let next = 0;
  try {
    while (!isStopped) {
      if (!underWay.size) await pause(page.wait());
      if (isStopped) break;
      for (let request = page.next(); request !== undefined; request = page.next()) {
        const number = next++;
        const answer = page.send(request) as Promise<string | undefined>;
        underWay.set(
          number,
          answer.then((event) => [number, event]),
        );
      }
      draw();
      if (!underWay.size) break;
      const [number, event] = await Promise.race(underWay.values());
      underWay.delete(number);
      if (isStopped) break;
      if (event === undefined) {
        // Another session: what is under way is asked again by it, where it is the same user's.
        await record(page.break_off(false));
        underWay.clear();
        if (await page.bind_again()) continue;
        await record(page.break_off(true));
        draw();
        return;
      }
      // Kept before it is read: what was read is never asked again.
      await record(event);
      page.feed(event);
      await pause(0);
    }
    if (isStopped) await record(page.break_off(true));
    else if (page.is_read()) await judge();
  } finally {
    isRunning = false;
    draw();
  }
};

/** Judges everybody, a few at a time, and keeps what comes of it. */
const judge = async (): Promise<void> => {
  for (let at = 0; page.judge(AT_ONCE); at++) {
    if (at % 20 === 0) draw();
    await pause(0);
  }
  const json = page.json();
  if (!json) return;
  const { org, taken, integrations } = page;
  await kept.keep({ id: crypto.randomUUID(), org, taken, integrations, json }, page.keep_days);
  await kept.discard(page.org);
  isUnfinished = false;
  list = await kept.reviews(page.org);
  say(`The review is done: ${integrations} integration users.`);
};

const chosen = (name: string): string => main.querySelector<HTMLInputElement>(`[name="${name}"]:checked`)?.value ?? "";

const ofList = (id: string | undefined): kept.Kept | undefined => list.find((one) => one.id === id);

const fileName = (kind: string): string => `leastwise-review-${page.org}-${new Date().toISOString().slice(0, 10)}.${kind}`;

const commands: Record<string, (button: HTMLElement) => Promise<void> | void> = {
  Reload: () => location.reload(),
  Begin: async () => {
    const begun = await page.begin(Number(chosen("days")) || 180, chosen("scope") || "privileged");
    if (!begun) return draw();
    events = 0;
    await kept.begin(page.org, begun);
    await run();
  },
  TakeUp: async () => {
    const found = await kept.unfinished(page.org);
    if (!found || !page.take_up(found.begun)) {
      isUnfinished = false;
      return draw();
    }
    for (const event of found.events) {
      page.replay(event);
      events += 1;
    }
    // What was under way when the page was closed is asked again.
    await record(page.break_off(false));
    await run();
  },
  Continue: async () => {
    if (page.is_refused() && !(await page.bind_again())) return draw();
    if (page.is_paused()) await record(page.go_on());
    else page.go_on();
    await run();
  },
  Cancel: () => {
    isStopped = true;
    if (!isRunning) draw();
  },
  Discard: async () => {
    isStopped = true;
    await kept.discard(page.org);
    location.reload();
  },
  Again: () => {
    location.hash = "";
    location.reload();
  },
  Show: (button) => {
    const one = ofList(button.dataset.review);
    if (one) page.show(one.json);
    location.hash = "#summary";
    draw(true);
  },
  CompareKept: (button) => {
    const one = ofList(button.dataset.review);
    const why = one && page.compare(one.json);
    draw(true);
    if (why) say(why);
  },
  Forget: async (button) => {
    await kept.forget(button.dataset.review ?? "");
    list = await kept.reviews(page.org);
    draw();
  },
  Integration: (button) => answer(button, false),
  Person: (button) => answer(button, true),
  Filter: (button) => {
    for (const other of main.querySelectorAll('[data-command="Filter"]')) other.setAttribute("aria-pressed", String(other === button));
    show();
  },
  Json: () => {
    const text = page.file("json", isPseudonymous());
    if (text) saveFile(fileName("json"), "application/json", new TextDecoder().decode(text));
  },
  Html: () => save("html", "text/html"),
  Csv: () => save("csv", "application/zip", "zip"),
  Xlsx: () => save("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
};

const isPseudonymous = (): boolean => find<HTMLInputElement>("pseudonyms")?.checked ?? false;

const save = (kind: string, type: string, ending = kind): void => {
  const bytes = page.file(kind, isPseudonymous());
  if (bytes) saveBytes(fileName(ending), type, bytes);
};

/** Keeps who somebody says a user is; it counts from the next review on, and on the user's page at once. */
const answer = async (button: HTMLElement, isPerson: boolean): Promise<void> => {
  const isKept = await page.answer(button.dataset.user ?? "", isPerson);
  const note = document.createElement("span");
  note.className = "small";
  note.textContent = isKept ? `${isPerson ? "A person" : "An integration"}, from the next review on.` : "The browser could not keep this.";
  button.parentElement?.replaceChildren(note);
  say(note.textContent);
};

main.addEventListener("click", (event) => {
  const button = clickedButton(event);
  if (button) void commands[button.dataset.command ?? ""]?.(button);
});
main.addEventListener("input", ({ target }) => {
  if ((target as HTMLElement).id === "filter") show();
});
main.addEventListener("change", async ({ target }) => {
  const input = target as HTMLInputElement;
  if (input.id !== "earlier") return;
  const why = page.compare((await input.files?.[0]?.text()) ?? "");
  draw();
  if (why) {
    const note = Object.assign(document.createElement("p"), { className: "note", textContent: why, role: "alert" });
    main.querySelector("h2")?.after(note);
  }
});
addEventListener("hashchange", () => draw(true));
addEventListener("keydown", ({ key }) => {
  if (!location.hash.startsWith("#present")) return;
  const id = { ArrowRight: "following", ArrowLeft: "previous", Escape: "leave" }[key];
  if (id) find<HTMLAnchorElement>(id)?.click();
});

/** What cannot be said by the Wasm: that it broke off. */
const broke = (message: string): void => {
  isStopped = true;
  const note = Object.assign(document.createElement("p"), { className: "note", role: "alert" });
  note.textContent = `Leastwise had an error and stopped this review. What was read is kept: reload this page to go on. If it happens again, please report this: ${message}`;
  main.prepend(note);
};
scope.leastwiseBroke = broke;

const start = async (): Promise<void> => {
  try {
    await init({ module_or_path: api.runtime.getURL("review.wasm") });
    page = await ReviewPage.open(address.get("host") ?? "", address.get("store") ?? undefined);
  } catch (error) {
    const note = Object.assign(document.createElement("p"), { className: "note", role: "alert", textContent: String(error) });
    return main.replaceChildren(note);
  }
  if (page.org) {
    list = await kept.reviews(page.org).catch(() => []);
    isUnfinished = Boolean(await kept.unfinished(page.org).catch(() => undefined));
  }
  draw();
};

await start();
