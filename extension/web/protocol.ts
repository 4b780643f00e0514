// The messages between the extension's parts: what the worker takes, what it answers, and what it sends by itself.
// The Rust side of it is core/src/protocol.rs and extension/src. Types alone: nothing here is in what is shipped.

/** A corner of the page where the panel stands. */
export type Corner = "bottom-right" | "bottom-left" | "top-left" | "top-right";

/** What an admin said of a user. */
export type Word = "Integration" | "Person";

/** For how long writing to an org is allowed: until the browser is closed, or until somebody takes it back. */
export type Until = "closed" | "always";

/** How bad something is. */
export type Severity = "critical" | "high" | "medium" | "low" | "info";

/** What stands in a form control of a preview, by its name. */
export type ControlValue = [name: string, value: string];

/** A form of Salesforce: its boxes, a line each; its fields, a line each; the object that the address names. */
export type FormDescription = [boxes: string, fields: string, object: string];

/** What stands in a form: for each box 1 or 0; for each field a line with its value and the text of its choice. */
export interface FormState {
  on: string;
  values: string;
}

/**
 * Everything that the worker takes. `number` tells which check of its page a request goes with, so that a late answer to an
 * earlier one is dropped. Which surface may send which request is said in core/src/protocol.rs.
 */
export type Request =
  | { ask: "Check"; number: number; url: string }
  | { ask: "Retry"; number: number }
  | { ask: "Say"; number: number; word?: Word }
  | { ask: "Place"; corner: Corner }
  | { ask: "Close"; number: number }
  | EditRequest
  | { ask: "Submitted" }
  | { ask: "SaveCheck"; on?: boolean }
  | { ask: "Front" }
  | { ask: "ShowApproval"; number: number }
  | { ask: "Fix"; number: number; plan?: string; fields?: ControlValue[] }
  | { ask: "Undo"; number: number; entry: string }
  | { ask: "Continue"; number: number; entry: string }
  | { ask: "Verify"; number: number; entry: string }
  | { ask: "Apply"; number: number; token: string; fields?: ControlValue[] }
  | { ask: "Allow"; number: number; token: string; until?: Until }
  | { ask: "Forbid"; number: number }
  | { ask: "Leave"; number: number }
  | { ask: "History" }
  | { ask: "Export" }
  | { ask: "Clear" };

/** What stands in the form of an edit page. */
export interface EditRequest extends FormState {
  ask: "Edit";
  /** Which description of the form it goes with. */
  number: number;
  /** The description, when the worker does not know it yet. */
  form?: FormDescription | undefined;
  /** The places of what has an open marker, with spaces between. */
  open: string;
}

/** What a surface shows from now on; nothing when `html` is empty. */
export interface Drawing {
  number: number;
  html: string;
  /** What a screen reader is told. */
  status: string;
  /** The style sheet of the panel. */
  css: string;
  corner: Corner;
  /** Whether another drawing follows. */
  pending: boolean;
}

/** What changes of a panel while a form is edited: markup by the id of the element that it goes into. */
export interface PanelParts {
  number: number;
  parts: Record<string, string>;
  /** The color of the chip. */
  tone: string;
  status: string;
}

/** Asks a page to check again: what was read for it is lost. */
export interface CheckAgain {
  check: true;
}

/** What is drawn beside the boxes and fields of a form. Only its number: what is needed is still being read. */
export interface FormDrawing {
  number: number;
  /** What stands beside the save button; empty for no note. */
  note?: string;
  /** Markup of the open markers, by the place of what they stand beside. */
  details?: Record<string, string>;
  /** All markers, when they are others than before. */
  markers?: [place: number, severity: Severity, words: string][];
}

/** The worker does not know the form: it is to be described. */
export interface UnknownForm {
  again: true;
}

/** The panel was hidden, and the markers of its page with it. */
export interface FormOver {
  over: true;
}

/** Whether a save of something critical is asked about once, and whether a company decided that. */
export interface SaveCheck {
  on: boolean;
  decided: boolean;
}

/** The journal as a table. */
export interface Exported {
  csv: string;
}

/** The worker's own code broke off, with this message. */
export interface Broken {
  broken: string;
  css: string;
}

/** What the worker sends to a page by itself. */
export type PushedMessage = Drawing | PanelParts | CheckAgain | FormDrawing | FormOver;

/** What the worker answers to a kind of request; all others are answered with what a page of the extension is to draw. */
interface Answers {
  Edit: FormDrawing | UnknownForm;
  Submitted: null;
  SaveCheck: SaveCheck;
  Export: Exported | Drawing;
}

/** The answer to a request. Nothing, where there is nothing to draw; a Salesforce page is sent its drawings. */
export type Answer<R extends Request> = (R["ask"] extends keyof Answers ? Answers[R["ask"]] : Drawing) | Broken | undefined;
