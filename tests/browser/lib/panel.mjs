// Reads and works the panel in its closed shadow root, through the browser's debugging protocol.
// It never reaches into the extension: only what a person or an assistive tool could see and do.

import { until } from "./browser.mjs";

/** What a function (its text) comes to, called on a node as the debugging protocol names it. */
export async function callOn(cdp, backendNodeId, body, args) {
  const { object } = await cdp.send("DOM.resolveNode", { backendNodeId });
  const { result, exceptionDetails } = await cdp.send("Runtime.callFunctionOn", {
    objectId: object.objectId,
    functionDeclaration: `function (...args) { return (${body}).apply(this, args); }`,
    arguments: args.map((value) => ({ value })),
    returnByValue: true,
  });
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value;
}

/** The windows where something is approved, the last opened at the end. */
export const approvals = (context) => context.pages().filter((page) => /\/approve\.html/.test(page.url()) && !page.isClosed());

/** Clicks what approves something in a page of the extension (that window, or the popup), once it may be clicked. */
export async function approveIn(page, name) {
  const button = page.locator("[data-guard]").filter({ hasText: new RegExp(`^${name}`) });
  await button.waitFor();
  await page.locator('[data-guard][aria-disabled="false"]').first().waitFor();
  await button.click();
}

/** The panel of a page's top frame. */
export class Panel {
  constructor(page) {
    this.page = page;
  }

  static async of(page) {
    const panel = new Panel(page);
    panel.cdp = await page.context().newCDPSession(page);
    await panel.cdp.send("DOM.enable");
    return panel;
  }

  /** The shadow root's node, or nothing. Taken anew each time: a drawing replaces its nodes. */
  async root() {
    const { root } = await this.cdp.send("DOM.getDocument", { depth: -1, pierce: true });
    const find = (node) => {
      if (node.nodeName === "DIV" && node.attributes?.includes("data-corner") && node.shadowRoots?.length) return node;
      for (const child of node.children ?? []) {
        const found = find(child);
        if (found) return found;
      }
    };
    return find(root)?.shadowRoots?.[0];
  }

  async call(body, ...args) {
    const root = await this.root();
    if (!root) return undefined;
    return callOn(this.cdp, root.backendNodeId, body, args);
  }

  /** Everything a test asks of it, in one look; nothing when there is no panel. */
  async state() {
    try {
      return await this.call(function () {
        const text = (selector) => this.querySelector(selector)?.textContent.trim() ?? "";
        return {
          chip: text("#chip"),
          open: this.querySelector("#panel") ? !this.querySelector("#panel").hidden : false,
          name: text("#name"),
          who: { ...this.querySelector(".who")?.dataset },
          text: this.querySelector("#panel")?.textContent ?? "",
          corner: this.host.dataset.corner,
          focus: this.activeElement?.id ?? "",
          status: text("[role=status]"),
          stage: this.querySelector("#plan")?.dataset.stage,
          plan: text("#plan"),
          waits: this.querySelector("[data-waits]")?.dataset.waits,
          ready: this.querySelector("[data-waits]")?.dataset.waits === "apply",
          // Every plan that is offered: those with a button of their own, and those that are parts of a button.
          fixes: [...this.querySelectorAll(".remedy [data-command=Fix][title], .remedy .parts input")].map((control) => {
            const { fix, safety } = control.closest("[data-fix]").dataset;
            return { fix, safety, id: control.id, name: `Fix ${control.title}` };
          }),
          inputs: [...this.querySelectorAll("#plan [name]")].map(({ id, value }) => ({ id, value })),
          picks: [...this.querySelectorAll("input[type=checkbox]")].map(({ id, checked }) => ({ id, checked })),
          steps: [...this.querySelectorAll("[data-step]")].map((step) => step.dataset.step),
          buttons: [...this.querySelectorAll("button")].map((button) => ({
            id: button.id,
            name: button.textContent.trim(),
            box: button.closest("details:not([open])")?.id,
          })),
          entries: [...this.querySelectorAll("[data-entry][data-state]")].map((entry) => ({ id: entry.dataset.entry, state: entry.dataset.state, text: entry.textContent })),
          elements: this.querySelectorAll("img, script").length,
          // A finding each: of a check that has several, its items.
          rows: [...this.querySelectorAll("[data-rule]")].flatMap((row) => {
            const { rule, outcome, severity, fix, safety } = row.dataset;
            const source = [...(row.closest("[data-area]")?.querySelectorAll(":scope > .source") ?? [])].map((one) => one.textContent).join(" ");
            const title = row.querySelector("h3")?.lastChild.textContent.trim();
            const own = { rule, outcome, severity, fix, safety, title };
            const items = [...row.querySelectorAll(".items > li")];
            if (!items.length) return [{ ...own, text: `${row.textContent} ${source}` }];
            const rest = [...row.querySelectorAll("details > :not(.items):not(summary)")].map((one) => one.textContent).join(" ");
            return items.map((item) => ({
              ...own,
              severity: item.dataset.severity,
              permission: item.dataset.permission,
              title: [item.querySelector("b"), item.querySelector(".lets")].filter(Boolean).map((one) => one.textContent).join(": "),
              text: `${item.textContent} ${rest} ${source}`,
            }));
          }),
        };
      }.toString());
    } catch {
      return undefined; // replaced while it was looked at: look again
    }
  }

