// Speaks the browser's protocol to what the test driver does not know of: a popup, or the inside of a worker.
// It never keeps a target open: whoever attached lets go.

import { workersOf } from "./browser.mjs";

export class Target {
  /** Attaches to a target. Its protocol is spoken by messages, inside a session of the whole browser. */
  static async attach(context, targetId) {
    const target = new Target();
    target.targetId = targetId;
    target.waiting = new Map();
    target.count = 0;
    target.cdp = await context.browser().newBrowserCDPSession();
    target.cdp.on("Target.receivedMessageFromTarget", ({ sessionId, message }) => {
      if (sessionId !== target.sessionId) return;
      const { id, result, error } = JSON.parse(message);
      const [resolve, reject] = target.waiting.get(id) ?? [];
      target.waiting.delete(id);
      if (error) reject?.(new Error(error.message));
      else resolve?.(result);
    });
    ({ sessionId: target.sessionId } = await target.cdp.send("Target.attachToTarget", { targetId, flatten: false }));
    return target;
  }

  /** Attaches to the extension's worker. */
  static async worker(context) {
    const cdp = await context.browser().newBrowserCDPSession();
    const [worker] = await workersOf(cdp);
    await cdp.detach();
    return Target.attach(context, worker.targetId);
  }

  send(method, params = {}) {
    this.count += 1;
    const id = this.count;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, [resolve, reject]);
      this.cdp.send("Target.sendMessageToTarget", { sessionId: this.sessionId, message: JSON.stringify({ id, method, params }) }).catch(reject);
    });
  }

  /** What an expression comes to there. */
  async evaluate(expression) {
    const { result, exceptionDetails } = await this.send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  /** The bytes of every Wasm memory there, after what nobody holds any more was thrown away. */
  async memories() {
    await this.send("HeapProfiler.collectGarbage");
    const { result } = await this.send("Runtime.evaluate", { expression: "WebAssembly.Memory.prototype" });
    const { objects } = await this.send("Runtime.queryObjects", { prototypeObjectId: result.objectId });
    const { result: sizes } = await this.send("Runtime.callFunctionOn", {
      objectId: objects.objectId,
      functionDeclaration: "function () { return this.map((memory) => memory.buffer.byteLength); }",
      returnByValue: true,
    });
    return sizes.value;
  }

  async detach() {
    await this.cdp.detach().catch(() => {});
  }
}
