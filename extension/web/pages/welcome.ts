// The page that is shown once, after the extension was installed, and as help. It never talks to an org.

import { brokenTrouble, type Clicked, clickedButton, commandOf, draw, markBusy, showTrouble } from "../draw.ts";
import type { Command } from "../protocol.ts";
import { send } from "../send.ts";
import { announce } from "./page.ts";

const main = document.querySelector("main") as HTMLElement;

const ask = async (command: Clicked): Promise<void> => {
  const answer = await send(command as Command).catch(() => undefined);
  if (answer?.type === "broken") return showTrouble(main, brokenTrouble(answer.error, { command: "Welcome" }));
  if (answer?.type !== "drawing") return showTrouble(main, { text: "Leastwise didn't answer.", command: "Welcome" });
  draw(main, answer);
  announce(main, main.querySelector("#reloaded")?.textContent ?? "");
};

main.addEventListener("click", (event) => {
  const button = clickedButton(event);
  if (!button) return;
  markBusy(button);
  ask(commandOf(main, button));
});
ask({ command: "Welcome" });
