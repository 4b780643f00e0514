// Random schedules: fixes and undos while the worker is killed at any moment and another admin writes in between. Each
// schedule follows from its number alone, which is in its name; LEASTWISE_SCHEDULES names others ("7,8,9").
// It never takes a claim of the panel's for done: what the org answered, the journal and the org's state are compared.

import assert from "node:assert/strict";
import fs from "node:fs";
import { killWorker, popupPage } from "../lib/browser.mjs";
import { journey } from "../lib/check.mjs";
import { alike, offered, panelOf, stateOf, writes } from "../lib/fixing.mjs";

const USERS = ["legacy.middleware@acme.example", "quantum.sync@acme.example"];
const FIXES = ["api-only-set", "untick-permission", "remove-assignment", "freeze", "mute-permission"];
const OTHER = "dana.doyle@acme.example";
/** What may come of a write that takes place, or of one that does not. */
const FAULTS = [
  { kind: "after:500", code: "UNKNOWN_EXCEPTION", message: "?" },
  { kind: "after:503", code: "SERVER_UNAVAILABLE", message: "?" },
  { kind: "after:502" },
  { kind: "after:429", code: "REQUEST_LIMIT_EXCEEDED", message: "?" },
  { kind: "late", ms: 1_000 },
  { kind: "late", ms: 6_000 },
  { kind: "drop-after" },
  { kind: "truncated" },
  { kind: "server-unavailable" },
];
/** What goes on or back. */
const OPEN = /^(Continue |Undo )/;
const ROUNDS = 6;

/** Numbers from 0 to 1 that follow from a seed (mulberry32). */
function numbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Every entry of the journal, as the history exports it. */
async function journalOf(context, address) {
  const history = await context.newPage();
  try {
    await history.goto(address);
    const nothing = history.getByText("No changes yet");
    const button = history.getByRole("button", { name: "Export as JSON" });
    await nothing.or(button).first().waitFor();
    if (await nothing.isVisible()) return [];
    const [download] = await Promise.all([history.waitForEvent("download"), button.click()]);
    return Object.values(JSON.parse(fs.readFileSync(await download.path(), "utf8"))).flat();
  } finally {
    await history.close();
  }
}

/** The object that a write is about. */
const objectOf = (request) => /\/sobjects\/(\w+)/.exec(request.path)?.[1] ?? "Component";

/** How many steps of the journal's entries may have written to each object. */
function begun(journal) {
  const counts = {};
  for (const { apply } of journal) {
    apply.plan.steps.forEach((step, at) => {
      const object = step.place.Row?.object ?? "Component";
      if (apply.progress[at] !== "Planned") counts[object] = (counts[object] ?? 0) + 1;
    });
  }
  return counts;
}

const seeds = (process.env.LEASTWISE_SCHEDULES ?? "1").split(",").map(Number);

