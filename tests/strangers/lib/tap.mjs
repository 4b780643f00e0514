// Checks of a stranger's work, told as TAP.
// It never goes on after a check as if it had not failed.

let count = 0;
let failed = 0;

/** Runs a check and tells how it went; what it returned. */
export async function check(name, run) {
  count += 1;
  try {
    const value = await run();
    console.log(`ok ${count} - ${name}`);
    return value;
  } catch (error) {
    failed += 1;
    console.log(`not ok ${count} - ${name}: ${String(error?.message ?? error).replaceAll("\n", " ")}`);
    return undefined;
  }
}

/** The plan, when all have run. */
export function done() {
  console.log(`1..${count}`);
  process.exitCode = failed ? 1 : 0;
}