  /** Waits until its state fits. */
  when(condition, what, limit) {
    return until(async () => {
      const state = await this.state();
      return state && condition(state) ? state : undefined;
    }, what, limit);
  }

  /** Waits for a report that is complete. */
  report(name) {
    return this.when(
      (s) => s.rows.length > 0 && !/checking|reading/i.test(s.chip) && (!name || s.name === name) && !/Still reading/.test(s.text),
      `a report${name ? ` on ${name}` : ""}`,
    );
  }

  /** Waits until there is none, or only what stands in its place where it was hidden. */
  gone() {
    return until(async () => !(await this.root()) || /hidden here/.test((await this.state())?.chip ?? ""), "the panel is gone");
  }

  /** Clicks what a selector finds, as a person does: what is folded is opened first. */
  async click(selector) {
    for (let folds = 0; folds < 5; folds += 1) {
      const fold = await this.call(function (selector) {
        const found = this.querySelector(selector);
        let fold;
        for (let at = found; at; at = at.parentElement) {
          if (at.matches("details:not([open])") && found !== at.querySelector(":scope > summary")) fold = at;
        }
        return fold?.id;
      }.toString(), selector);
      if (!fold) break;
      await this.clickAt(`[id="${fold}"] > summary`);
    }
    await this.clickAt(selector);
  }

  /** The node that a selector finds, and the middle of it. */
  async placeOf(selector) {
    const root = await this.root();
    const { nodeId } = await this.cdp.send("DOM.querySelector", { nodeId: root.nodeId, selector });
    const { node } = await this.cdp.send("DOM.describeNode", { nodeId });
    await this.cdp.send("DOM.scrollIntoViewIfNeeded", { nodeId });
    const [quad] = (await this.cdp.send("DOM.getContentQuads", { nodeId })).quads;
    return { id: node.backendNodeId, x: (quad[0] + quad[4]) / 2, y: (quad[1] + quad[5]) / 2 };
  }

  /** Clicks it where it stands; once more where a drawing came between the look and the click, and the click went beside it. */
  async clickAt(selector) {
    const own = `click ${(this.clicks = (this.clicks ?? 0) + 1)}`;
    await until(async () => {
      let place;
      try {
        place = await this.placeOf(selector);
        await callOn(this.cdp, place.id, function (own) {
          const root = this.getRootNode();
          this.addEventListener("click", () => (root.clicked = own), { capture: true, once: true });
        }.toString(), [own]);
      } catch {
        return false; // not there, or replaced while it was looked for
      }
      await this.page.mouse.click(place.x, place.y);
      try {
        if (await this.call(function (own) {
          return this.clicked === own;
        }.toString(), own)) return true;
        const now = await this.placeOf(selector);
        return now.id === place.id && now.x === place.x && now.y === place.y;
      } catch {
        return true; // gone with the click
      }
    }, `a click on ${selector}`);
  }

  /** Opens it, when it is not. */
  async open() {
    if (!(await this.state()).open) await this.click("#chip");
    await this.when((s) => s.open, "open");
  }

  /** Clicks the first button whose name begins so; a fix ("Fix …", by its plan's title) where it can be chosen. */
  async press(name) {
    if (name.startsWith("Fix ")) return this.choose(name);
    // Before an approval it says "Cancel".
    if (name.startsWith("Back")) return this.click("#leave");
    const state = await this.when((s) => s.buttons.some((b) => b.name.startsWith(name)), `a button “${name}”`);
    await this.click(`[id="${state.buttons.find((b) => b.name.startsWith(name)).id}"]`);
  }

