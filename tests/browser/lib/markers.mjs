// Reads and works the markers of an edit page in their closed shadow roots, through the browser's debugging protocol.
// It never reaches into the extension: only what a person or an assistive tool could see and do.

import { until } from "./browser.mjs";
import { callOn } from "./panel.mjs";

const attributes = (node) => Object.fromEntries((node.attributes ?? []).map((name, at, all) => (at % 2 ? [] : [name, all[at + 1]])).filter((pair) => pair.length));
const text = (node) => (node.nodeValue ?? "") + (node.children ?? []).map(text).join("");

/** The frame that shows a page for editing: the page's own, or the one in the Lightning shell. */
export const formFrame = (page) =>
  until(async () => {
    const frame = page.frames().find((f) => /\/(005|00e|0PS)\w{12,15}\/e|profileclone/.test(new URL(f.url()).pathname));
    return (await frame?.evaluate(() => document.readyState).catch(() => "")) === "complete" ? frame : undefined;
  }, "a frame with a form");

export class Markers {
  static async of(page) {
    const markers = new Markers();
    markers.page = page;
    markers.frame = await formFrame(page);
    // A frame of another site has a process, and a session, of its own.
    markers.cdp = await page
      .context()
      .newCDPSession(markers.frame)
      .catch(() => page.context().newCDPSession(page));
    await markers.cdp.send("DOM.enable");
    return markers;
  }

  /** Every marker: what it stands beside, how grave, what it says. */
  async all() {
    const { root } = await this.cdp.send("DOM.getDocument", { depth: -1, pierce: true });
    const found = [];
    let box = {};
    const walk = (node) => {
      if (node.nodeName === "INPUT" || node.nodeName === "SELECT") box = attributes(node);
      const children = node.children ?? [];
      children.forEach((child, at) => {
        if (child.attributes?.includes("data-leastwise")) {
          const body = child.shadowRoots[0].children.find((one) => one.nodeName !== "STYLE");
          const before = children.slice(0, at).reverse().find((one) => one.nodeType === 1);
          const beside = attributes(before ?? { attributes: [] });
          const summary = (body.children ?? []).find((one) => one.nodeName === "SUMMARY");
          const more = (body.children ?? []).find((one) => one.nodeName === "DIV");
          found.push({
            id: beside.id,
            title: beside.title,
            box: box.id,
            is: box["data-is"],
            severity: attributes(body).class,
            isNote: body.nodeName === "P",
            text: text(summary ?? body).trim(),
            more: more ? text(more) : "",
            node: child.backendNodeId,
            root: child.shadowRoots[0].backendNodeId,
          });
        }
        walk(child);
      });
      node.shadowRoots?.forEach(walk);
      if (node.contentDocument) walk(node.contentDocument);
    };
    walk(root);
    return found;
  }

  /** Waits until one fits. */
  one(fits, what = "a marker", limit) {
    return until(async () => (await this.all().catch(() => [])).find(fits), what, limit);
  }

  /** Waits until there are some. */
  async some() {
    await this.one(() => true, "markers");
    return this.all();
  }

  async call(marker, body, ...args) {
    return callOn(this.cdp, marker.root, body, args);
  }

  /** Clicks what a selector finds in a marker, as a person does. */
  async click(fits, selector) {
    await until(async () => {
      try {
        const marker = (await this.all()).find(fits);
        if (!marker) return false;
        const { object } = await this.cdp.send("DOM.resolveNode", { backendNodeId: marker.root });
        const { result } = await this.cdp.send("Runtime.callFunctionOn", { objectId: object.objectId, functionDeclaration: `function () { return this.querySelector(${JSON.stringify(selector)}); }` });
        if (!result.objectId) return false;
        // To the middle: at its edge the panel may stand over it.
        await this.cdp.send("Runtime.callFunctionOn", { objectId: result.objectId, functionDeclaration: 'function () { this.scrollIntoView({ block: "center" }); }' });
        const quad = (await this.cdp.send("DOM.getContentQuads", { objectId: result.objectId })).quads[0];
        // A session of a frame's own counts from the frame's corner.
        const corner = { x: 0, y: 0, ...(await this.corner()) };
        await this.page.mouse.click(corner.x + (quad[0] + quad[2]) / 2, corner.y + (quad[1] + quad[5]) / 2);
        return true;
      } catch {
        return false;
      }
    }, `a click on ${selector}`);
  }

  async corner() {
    if (this.frame === this.page.mainFrame() || new URL(this.frame.url()).host === new URL(this.page.url()).host) return {};
    return (await this.frame.frameElement()).boundingBox();
  }
}
