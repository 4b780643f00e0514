// A small runner: journeys by name, one line each, and the count at the end.
// It never goes on after a journey as if it had not failed.

import fs from "node:fs";

const journeys = [];

/** Declares a journey. */
export const journey = (name, run) => journeys.push({ name, run });

/** Those declared since the last time this was asked. */
export const declared = () => journeys.splice(0);

/** Runs journeys one after another; how many passed and failed, and which failed. */
export async function runAll(world, journeys) {
  let passed = 0;
  const again = [];
  for (const own of journeys) {
    const { name, run } = own;
    const start = Date.now();
    const page = await world.context.newPage();
    try {
      await world.org.heal();
      await run({ ...world, page });
      passed += 1;
      console.log(`ok    ${name} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
    } catch (error) {
      again.push(own);
      console.log(`FAIL  ${name}\n      ${error.stack?.split("\n").slice(0, 6).join("\n      ")}`);
      fs.mkdirSync("out", { recursive: true });
      await page.screenshot({ path: `out/${name.replace(/\W+/g, "-")}.png` }).catch(() => {});
    } finally {
      await page.close().catch(() => {});
    }
  }
  return { passed, failed: again.length, again };
}
