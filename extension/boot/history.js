// The history's page: shows the worker's markup of what was changed, and gives it out as a file.
// It never talks to an org, and clears nothing that nobody asked it to clear.

import { BROKEN, drawn, sheet, trouble, wanted } from "./draw.js";

const { runtime, storage } = globalThis.browser ?? chrome;
const main = document.querySelector("main");

const ask = async (message) => {
  const answer = await runtime.sendMessage({ number: 0, ...message }).catch(() => ({}));
  if (answer?.broken) return trouble(main, BROKEN, "History", "Try again", answer.broken);
  if (!answer?.html) return trouble(main, "The history could not be read.", "History", "Try again");
  document.adoptedStyleSheets = [sheet(answer, true)];
  drawn(main, answer);
};

const save = (name, type, text) => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
};

const FILES = {
  json: async () => {
    const found = await storage.local.get(null).catch(() => undefined);
    // What cannot be read is not empty: the worker says so.
    if (!found) return ask({ ask: "History" });
    const all = Object.entries(found).filter(([key]) => key.startsWith("journal:"));
    save("leastwise-history.json", "application/json", JSON.stringify(Object.fromEntries(all), undefined, 1));
  },
  csv: async () => {
    const answer = await runtime.sendMessage({ ask: "Export" });
    if (answer?.csv === undefined) return ask({ ask: "History" });
    const { csv } = answer;
    save("leastwise-history.csv", "text/csv", csv);
  },
};

main.addEventListener("click", (event) => {
  const message = wanted(main, event);
  if (message) FILES[message.ask]?.() ?? ask(message);
});
ask({ ask: "History" });
