// How long a program takes from its start to its first byte, in milliseconds: the least of 20 runs.
// Usage: node scripts/first-byte.mjs PROGRAM [ARGUMENT]…

import { spawn } from "node:child_process";
import { once } from "node:events";

const [program = "", ...given] = process.argv.slice(2);
const times = [];
for (let run = 0; run < 20; run += 1) {
  const start = performance.now();
  const child = spawn(program, given, { stdio: ["ignore", "pipe", "inherit"] });
  await once(child.stdout, "data");
  times.push(performance.now() - start);
  child.stdout.resume();
  await once(child, "close");
}
console.log(Math.min(...times).toFixed(1));
