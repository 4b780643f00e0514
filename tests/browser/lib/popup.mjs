// The toolbar popup as the browser opens it: its own small window, sized by what it holds.
// It never opens the popup's page in a tab: there it is as large as the window, and a popup that is a dot looks fine.

import fs from "node:fs";
import { until } from "./browser.mjs";
import { Target } from "./target.mjs";

export class Popup {
  /** Opens it over the tab in front. */
  static open(context) {
    return Popup.after(context, () => context.serviceWorkers()[0].evaluate(() => chrome.action.openPopup()));
  }

  /** Clicks the toolbar's button over a tab, as a person does: that lets the extension know the tab's address (`activeTab`). */
  static clicked(context, url) {
    return Popup.after(context, async (cdp) => {
      const { targetInfos } = await cdp.send("Target.getTargets", { filter: [{ type: "tab" }] });
      const { targetId } = targetInfos.find((tab) => tab.url === url);
      await cdp.send("Extensions.triggerAction", { id: new URL(context.serviceWorkers()[0].url()).host, targetId });
    });
  }

  static async after(context, opens) {
    const popup = new Popup();
    const cdp = await context.browser().newBrowserCDPSession();
    await opens(cdp);
    const { targetId } = await until(async () => {
      const { targetInfos } = await cdp.send("Target.getTargets");
      return targetInfos.find(({ type, url, attached }) => type === "page" && url.endsWith("/popup.html") && !attached);
    }, "the popup");
    await cdp.detach();
    popup.target = await Target.attach(context, targetId);
    return popup;
  }

  send(method, params) {
    return this.target.send(method, params);
  }

  /** What an expression comes to in its page. */
  evaluate(expression) {
    return this.target.evaluate(expression);
  }

  /** What stands in it, once that fits. */
  text(pattern, limit) {
    return until(async () => {
      const text = await this.evaluate("document.body.innerText").catch(() => "");
      return pattern.test(text) && text;
    }, `the popup says ${pattern}`, limit);
  }

  /** Its width and height. */
  size() {
    return this.evaluate("[innerWidth, innerHeight]");
  }

  /** Clicks, with the mouse, the first that a selector finds whose text begins so. */
  async click(selector, text = "") {
    const find = `[...document.querySelectorAll(${JSON.stringify(selector)})].find((one) => one.innerText.trim().startsWith(${JSON.stringify(text)}))`;
    await until(() => this.evaluate(`!!${find}`), `“${text}” (${selector}) in the popup`);
    const [x, y] = await this.evaluate(`(() => { const one = ${find}; one.scrollIntoView({ block: "nearest" }); const { left, top, width, height } = one.getBoundingClientRect(); return [left + width / 2, top + height / 2]; })()`);
    for (const type of ["mouseMoved", "mousePressed", "mouseReleased"]) {
      const sent = this.send("Input.dispatchMouseEvent", { type, x, y, button: type === "mouseMoved" ? "none" : "left", clickCount: 1 });
      // A click that opens a tab closes the popup, which then answers no more.
      await (type === "mouseReleased" ? Promise.race([sent.catch(() => {}), new Promise((resolve) => setTimeout(resolve, 500))]) : sent);
    }
  }

  /** Draws it into a file, light or dark. */
  async shot(file, scheme = "light") {
    await this.send("Emulation.setEmulatedMedia", { features: [{ name: "prefers-color-scheme", value: scheme }] });
    const { data } = await this.send("Page.captureScreenshot", { format: "png" });
    fs.writeFileSync(file, Buffer.from(data, "base64"));
  }

  async close() {
    await this.target.cdp.send("Target.closeTarget", { targetId: this.target.targetId }).catch(() => {});
    await this.target.detach();
  }
}