  /** Asks for a preview of one plan: by its button, or selected alone among the parts of one. */
  async choose(name) {
    const state = await this.when((s) => s.fixes.some((fix) => fix.name.startsWith(name)), `a fix “${name}”`);
    const { id } = state.fixes.find((fix) => fix.name.startsWith(name));
    if (!id.startsWith("pick-")) return this.click(`[id="${id}"]`);
    const list = id.replace(/^pick-(.*)-[0-9]+$/, "$1");
    await this.select(list, (pick) => pick === id);
    await this.click(`[id="Fix-${list}-chosen"]`);
  }

  /** Selects in a list of parts those that fit, and deselects the others. */
  async select(list, fits) {
    for (const pick of (await this.state()).picks.filter((one) => one.id.startsWith(`pick-${list}-`))) {
      if (pick.checked !== fits(pick.id)) await this.click(`[id="${pick.id}"]`);
    }
  }

  /** Previews what a button asks for. */
  async preview(name) {
    await this.open();
    await this.press(name);
    return this.when((s) => s.stage === "offered" || s.stage === "refused", `a preview of “${name}”`);
  }

  /** The window that the extension opened for what waits here; brought to the front again where it was closed. */
  async window() {
    const find = () => approvals(this.page.context()).at(-1);
    const patience = Date.now() + 3_000;
    return until(async () => {
      if (!find() && Date.now() > patience && (await this.state())?.waits) await this.click("#window");
      return find();
    }, "a window that approves");
  }

  /** Approves in that window, as a person does who has seen what it shows. */
  async approve(name) {
    await this.when((s) => s.waits, name);
    await approveIn(await this.window(), name);
  }

  /** Counts frames from the next click to the first change that it brings about. */
  watch() {
    return this.call(function () {
      let count;
      globalThis.framesToChange = undefined;
      const frame = () => {
        count += 1;
        if (globalThis.framesToChange === undefined) requestAnimationFrame(frame);
      };
      // Before any other listener: on the way down.
      addEventListener("click", () => {
        count = 0;
        requestAnimationFrame(frame);
        const observer = new MutationObserver(() => {
          globalThis.framesToChange ??= Math.max(count, 1);
          observer.disconnect();
        });
        observer.observe(this, { subtree: true, childList: true, attributes: true });
      }, { capture: true, once: true });
    }.toString());
  }

  /** What was counted, once there was a change. */
  frames() {
    return this.call("() => globalThis.framesToChange");
  }

  /** Approves what is previewed; the state when it has ended. */
  async apply() {
    await this.when((s) => s.ready, "something to approve");
    await this.approve("Apply");
    return this.when((s) => s.stage === "ended" && s.rows.length > 0, "an end", 30_000);
  }

  /** Begins a checklist, or looks again how far it is: nothing is approved, for nothing is written. The state when it was looked at. */
  async checklist(name) {
    await this.open();
    await this.press(name);
    return this.when((s) => s.stage === "ended" && s.rows.length > 0, `the checklist “${name}”`, 30_000);
  }

  /** What an expression says in the content script's world. */
  async inOwnWorld(expression) {
    this.worlds ??= [];
    this.cdp.on("Runtime.executionContextCreated", ({ context }) => this.worlds.push(context));
    await this.cdp.send("Runtime.enable");
    await this.cdp.send("Runtime.disable");
    const own = this.worlds.filter((world) => world.auxData?.type === "isolated" && world.origin.startsWith("chrome-extension://")).at(-1);
    const { result, exceptionDetails } = await this.cdp.send("Runtime.evaluate", { expression, contextId: own.id, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value ?? null;
  }

  /** The markup, for tools that cannot see into a closed root. */
  async html() {
    const root = await this.root();
    const parts = await Promise.all(root.children.map(async (c) => (await this.cdp.send("DOM.getOuterHTML", { backendNodeId: c.backendNodeId })).outerHTML));
    return parts.join("\n");
  }

  /** The style sheet that it adopted. */
  css() {
    return this.call(function () {
      return this.adoptedStyleSheets.flatMap((sheet) => [...sheet.cssRules].map((rule) => rule.cssText)).join("\n");
    }.toString());
  }

  /** Ids of rules with an outcome. */
  static rules(state, outcome) {
    return [...new Set(state.rows.filter((row) => row.outcome === outcome).map((row) => row.rule))].sort();
  }
}
