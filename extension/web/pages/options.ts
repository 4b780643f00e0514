// The options page: shows the worker's markup of the settings, passes on what is chosen, and finds settings by their words.
// It never talks to an org, and erases nothing that nobody confirmed.

import { brokenTrouble, type Clicked, clickedButton, commandOf, draw, showTrouble } from "../draw.ts";
import type { Command, SettingChange } from "../protocol.ts";
import { api, send } from "../send.ts";
import { whenHostsChange } from "./allow.ts";
import { announce, localize, saveFile } from "./page.ts";

const main = document.querySelector("main") as HTMLElement;

const find = <T extends HTMLElement>(id: string): T | null => main.querySelector<T>(`#${id}`);

const words = (element: Element): string => element.textContent?.toLowerCase() ?? "";

/** Shows the settings that have all of the words that are searched for, and the groups that have one. */
const search = (): void => {
  const wanted = (find<HTMLInputElement>("search")?.value ?? "").toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (text: string): boolean => wanted.every((word) => text.includes(word));
  let shown = 0;
  for (const group of main.querySelectorAll<HTMLElement>(".group")) {
    const name = words(group.querySelector("h2") as Element);
    const rows = [...group.querySelectorAll<HTMLElement>(".setting")];
    // A group without settings of its own is found by any of its words.
    if (!rows.length) group.hidden = !fits(words(group));
    else {
      for (const row of rows) row.hidden = !fits(`${name} ${words(row)}`);
      group.hidden = rows.every(({ hidden }) => hidden);
    }
    for (const head of group.querySelectorAll<HTMLElement>("h3")) {
      let next = head.nextElementSibling as HTMLElement | null;
      head.hidden = true;
      for (; next && next.localName !== "h3"; next = next.nextElementSibling as HTMLElement | null) if (!next.hidden) head.hidden = false;
    }
    shown += group.hidden ? 0 : 1;
  }
  const nothing = find("nothing");
  if (nothing) nothing.hidden = shown > 0;
};

const ask = async (command: Clicked): Promise<void> => {
  const answer = await send(command as Command).catch(() => undefined);
  if (answer?.type === "broken") return showTrouble(main, brokenTrouble(answer.error, { command: "Options" }));
  if (answer?.type !== "drawing") return showTrouble(main, { text: "The settings could not be read.", command: "Options" });
  const active = document.activeElement?.id;
  // A control that was just changed shows what is stored, also where that is not what was entered.
  for (const control of main.querySelectorAll<HTMLInputElement>("[data-setting]")) control.removeAttribute("name");
  draw(main, answer);
  localize(main);
  search();
  if (command.command !== "Options")
    announce(main, command.command === "Erase" ? "Everything was erased" : (find("imported")?.textContent ?? "Saved"));
  if (active) find(active)?.focus({ preventScroll: true });
};

/** What a control that was changed stands for. */
const changeOf = (control: HTMLInputElement | HTMLSelectElement): SettingChange => {
  const { setting, of: rule } = control.dataset;
  const value =
    control.type === "checkbox" ? (control as HTMLInputElement).checked : control.type === "number" ? Number(control.value) : control.value;
  // The markup is the worker's own: each of its controls names a setting that there is.
  return { setting, value, ...(rule && { rule }) } as unknown as SettingChange;
};

/** All that is stored, as it is stored. */
const save = async (): Promise<void> => {
  const stored = await api.storage.local.get(null).catch(() => undefined);
  if (!stored) return ask({ command: "Options" });
  saveFile("leastwise-data.json", "application/json", JSON.stringify(stored, undefined, 1));
};

/** The file that was chosen, until it is taken or not. */
let file = "";

/** Lets a file be chosen, and asks what would come of it. */
const choose = (org: string): void => {
  const input = Object.assign(document.createElement("input"), {
    type: "file",
    accept: ".json,application/json",
    id: "file",
    hidden: true,
  });
  // In the page, so that what works the page (an assistive tool, or a test) finds it.
  find("file")?.remove();
  main.append(input);
  input.addEventListener("change", async () => {
    file = (await input.files?.[0]?.text().catch(() => "")) ?? "";
    await ask({ command: "ImportAccepted", org, text: file });
    find("imported")?.focus();
  });
  input.click();
};

/** What is accepted in an org, as a file. */
const saveAccepted = async (org: string): Promise<void> => {
  const answer = await send({ command: "ExportAccepted", org });
  if (answer?.type !== "accepted") return ask({ command: "Options" });
  saveFile(answer.name, "application/json", answer.text);
};

const confirmErase = (isAsked: boolean): void => {
  const [box, button] = [find("confirm"), find("erase")];
  if (!box || !button) return;
  box.hidden = !isAsked;
  button.ariaExpanded = String(isAsked);
  (isAsked ? find("keep") : button)?.focus();
};

main.addEventListener("change", (event) => {
  const control = event.target as HTMLInputElement | HTMLSelectElement;
  if (!event.isTrusted || !control.dataset.setting || !control.reportValidity()) return;
  ask({ command: "Configure", change: changeOf(control) });
});
main.addEventListener("input", (event) => (event.target as HTMLElement).id === "search" && search());
main.addEventListener("click", (event) => {
  const button = clickedButton(event);
  if (!button) return;
  const { command, org, of } = button.dataset;
  if (command === "data") save();
  else if (command === "confirm") confirmErase(true);
  else if (command === "keep") confirmErase(false);
  else if (command === "file") choose(org as string);
  else if (command === "import") ask({ command: "ImportAccepted", org: org as string, text: file, confirmed: true });
  else if (command === "ExportAccepted") saveAccepted(org as string);
  else if (command === "ForgetAnswers" || command === "ShowPanels")
    ask({ command, ...(org && of && { of: [org, of] as [string, string] }) });
  else ask(commandOf(main, button));
});
whenHostsChange(main, () => ask({ command: "Options" }));
ask({ command: "Options" }).then(() => location.hash && find(location.hash.slice(1))?.scrollIntoView());
