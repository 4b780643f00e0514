// The browser's API for extensions, and how a request is sent to the worker.

import type { Answer, Request } from "./protocol.ts";

/** Firefox calls it `browser`, and Chrome `chrome`. */
export const api = globalThis.browser ?? chrome;

/** A request without its number, which the surface that sends it adds. */
export type Unnumbered<R extends Request = Request> = R extends Request ? Omit<R, "number"> : never;

/** Sends a request to the worker. It is rejected when the worker was stopped meanwhile, or the extension updated. */
export const send = async <R extends Request>(request: R): Promise<Answer<R>> => api.runtime.sendMessage(request);
