// Edit pages opened, and what becomes of one while something of ours stands in it: its markup, its places, what its form posts.
// It never compares with what was expected of a page; its callers compare with the same page without Leastwise.

import { until } from "./browser.mjs";
import { Markers } from "./markers.mjs";
import { Panel } from "./panel.mjs";

/** Opens a page; its panel and markers, and what its console complained of. */
export async function opened(page, url) {
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  await page.goto(url);
  return { panel: await Panel.of(page), markers: await Markers.of(page), complaints };
}

/** A page's markup, and where each element of its own stands. */
export const look = () => {
  const places = [...document.querySelectorAll("body *")].filter((one) => one.dataset?.leastwise === undefined).map((one) => {
    const { x, y, width, height } = one.getBoundingClientRect();
    return [one.localName, x, y, width, height].join(" ");
  });
  return { html: document.body.innerHTML, places };
};

/** What a page posts when its save button is clicked: kept from the org, so that the next page is the same. */
export async function posted(page, url, control, save, ready) {
  let body;
  const hold = (route) => {
    if (route.request().method() !== "POST") return route.fallback();
    body = route.request().postData();
    return route.abort();
  };
  await page.route("**/*", hold);
  await page.goto(url);
  await ready();
  const first = page.locator(control).first();
  if ((await first.getAttribute("type")) === "checkbox") await first.click();
  else await first.focus();
  await page.waitForTimeout(120);
  await page.locator(save).first().click({ noWaitAfter: true });
  await until(() => body, "the form is posted");
  await page.unroute("**/*", hold);
  return body;
}

/** Forgets which panels were hidden. */
export async function shown(browser) {
  await new Promise((resolve) => setTimeout(resolve, 200));
  await browser.serviceWorkers()[0]?.evaluate(() => chrome.storage.local.clear());
}
