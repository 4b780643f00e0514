// What the extension's larger pages share: moments in the time of the place, and files.

/** "2026-11-24 11:31", which is how every date is written here: Sweden writes them so. */
const MOMENT = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "short" });
const WITH_ZONE = new Intl.DateTimeFormat("en-US", { timeZoneName: "short" });

/** Says moments, which the worker's markup has in UTC, in the time of the place, with its zone. */
export const localize = (root: HTMLElement): void => {
  for (const time of root.querySelectorAll("time")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    const zone = WITH_ZONE.formatToParts(at).find(({ type }) => type === "timeZoneName")?.value ?? "";
    time.textContent = `${MOMENT.format(at)} ${zone}`.trim();
  }
};

/** Gives a text out as a file. */
export const saveFile = (name: string, type: string, text: string): void => save(name, new Blob([text], { type }));

/** Gives bytes out as a file. */
export const saveBytes = (name: string, type: string, bytes: Uint8Array<ArrayBuffer>): void => save(name, new Blob([bytes], { type }));

const save = (name: string, blob: Blob): void => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
};

/** Has a screen reader say something: the live region is the first element of what is drawn. */
export const announce = (root: HTMLElement, text: string): void => {
  const live = root.firstElementChild;
  if (live) live.textContent = text;
};
