// Which boxes and fields a page's form has, and what may tell what they mean, as the worker reads it.
// It never decides what a box means, and changes nothing of the page.

import type { FormDescription } from "../protocol.ts";

/** What is filled in with a text or a choice. */
export type Field = HTMLInputElement | HTMLSelectElement;

/** The buttons that save a form. */
export const SAVE = '[id$=":button_pc_save"],input[name="save"]';
/** What can be filled in and seen. */
export const FIELD = "input:not([type=hidden]),select,textarea";
const API_NAME = /^[A-Za-z]\w*$/;
/** Cells of the table of object permissions. */
export const GRID_CELL = ".crudCol,.marvarCol";

// Spaces are the worker's to compare; what parts lines and their parts is not.
const clean = (text: unknown): string =>
  String(text ?? "")
    .trim()
    .replace(/[\t\n\r]+/g, " ");

/** Boxes, and fields and choices, of the forms that can be saved; of every form where no save button is known. */
export const findFields = (): [boxes: HTMLInputElement[], fields: Field[]] => {
  const forms = new Set([...document.querySelectorAll<HTMLInputElement>(SAVE)].map((button) => button.form));
  const all = [...document.getElementsByTagName("input"), ...document.getElementsByTagName("select")].filter(({ form }) => form);
  const savable = all.filter(({ form }) => forms.has(form));
  const used = savable.length ? savable : all;
  return [
    used.filter((one): one is HTMLInputElement => one.type === "checkbox"),
    used.filter(({ type, localName }) => type === "text" || localName === "select"),
  ];
};

/** What is to be read of an element; scripts stand in labels that have a help text. */
const words = (element: Element): string => {
  const text = clean(element.textContent);
  if (!text || !element.firstElementChild || !element.querySelector("script,style")) return text;
  const copy = element.cloneNode(true) as Element;
  for (const one of copy.querySelectorAll("script,style")) one.remove();
  return clean(copy.textContent);
};

/** Something in a cell: its words, or the cell itself when it has a field. */
type Content = string | Element | undefined;

const hasField = (content: Content): boolean => typeof content === "object";

/** What the nearest cell has that has something in it, from one on. */
const nearest = (from: Element | null, step: "nextElementSibling" | "previousElementSibling"): Content => {
  for (let cell = from; cell; cell = cell[step]) {
    if (cell.firstElementChild && cell.querySelector(FIELD)) return cell;
    const text = words(cell);
    if (text) return text;
  }
  return undefined;
};

/** The words that stand for a cell of a row, and only for it: before it where the row begins with words, else after it. */
const inRow = (row: Element, cell: Element): string | undefined => {
  const before = nearest(cell.previousElementSibling, "previousElementSibling");
  const after = nearest(cell.nextElementSibling, "nextElementSibling");
  if (!before && !after) return undefined;
  const isAfter = !before || hasField(nearest(row.firstElementChild, "nextElementSibling"));
  const [own, other] = isAfter ? [after, before] : [before, after];
  // Words between two fields may be either's; a row that begins with a field has to end with words.
  const isUnclear = hasField(other) || (isAfter && hasField(nearest(row.lastElementChild, "previousElementSibling")));
  return typeof own === "string" && !isUnclear ? own : "";
};

/** The words around a box: of the nearest thing that has any, when it has no other field. */
const around = (box: Element): string => {
  let inner = box;
  for (let outer = box.parentElement; outer && outer.localName !== "form"; outer = outer.parentElement) {
    if (outer.localName === "tr") {
      const found = inRow(outer, inner);
      if (found !== undefined) return found;
    } else if (outer.childElementCount > 1 && outer.querySelectorAll(FIELD).length > 1) return "";
    else {
      const found = words(outer);
      if (found) return found;
    }
    inner = outer;
  }
  return "";
};

/** Texts in a line, with tabs between. */
const line = (...parts: unknown[]): string => `${parts.map(clean).join("\t")}\n`;

/** What stands in a field, and the text of its choice. */
export const valueLine = (field: Field): string => line(field.value, "selectedOptions" in field ? field.selectedOptions[0]?.text : "");

/** The words that each box is labelled with. */
const labelsOf = (): ((box: HTMLInputElement) => string | null) => {
  // Labels are looked up at once: each box's own list costs a walk. An id with two labels has none.
  const labels = new Map<string, string | null>();
  for (const label of document.querySelectorAll<HTMLLabelElement>("label[for]")) {
    labels.set(label.htmlFor, labels.has(label.htmlFor) ? null : words(label));
  }
  return (box) => {
    const own = box.id ? labels.get(box.id) : "";
    if (own === null) return "";
    const outer = own ? undefined : box.closest("label");
    return own || (outer ? words(outer) : around(box)) || box.ariaLabel || box.title;
  };
};

/** In which column of the table of object permissions a box stands. */
const columnOf = (box: Element): number | null => {
  const cell = box.closest(GRID_CELL);
  const cells = [...(cell?.closest("tr")?.querySelectorAll(GRID_CELL) ?? [])];
  return cell && (cells.length === 6 || cells.length === 7) ? cells.indexOf(cell) : null;
};

/** A form's boxes and fields, a line each, and the object that the address names. */
export const describe = (boxes: HTMLInputElement[], fields: Field[]): FormDescription => {
  const label = labelsOf();
  const hasGrid = document.querySelector(GRID_CELL);
  const boxLine = (box: HTMLInputElement): string => {
    // The page's own script for a box of that table names the object, and what the box allows.
    const [, object, permission] = /handleClick\([^,]+,\s*'([^']*)'(?:,\s*'([^']*)')?/.exec(box.getAttribute("onclick") ?? "") ?? [];
    // What may be an API name, once each; of an id the end that says what it is of.
    const names = new Set([box.title, box.name, box.id, permission ?? ""].filter((name) => API_NAME.test(name)));
    const end = box.id.lastIndexOf(":", box.id.lastIndexOf(":") - 1);
    const id = end > 0 ? box.id.slice(end) : box.id;
    return line(id, label(box), object, hasGrid && columnOf(box), box.defaultChecked ? 1 : 0, ...names);
  };
  const object = new URLSearchParams(location.search).get("o") ?? "";
  return {
    boxes: boxes.map(boxLine).join(""),
    fields: fields.map((field) => `${field.id}\t${valueLine(field)}`).join(""),
    object,
    isAgain: URL.canParse(document.referrer) && new URL(document.referrer).pathname === location.pathname,
  };
};
