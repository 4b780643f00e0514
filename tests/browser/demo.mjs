// The demo: a browser with the extension on the page of the seed's worst integration user.
// It never needs a display: without one it saves a picture and says where.

import fs from "node:fs";
import { address, startBrowser, signIn, userPage } from "./lib/browser.mjs";
import { startOrg } from "./lib/org.mjs";
import { Panel } from "./lib/panel.mjs";

const headed = Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
const org = await startOrg(...process.argv.slice(2));
const context = await startBrowser(org, { headed, viewport: headed ? null : { width: 1280, height: 900 } });
const stop = async () => {
  await context.close().catch(() => {});
  org.stop();
};
process.once("SIGINT", () => stop().then(() => process.exit(0)));

const page = context.pages()[0] ?? (await context.newPage());
await signIn(page, org);
const name = org.users["erp.sync@acme.example"] ? "erp.sync@acme.example" : Object.keys(org.users).find((user) => user !== org.admin.username);
await page.goto(name ? userPage(org, "setup", name) : address(org, "setup", `/${Object.values(org.profiles)[0].slice(0, 15)}`));
const panel = await Panel.of(page);
const state = await panel.report();
await panel.open();
await panel.when((s) => s.open, "the panel is open");

console.log(`\n${state.name}: ${state.chip}`);
for (const row of state.rows.filter((r) => r.outcome === "finding")) {
  console.log(`  ${row.severity.padEnd(8)} ${row.title}`);
}
if (headed) {
  console.log("\nLook at other users and profiles by the links on the left: Data Warehouse is the best kept, Jira Connector shares");
  console.log("its profile, Billing Bot has a muted group. Close the browser to end.");
  await new Promise((resolve) => context.once("close", resolve));
  org.stop();
} else {
  fs.mkdirSync("out", { recursive: true });
  await page.screenshot({ path: "out/demo.png" });
  console.log("\nThere is no display: the page is in out/demo.png");
  await stop();
}
