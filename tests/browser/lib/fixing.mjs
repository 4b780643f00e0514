// What journeys about fixes share: a preview that may be approved, what was written, and the state of the org.
// It never approves anything by itself.

import assert from "node:assert/strict";
import { userPage } from "./browser.mjs";
import { Panel } from "./panel.mjs";

const STAMPS = ["LastModifiedDate", "LastModifiedById", "SystemModstamp", "CreatedDate", "CreatedById", "LastReferencedDate", "LastViewedDate", "LastLoginDate"];
const LOGS = ["SetupAuditTrail", "LoginHistory", "AuthSession", "LoginIp", "VerificationHistory"];
// Made again by an undo, they are told by what they say.
const UNNAMED = ["PermissionSetAssignment", "ObjectPermissions", "SetupEntityAccess", "MutingPermissionSet"];

/** The org, less time stamps and logs: equal texts are equal orgs. */
export async function stateOf(org) {
  const { rows, ...rest } = await org.state();
  const lines = [];
  for (const [object, all] of Object.entries(rows)) {
    if (LOGS.includes(object)) continue;
    for (const row of Object.values(all)) {
      // A permission that nobody wrote is off, as one that somebody wrote off.
      const isOff = (name, value) => value === null || (value === false && name.startsWith("Permissions"));
      const kept = Object.entries(row).filter(([name, value]) => !isOff(name, value) && !STAMPS.includes(name) && !(name === "Id" && UNNAMED.includes(object)));
      lines.push(`${object} ${JSON.stringify(kept.sort())}`);
    }
  }
  return [...lines.sort(), JSON.stringify(rest)];
}

/** Two states alike; else what differs, and of a row that both have only that. */
export function alike(own, other) {
  const more = own.filter((line) => !other.includes(line));
  const less = other.filter((line) => !own.includes(line));
  const parts = (line) => new Map(line.startsWith("{") ? Object.entries(JSON.parse(line)).map(([name, value]) => [name, JSON.stringify(value)]) : JSON.parse(line.slice(line.indexOf("["))).map(([name, value]) => [name, String(value)]));
  const told = more.map((line) => {
    const [mine, head] = [parts(line), line.split(" ")[0]];
    const old = less.find((one) => one.split(" ")[0] === head && (head.startsWith("{") || parts(one).get("Id") === mine.get("Id")));
    if (!old) return `only now: ${line.slice(0, 300)}`;
    const was = parts(old);
    const names = [...new Set([...mine.keys(), ...was.keys()])].filter((name) => mine.get(name) !== was.get(name));
    return `${head.slice(0, 40)} ${mine.get("Id") ?? ""}: ${names.map((name) => `${name} ${was.get(name)} -> ${mine.get(name)}`.slice(0, 300)).join(", ")}`;
  });
  const gone = less.filter((line) => !line.startsWith("{") && !more.some((one) => one.split(" ")[0] === line.split(" ")[0] && parts(one).get("Id") === parts(line).get("Id")));
  assert.deepEqual([...told, ...gone.map((line) => `only before: ${line.slice(0, 300)}`)], []);
  assert.equal(own.length, other.length);
}

/** How many rows the audit trail has: each write to Setup adds to it. */
export const trail = async (org) => Object.keys((await org.state()).rows.SetupAuditTrail ?? {}).length;

/** The writes that the org answered. */
export const writes = async (org) => (await org.requests()).filter((r) => r.method !== "GET" && (/\/sobjects(\/|$)/.test(r.path) || /^(create|update|delete)Metadata$/.test(r.operation)));

/** The panel on a user's page, complete. */
export async function panelOf(page, org, username, host = "setup") {
  await page.goto(userPage(org, host, username));
  const panel = await Panel.of(page);
  await panel.report();
  await panel.when((s) => /Logged in as/.test(s.text), "who is signed in");
  return panel;
}

/** The same by a button of the panel, as it stands. */
export async function offeredBy(panel, selector) {
  await panel.click(selector);
  return allowed(panel, await panel.when((s) => s.stage === "offered" || s.stage === "refused", `a preview by ${selector}`), selector);
}

/** A preview with something to approve: writing is allowed first, where it is not yet. */
export async function offered(panel, name) {
  return allowed(panel, await panel.preview(name), name);
}

async function allowed(panel, state, name) {
  if (state.waits === "allow") await panel.approve("Allow");
  return panel.when((s) => s.ready || s.stage === "refused", `something to approve for “${name}”`);
}

/** The names of a row's fixes. */
export const fixesOf = (state, fix) => state.fixes.filter((one) => one.fix === fix).map((one) => one.name);
