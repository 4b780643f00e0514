// Reads and works the markers of an edit page in their closed shadow roots, through the browser's debugging protocol.
// It never reaches into the extension: only what a person or an assistive tool could see and do.

import { until } from "./browser.mjs";
import { callOn } from "./panel.mjs";

const attributes = (node) => Object.fromEntries((node.attributes ?? []).map((name, at, all) => (at % 2 ? [] : [name, all[at + 1]])).filter((pair) => pair.length));
const text = (node) => (node.nodeValue ?? "") + (node.children ?? []).map(text).join("");
/** The first element in a node of a name, at any depth. */
const find = (node, name) => {
  for (const child of node?.children ?? []) {
    const found = child.nodeName === name ? child : find(child, name);
    if (found) return found;
  }
};
const SEVERITIES = ["critical", "high", "medium", "low", "info"];

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

  /** Every marker: what it stands beside, how grave, how its box stands, what it says. Notes in heads of columns are no markers. */
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
          const classes = (attributes(body).class ?? "").split(" ");
          const opened = find(body, "DETAILS");
          if ((!opened && body.nodeName !== "P") || classes.includes("hush")) return;
          const before = children.slice(0, at).reverse().find((one) => one.nodeType === 1);
          const beside = attributes(before ?? { attributes: [] });
          const summary = find(opened, "SUMMARY");
          const more = find(opened, "DIV");
          const [label, words] = ["B", "SPAN"].map((name) => text(find(summary, name) ?? {}));
          const undo = (body.children ?? []).find((one) => one.nodeName === "BUTTON");
          found.push({
            id: beside.id,
            title: beside.title,
            box: box.id,
            is: box["data-is"],
            severity: SEVERITIES.find((severity) => classes.includes(severity)),
            standing: ["off", "on", "new"].find((standing) => classes.includes(standing)),
            isTight: classes.includes("tight"),
            lang: attributes(child).lang,
            dir: attributes(child).dir,
            isNote: body.nodeName === "P",
            text: summary ? `${label} ${words}` : text(body).trim(),
            label,
            words,
            note: text(find(body, "Q") ?? {}),
            undo: opened && undo && !("hidden" in attributes(undo)) ? text(undo) : "",
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

  /** The notes in heads of columns: what each says. */
  async columns() {
    const { root } = await this.cdp.send("DOM.getDocument", { depth: -1, pierce: true });
    const found = [];
    const walk = (node) => {
      for (const child of node.children ?? []) {
        const body = child.attributes?.includes("data-leastwise") && child.shadowRoots?.[0]?.children.find((one) => one.nodeName === "DIV");
        if (body && !find(body, "DETAILS")) found.push(`${text(find(body, "B"))}: ${text(find(body, "SPAN"))}`);
        walk(child);
      }
      node.shadowRoots?.forEach(walk);
      if (node.contentDocument) walk(node.contentDocument);
    };
    walk(root);
    return found;
  }

  /** Parts of markers that are seen in part: beyond the edges of what they stand in. */
  async cut() {
    const cut = [];
    for (const marker of (await this.all()).filter((m) => !m.isNote)) {
      const parts = await this.call(marker, function () {
        const body = this.firstElementChild;
        const frame = body.getBoundingClientRect();
        return [...body.querySelectorAll("b,em span,q span,.at>button")].flatMap((part) => {
          // What is shown below its line is not held by it.
          const isTip = body.classList.contains("tip") && part.closest("em");
          const clips = (isTip ? [part.closest("em")] : [body, part.closest("summary"), part.closest("em,q")].filter(Boolean)).map((one) => one.getBoundingClientRect());
          const rect = part.getBoundingClientRect();
          const [left, right, top, bottom] = [Math.max(...clips.map((c) => c.left)), Math.min(...clips.map((c) => c.right)), Math.max(...clips.map((c) => c.top)), Math.min(...clips.map((c) => c.bottom))];
          const isSeen = rect.width > 0 && rect.left < right && rect.right > left && rect.top < bottom && rect.bottom > top;
          const isWhole = rect.left >= left - 0.5 && rect.right <= right + 0.5 && rect.top >= top - 0.5 && rect.bottom <= bottom + 0.5;
          return isSeen && !isWhole ? [`${part.textContent} (${Math.round(rect.width)} x ${Math.round(rect.height)} in ${Math.round(frame.width)})`] : [];
        });
      }.toString());
      cut.push(...parts);
    }
    return cut;
  }

  /** Whether the words of a marker are seen: whole, in its line or below it. */
  async isSeen(marker) {
    return this.call(marker, function () {
      const words = this.querySelector("em span");
      const rect = words.getBoundingClientRect();
      const isTip = this.firstElementChild.classList.contains("tip");
      const line = this.querySelector("summary").getBoundingClientRect();
      return rect.width > 0 && (isTip || this.firstElementChild.classList.contains("open") || rect.top < line.bottom - 1);
    }.toString());
  }

  /** What a screen reader is told of the box that has the focus. */
  async spoken() {
    const { root } = await this.cdp.send("DOM.getDocument", { depth: -1, pierce: true });
    let said = "";
    const walk = (node) => {
      if ((attributes(node).class ?? "").includes("hush") && attributes(node).role === "status") said ||= text(node);
      for (const child of [...(node.children ?? []), ...(node.shadowRoots ?? []), ...(node.contentDocument ? [node.contentDocument] : [])]) walk(child);
    };
    walk(root);
    return said;
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
    // A marker is opened by its dot or bar: words that have no room are not there to be clicked.
    const seen = `function (selector) {
      const dot = selector === "summary" && this.querySelector("summary i");
      return dot && dot.getClientRects().length ? dot : this.querySelector(selector);
    }`;
    await until(async () => {
      try {
        const marker = (await this.all()).find(fits);
        if (!marker) return false;
        const { object } = await this.cdp.send("DOM.resolveNode", { backendNodeId: marker.root });
        const { result } = await this.cdp.send("Runtime.callFunctionOn", { objectId: object.objectId, functionDeclaration: seen, arguments: [{ value: selector }] });
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
