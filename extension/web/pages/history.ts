// The history's page: shows the worker's markup of what was changed, and gives it out as a file.
// It never talks to an org, and clears nothing that nobody asked it to clear.

import { brokenTrouble, type Clicked, clickedButton, draw, requestOf, showTrouble, styleSheet } from "../draw.ts";
import type { Drawing, Request } from "../protocol.ts";
import { api, send } from "../send.ts";

const main = document.querySelector("main") as HTMLElement;

const ask = async (request: Clicked): Promise<void> => {
  const answer = await send({ number: 0, ...request } as Request).catch(() => undefined);
  if (answer && "broken" in answer) return showTrouble(main, brokenTrouble("History", answer.broken));
  const drawing = answer as Drawing | undefined;
  if (!drawing?.html) return showTrouble(main, { text: "The history could not be read.", ask: "History" });
  document.adoptedStyleSheets = [styleSheet(drawing.css)];
  draw(main, drawing);
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
  if (!stored) return ask({ ask: "History" });
  const journal = Object.entries(stored).filter(([key]) => key.startsWith("journal:"));
  saveFile("leastwise-history.json", "application/json", JSON.stringify(Object.fromEntries(journal), undefined, 1));
};

/** The whole journal as a table. */
const saveCsv = async (): Promise<void> => {
  const answer = await send({ ask: "Export" });
  if (!answer || !("csv" in answer)) return ask({ ask: "History" });
  saveFile("leastwise-history.csv", "text/csv", answer.csv);
};

main.addEventListener("click", (event) => {
  const button = clickedButton(event);
  if (!button) return;
  const request = requestOf(main, button);
  if (request.ask === "json") saveJson();
  else if (request.ask === "csv") saveCsv();
  else ask(request);
});
ask({ ask: "History" });