for (const seed of seeds) {
  journey(`schedules: number ${seed}, workers killed and another admin's writes in between`, async ({ org, page, context }) => {
    const random = numbers(seed);
    const pick = (list) => list[Math.floor(random() * list.length)];
    const address = popupPage(context).replace("popup", "history");
    const earlier = (await journalOf(context, address)).length;
    const before = await stateOf(org);
    const first = (await org.state()).rows;
    const somebody = Object.values(first.User).find((row) => row.Username === "anna.aalto@acme.example");
    const profile = Object.values(first.Profile).find((row) => row.Name === "Acme Quantum");
    await org.forget();
    let approved = 0;
    const done = [];

    /** Writes as another admin, by the same API and its rules. */
    const put = async (path, fields) => {
      let last;
      // A fault that was meant for the panel's write may strike this one: then they try again.
      for (let times = 0; times < 4; times += 1) {
        last = await org.as(OTHER, "PATCH", `sobjects/${path}`, fields).catch((error) => ({ text: String(error) }));
        if (last.status === 204) return;
      }
      assert.fail(last.text);
    };

    /** What another admin does meanwhile: something else, something beside what is fixed, or the very thing. */
    const meddle = async () => {
      const way = pick(["else", "beside", "same"]);
      done.push(way);
      if (way === "else") return put(`User/${somebody.Id}`, { Title: `Seen ${random()}` });
      if (way === "beside") return put(`Profile/${profile.Id}`, { Description: `Seen ${random()}` });
      return put(`Profile/${profile.Id}`, { PermissionsBulkApiHardDelete: random() < 0.5 });
    };

    /** Approves what is previewed, killed or met by another admin at some moment. */
    const approve = async (panel) => {
      const killed = random() < 0.6;
      const met = random() < 0.5;
      if (random() < 0.4) {
        const fault = pick(FAULTS);
        done.push(fault.kind);
        await org.fault({ ...fault, match: "/sobjects", times: 1 });
      }
      await org.fault({ kind: "slow", match: "/services/", ms: 150, times: 60 });
      const [at, then] = [random() * 1_500, random() * 1_000];
      const other = met ? page.waitForTimeout(then).then(meddle) : undefined;
      // It is waited for below; until then its failure is nobody's.
      other?.catch(() => {});
      await panel.approve("Apply");
      approved += 1;
      if (killed) {
        await page.waitForTimeout(at);
        await killWorker(context);
        done.push("killed");
        // What was under way takes place, or does not: the org has decided by then.
        await page.waitForTimeout(400);
      } else {
        await panel.when((s) => s.stage === "ended", "an end", 60_000);
      }
      // What is on its way arrives.
      await page.waitForTimeout(done.at(-1) === "late" || done.at(-2) === "late" ? 6_500 : 0);
      await other;
      await org.heal();
    };

    /** Writes that took place have their entries, and the entries what they claim. */
    const check = async () => {
      const whole = await journalOf(context, address);
      const journal = whole.slice(earlier);
      const made = (await writes(org)).filter((r) => r.status < 300 && r.user === org.admin.username);
      const may = begun(whole);
      const counts = {};
      for (const one of made) counts[objectOf(one)] = (counts[objectOf(one)] ?? 0) + 1;
      for (const [object, count] of Object.entries(counts)) {
        assert.ok(count <= (may[object] ?? 0), `${count} writes to ${object}, and the journal has ${may[object] ?? 0}: ${done}`);
      }
      assert.ok(journal.length <= approved, `${journal.length} entries of ${approved} approvals`);
      if (made.length) assert.ok(approved > 0);
    };

    /** Does what a button offers, if it may be approved; what the preview refuses is left. */
    const press = async (panel, name, quietly) => {
      done.push(name);
      const state = await offered(panel, name);
      if (!state.ready) {
        done.push(`not offered: ${state.plan.slice(0, 300)}`);
        return false;
      }
      if (quietly) {
        approved += 1;
        await panel.apply();
      } else {
        await approve(panel);
      }
      return true;
    };

    try {
      for (let round = 0; round < ROUNDS; round += 1) {
        const panel = await panelOf(page, org, pick(USERS));
        await panel.open();
        const state = await panel.state();
        const open = state.buttons.map((one) => one.name).filter((name) => OPEN.test(name));
        const fresh = state.fixes.filter((one) => FIXES.includes(one.fix)).map((one) => one.name);
        const name = open.length && random() < 0.6 ? pick(open) : pick(fresh.length ? fresh : open);
        if (name) await press(panel, name, false);
        await check();
      }
      // Everything is taken back, the last first; what another admin changed is theirs to take back.
      await put(`Profile/${profile.Id}`, { PermissionsBulkApiHardDelete: true, Description: profile.Description ?? null });
      await put(`User/${somebody.Id}`, { Title: somebody.Title ?? null });
      for (const username of [...USERS, ...USERS]) {
        for (let left = 0; left < 8; left += 1) {
          const panel = await panelOf(page, org, username);
          await panel.open();
          const { buttons } = await panel.state();
          const names = buttons.map((one) => one.name).filter((name) => OPEN.test(name));
          const name = names.find((one) => one.startsWith("Continue ")) ?? names[0];
          if (!name || !(await press(panel, name, true))) break;
        }
        await check();
      }
      alike(await stateOf(org), before);
    } catch (error) {
      console.log(`      schedule ${seed}: ${done.join(" | ")}`);
      throw error;
    }
  });
}
