// The browser's API for extensions, and how a command is sent to the worker.

import type { Command, Response } from "./protocol.ts";

/** Firefox calls it `browser`, and Chrome `chrome`. */
export const api = globalThis.browser ?? chrome;

/** A command without its number, which the surface that sends it adds. */
export type Unnumbered<C extends Command = Command> = C extends Command ? Omit<C, "number"> : never;

type ResponseOf<T extends Response["type"]> = Extract<Response, { type: T }>;

/** What the worker answers to a kind of command; all others are answered with what a page of the extension is to draw. */
interface Responses {
  Edit: ResponseOf<"form">;
  Submitted: never;
  ShowField: never;
  PutBack: never;
  SaveCheck: ResponseOf<"saveCheck">;
  Export: ResponseOf<"export" | "drawing">;
  ExportAccepted: ResponseOf<"accepted" | "drawing">;
}

/** The response to a command. Nothing, where there is nothing to draw; a Salesforce page is sent its drawings. */
export type ResponseTo<C extends Command> =
  | (C["command"] extends keyof Responses ? Responses[C["command"]] : ResponseOf<"drawing">)
  | ResponseOf<"broken">
  | undefined;

/** Sends a command to the worker. It is rejected when the worker was stopped meanwhile, or the extension updated. */
export const send = async <C extends Command>(command: C): Promise<ResponseTo<C>> => api.runtime.sendMessage(command);
