// A small runner: journeys by name, one line each, and the count at the end.
// It never goes on after a journey as if it had not failed.

import fs from "node:fs";

const journeys = [];

/** Declares a journey. */
export const journey = (name, run) => journeys.push({ name, run });

/** Those declared since the last time this was asked. */
export const declared = () => journeys.splice(0);

/** Says what failed, and the first lines of why. */
export const sayFailure = (name, error) => console.log(`FAIL  ${name}\n      ${error?.stack?.split("\n").slice(0, 6).join("\n      ") ?? error}`);

/** How long one may take: the longest takes a third of it, beside three others on two cores. */
const LIMIT = 240_000;

/** What comes first: the end of something, or an error when it has not ended in time. */
export async function within(limit, what, work) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not ended within ${limit / 1000} s: ${what}`)), limit);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Runs journeys one after another, until a browser is stuck: how many passed, which failed, and which are left for another browser.
 */
export async function runAll(world, journeys) {
  let passed = 0;
  const failed = [];
  for (const [at, own] of journeys.entries()) {
    const { name, run } = own;
    const start = Date.now();
    let page;
    const attempt = async () => {
      page = await world.context.newPage();
      await world.org.heal();
      await run({ ...world, page });
    };
    try {
      await within(LIMIT, name, attempt());
      passed += 1;
      console.log(`ok    ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failed.push(own);
      sayFailure(name, error);
      fs.mkdirSync("out", { recursive: true });
      const picture = { path: `out/${name.replace(/\W+/g, "-")}.png` };
      const tidied = page && (await within(20_000, "a picture", page.screenshot(picture)).then(() => true, () => false));
      // A browser that cannot even open a page, or draw it, is of no use to the next one.
      if (!tidied || Date.now() - start > LIMIT) return { passed, failed, left: journeys.slice(at + 1) };
    }
    await within(20_000, "closing a page", page.close()).catch(() => {});
  }
  return { passed, failed, left: [] };
}
