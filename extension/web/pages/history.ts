// The history's page: shows the worker's markup of what was changed, filters it, and gives it out as a file or text.
// It never talks to an org, and clears nothing that nobody asked it to clear.

import { brokenTrouble, type Clicked, clickedButton, commandOf, draw, showTrouble } from "../draw.ts";
import type { Command } from "../protocol.ts";
import { api, send } from "../send.ts";
import { announce, localize, saveFile } from "./page.ts";

const main = document.querySelector("main") as HTMLElement;

const find = <T extends HTMLElement>(id: string): T | null => main.querySelector<T>(`#${id}`);

/** The first and the last moment of a day that was chosen, in seconds since 1970; it is a day of this place. */
const bounds = (): [number, number] => {
  const day = (id: string, time: string): number => Date.parse(`${find<HTMLInputElement>(id)?.value}T${time}`) / 1_000;
  const [from, to] = [day("from", "00:00:00"), day("to", "23:59:59.999")];
  return [Number.isNaN(from) ? -Infinity : from, Number.isNaN(to) ? Infinity : to];
};

/** Shows the entries of the org and the days that are chosen. */
const filter = (): void => {
  const org = find<HTMLSelectElement>("org")?.value;
  const [from, to] = bounds();
  const rows = [...main.querySelectorAll<HTMLElement>("tbody tr")];
  let shown = 0;
  for (const row of rows) {
    const at = Number(row.dataset.at);
    row.hidden = at < from || at > to || (!!org && row.dataset.org !== org);
    shown += row.hidden ? 0 : 1;
  }
  const nothing = find("nothing");
  if (nothing) nothing.hidden = shown > 0 || !rows.length;
  if (rows.length) announce(main, `${shown} of ${rows.length} changes shown`);
};

const ask = async (command: Clicked): Promise<void> => {
  const answer = await send({ number: 0, ...command } as Command).catch(() => undefined);
  if (answer?.type === "broken") return showTrouble(main, brokenTrouble(answer.error, { command: "History" }));
  // Its page is opened in a tab.
  if (command.command === "OpenEntry") return;
  if (answer?.type !== "drawing" || !answer.html) return showTrouble(main, { text: "The history could not be read.", command: "History" });
  draw(main, answer);
  localize(main);
  filter();
};

/** The whole journal as it is stored. What cannot be read is not empty: then the worker says so. */
const saveJson = async (): Promise<void> => {
  const stored = await api.storage.local.get(null).catch(() => undefined);
  if (!stored) return ask({ command: "History" });
  const journal = Object.entries(stored).filter(([key]) => key.startsWith("journal:"));
  saveFile("leastwise-history.json", "application/json", JSON.stringify(Object.fromEntries(journal), undefined, 1));
};

/** The whole journal as a table. */
const saveCsv = async (): Promise<void> => {
  const answer = await send({ command: "Export" });
  if (answer?.type !== "export") return ask({ command: "History" });
  saveFile("leastwise-history.csv", "text/csv", answer.csv);
};

const copy = async (button: HTMLElement): Promise<void> => {
  const words = await navigator.clipboard.writeText(button.dataset.text ?? "").then(
    () => "Copied",
    () => "The browser didn't allow copying",
  );
  const label = button.firstChild as Text;
  const before = label.data;
  label.data = words;
  announce(main, words);
  setTimeout(() => {
    label.data = before;
  }, 2_000);
};

main.addEventListener("click", (event) => {
  const button = clickedButton(event);
  if (!button) return;
  const command = commandOf(main, button);
  if (command.command === "json") saveJson();
  else if (command.command === "csv") saveCsv();
  else if (command.command === "copy") copy(button);
  else ask(command);
});
main.addEventListener("input", filter);
ask({ command: "History" });
