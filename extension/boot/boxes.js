// Which boxes and fields a page's form has, and what may tell what they mean, as the worker reads it.
// It never decides what a box means, and changes nothing of the page.

export const SAVE = '[id$=":button_pc_save"],input[name="save"]';
const API_NAME = /^[A-Za-z]\w*$/;
/** What can be filled in and seen. */
export const FIELD = "input:not([type=hidden]),select,textarea";

// Spaces are the worker's to compare; what parts lines and their parts is not.
const clean = (text) => String(text ?? "").trim().replace(/[\t\n\r]+/g, " ");

/** Boxes, and fields and choices, of the forms that can be saved; of every form where no save button is known. */
export const found = () => {
  const forms = new Set([...document.querySelectorAll(SAVE)].map((button) => button.form));
  const all = ["input", "select"].flatMap((name) => [...document.getElementsByTagName(name)]).filter(({ form }) => form);
  const own = all.filter(({ form }) => forms.has(form));
  const of = own.length ? own : all;
  return [of.filter(({ type }) => type === "checkbox"), of.filter(({ type, localName }) => type === "text" || localName === "select")];
};

/** What is to be read of an element; scripts stand in labels that have a help text. */
const words = (node) => {
  const text = clean(node.textContent);
  if (!text || !node.firstElementChild || !node.querySelector("script,style")) return text;
  const copy = node.cloneNode(true);
  for (const one of copy.querySelectorAll("script,style")) one.remove();
  return clean(copy.textContent);
};

/** The nearest cell with something in it, from one on: its words, or itself when it has a field. */
const next = (cell, step) => {
  for (; cell; cell = cell[step]) {
    if (cell.firstElementChild && cell.querySelector(FIELD)) return cell;
    const found = words(cell);
    if (found) return found;
  }
};

/** The words that stand for a cell of a row, and only for it: before it where the row begins with words, else after it. */
const inRow = (row, cell) => {
  const before = next(cell.previousElementSibling, "previousElementSibling");
  const after = next(cell.nextElementSibling, "nextElementSibling");
  if (!before && !after) return undefined;
  const isAfter = !before || next(row.firstElementChild, "nextElementSibling").localName;
  const [own, other] = isAfter ? [after, before] : [before, after];
  // Words between two fields may be either's; a row that begins with a field has to end with words.
  const last = isAfter && next(row.lastElementChild, "previousElementSibling");
  return typeof own === "string" && !other?.localName && !last?.localName ? own : "";
};

/** The words around a box: of the nearest thing that has any, when it has no other field. */
const around = (box) => {
  for (let inner = box, at = box.parentElement; at && at.localName !== "form"; inner = at, at = at.parentElement) {
    if (at.localName === "tr") {
      const found = inRow(at, inner);
      if (found !== undefined) return found;
    } else if (at.childElementCount > 1 && at.querySelectorAll(FIELD).length > 1) return "";
    else {
      const found = words(at);
      if (found) return found;
    }
  }
  return "";
};

/** Texts in a line, with tabs between. */
const line = (...parts) => `${parts.map(clean).join("\t")}\n`;
export const value = (field) => line(field.value, field.selectedOptions?.[0]?.text);

/** A form's boxes and fields, a line each, and the object that the address names. */
export const description = (boxes, fields) => {
  // Labels are looked up at once: each box's own list costs a walk. An id with two labels has none.
  const labels = new Map();
  for (const label of document.querySelectorAll("label[for]")) {
    labels.set(label.htmlFor, labels.has(label.htmlFor) ? null : words(label));
  }
  const labelled = (box) => {
    const own = box.id ? labels.get(box.id) : "";
    if (own === null) return "";
    const outer = own ? undefined : box.closest("label");
    return own || (outer ? words(outer) : around(box)) || box.ariaLabel || box.title;
  };
  const isGrid = document.querySelector(".crudCol,.marvarCol");
  const column = (box) => {
    const cell = isGrid && box.closest(".crudCol,.marvarCol");
    const cells = cell ? [...cell.closest("tr").querySelectorAll(".crudCol,.marvarCol")] : [];
    return cells.length === 6 || cells.length === 7 ? cells.indexOf(cell) : null;
  };
  const one = (box) => {
    const called = /handleClick\([^,]+,\s*'([^']*)'(?:,\s*'([^']*)')?/.exec(box.getAttribute("onclick"));
    // What may be an API name, once each; of an id the end that says what it is of.
    const names = new Set([box.title, box.name, box.id, called?.[2]].filter((name) => API_NAME.test(name)));
    const end = box.id.lastIndexOf(":", box.id.lastIndexOf(":") - 1);
    return line(end > 0 ? box.id.slice(end) : box.id, labelled(box), called?.[1], column(box), box.defaultChecked ? 1 : 0, ...names);
  };
  const object = new URLSearchParams(location.search).get("o") ?? "";
  return [boxes.map(one).join(""), fields.map((field) => field.id + "\t" + value(field)).join(""), object];
};
