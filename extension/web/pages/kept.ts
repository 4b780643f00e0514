// What the review's page keeps in this browser: reviews that were finished, and the answers of one that was not.

import { type DBSchema, type IDBPDatabase, openDB } from "idb";

/** A review that was finished. */
export interface Kept {
  id: string;
  org: string;
  /** When it was run, as ISO 8601 says it. */
  taken: string;
  integrations: number;
  /** `leastwise-review/1`. */
  json: string;
}

/** A review that was begun. */
interface Run {
  org: string;
  /** What it was begun with. */
  begun: string;
  /** When, in milliseconds since 1970. */
  at: number;
}

interface Schema extends DBSchema {
  reviews: { key: string; value: Kept; indexes: { org: string } };
  runs: { key: string; value: Run };
  events: { key: [string, number]; value: string };
}

/** Reviews that are kept of an org: the newest. */
const NEWEST = 5;

/** A query's answer can be read on for two days (REST API guide, "Query"): an older review begins anew. */
const TWO_DAYS = 2 * 24 * 60 * 60 * 1000;

let opened: Promise<IDBPDatabase<Schema>> | undefined;

const database = (): Promise<IDBPDatabase<Schema>> => {
  opened ??= openDB<Schema>("leastwise-reviews", 1, {
    upgrade: (db) => {
      db.createObjectStore("reviews", { keyPath: "id" }).createIndex("org", "org");
      db.createObjectStore("runs", { keyPath: "org" });
      db.createObjectStore("events");
    },
  });
  return opened;
};

/** The reviews of an org that are kept, the newest first. */
export const reviews = async (org: string): Promise<Kept[]> => {
  const all = await (await database()).getAllFromIndex("reviews", "org", org);
  return all.sort((a, b) => b.taken.localeCompare(a.taken));
};

/** Keeps a review, and of its org the newest alone; none where a company keeps them for no day. */
export const keep = async (review: Kept, days: number | undefined): Promise<void> => {
  const db = await database();
  if (days !== 0) await db.put("reviews", review);
  const all = await reviews(review.org);
  const oldest = days === undefined ? 0 : Date.now() - days * 24 * 60 * 60 * 1000;
  const gone = all.filter(({ taken }, at) => at >= NEWEST || Date.parse(taken) < oldest);
  for (const { id } of gone) await db.delete("reviews", id);
  // Firefox would ask, and wait for the answer; Chromium decides by itself.
  if (!("browser" in globalThis)) await navigator.storage.persist();
};

export const forget = async (id: string): Promise<void> => (await database()).delete("reviews", id);

const eventsOf = (org: string): IDBKeyRange => IDBKeyRange.bound([org, 0], [org, Number.MAX_SAFE_INTEGER]);

/** Keeps what a review was begun with; what was kept of another one of the org goes. */
export const begin = async (org: string, begun: string): Promise<void> => {
  const db = await database();
  await db.delete("events", eventsOf(org));
  await db.put("runs", { org, begun, at: Date.now() });
};

/** Keeps an event of the org's review: the place is its number. */
export const append = async (org: string, place: number, event: string): Promise<void> => {
  await (await database()).put("events", event, [org, place]);
};

/** A review of the org that was begun and not finished, with its events in order. */
export const unfinished = async (org: string): Promise<{ begun: string; events: string[] } | undefined> => {
  const db = await database();
  const run = await db.get("runs", org);
  if (!run || Date.now() - run.at > TWO_DAYS) return undefined;
  return { begun: run.begun, events: await db.getAll("events", eventsOf(org)) };
};

/** Forgets what was begun: the answers that were kept for it go. */
export const discard = async (org: string): Promise<void> => {
  const db = await database();
  await db.delete("runs", org);
  await db.delete("events", eventsOf(org));
};
