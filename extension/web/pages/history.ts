// The history's page: shows the worker's markup of what was changed, and gives it out as a file.
// It never talks to an org, and clears nothing that nobody asked it to clear.

import { brokenTrouble, type Clicked, clickedButton, commandOf, draw, showTrouble, styleSheet } from "../draw.ts";
import type { Command } from "../protocol.ts";
import { api, send } from "../send.ts";

const main = document.querySelector("main") as HTMLElement;

const ask = async (command: Clicked): Promise<void> => {
  const answer = await send({ number: 0, ...command } as Command).catch(() => undefined);
  if (answer?.type === "broken") return showTrouble(main, brokenTrouble(answer.error, { command: "History" }));
  if (!answer?.html) return showTrouble(main, { text: "The history could not be read.", command: "History" });
  document.adoptedStyleSheets = [styleSheet(answer.css)];
  draw(main, answer);
};

const saveFile = (name: string, type: string, text: string): void => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
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

main.addEventListener("click", (event) => {
  const button = clickedButton(event);
  if (!button) return;
  const command = commandOf(main, button);
  if (command.command === "json") saveJson();
  else if (command.command === "csv") saveCsv();
  else ask(command);
});
ask({ command: "History" });
