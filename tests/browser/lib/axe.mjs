// What axe-core finds on a page.

import fs from "node:fs";
import { createRequire } from "node:module";

/** axe-core, to be run in a page. */
export const AXE = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds on a page, as lines. */
export async function axe(page, scope = "document") {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate((where) => globalThis.axe.run(where === "document" ? document : where), scope);
  return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).join(", ")}`);
}

/** Draws a panel's markup and styles in an open document: axe cannot see into a closed root. */
export const drawn = ([markup, styles]) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles.replaceAll(":host", "#host"));
  document.adoptedStyleSheets = [sheet];
  document.querySelector("#host").innerHTML = markup;
};
