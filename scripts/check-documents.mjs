// What a release says of itself: the stores' texts within their limits, the policy's keys all documented, versions that agree.
// `check-documents.mjs [TAG]`: with a tag, that it is the version. It never judges the words: core/tests/words.rs does.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { extensionId, manifestOf, version } from "./manifest.mjs";

const read = (/** @type {string} */ name) => fs.readFileSync(name, "utf8");
const tag = process.argv[2];

/** The sections of a page, by their headings. */
const sections = new Map(
  read("docs/store/listing.md")
    .split(/^## /m)
    .slice(1)
    .map((part) => /** @type {const} */ ([part.slice(0, part.indexOf("\n")), part.slice(part.indexOf("\n")).trim()])),
);

/**
 * The keys of the policy's schema, and of the objects in it.
 * @param {{ properties?: Record<string, any> }} schema
 * @returns {string[]}
 */
const keys = (schema) =>
  Object.entries(schema.properties ?? {}).flatMap(([key, one]) => (one.properties ? keys(one).map((inner) => `${key}.${inner}`) : [key]));

/** The JSON examples of a page. */
const examples = (/** @type {string} */ page) => [...page.matchAll(/^```json\n(.*?)^```$/gms)].map(([, text]) => JSON.parse(text ?? ""));

/** @type {Record<string, () => void>} */
const checks = {
  "each text of the stores is within its limit": () => {
    let seen = 0;
    for (const [heading, text] of sections) {
      const [, most] = /\(at most (\d+) characters/.exec(heading) ?? [];
      if (!most) continue;
      seen += 1;
      const parts = /each/.test(heading) ? text.split("\n").map((line) => line.replace(/^- /, "")) : [text];
      for (const part of parts) assert.ok(part.length > 0 && part.length <= Number(most), `${heading}: ${part.length} characters`);
      const [, many] = /at most (\d+)\)$/.exec(heading) ?? [];
      if (many) assert.ok(parts.length <= Number(many), `${heading}: ${parts.length}`);
    }
    assert.ok(seen >= 10, `only ${seen} texts have a limit`);
    // Edge wants no less than 250.
    assert.ok((sections.get("Description (at most 10000 characters)")?.length ?? 0) > 250);
  },
  "name and summary are those of the manifest": () => {
    const { name, description, short_name } = manifestOf("chromium");
    assert.equal(sections.get("Name (at most 45 characters)"), name);
    assert.equal(sections.get("Summary (at most 132 characters)"), description);
    assert.ok(short_name.length <= 12, short_name);
  },
  "each permission has its reason": () => {
    for (const permission of manifestOf("chromium").permissions)
      assert.ok(sections.has(`Permission: ${permission} (at most 1000 characters)`), permission);
  },
  "each key of the policy is in docs/enterprise.md, with an example": () => {
    const page = read("docs/enterprise.md");
    const all = keys(JSON.parse(read("extension/policy.json")));
    assert.ok(all.length > 5);
    const whole = examples(page).find((one) => one["3rdparty"]?.extensions?.[extensionId()]?.checks)["3rdparty"].extensions[extensionId()];
    for (const key of all) {
      assert.match(page, new RegExp(`^\\| \`${key.replace(".", "\\.")}\` \\| .+ \\| \`.+\` \\|$`, "m"), `no row for ${key}`);
      assert.notEqual(
        key.split(".").reduce((/** @type {any} */ of, part) => of?.[part], whole),
        undefined,
        `${key} is not in the whole example`,
      );
    }
    for (const row of page.matchAll(/^\| `([\w.]+)` \| .+ \| `.+` \|$/gm)) assert.ok(all.includes(row[1] ?? ""), `${row[1]} is no key`);
  },
  "docs/enterprise.md has the extension's ids": () => {
    const page = read("docs/enterprise.md");
    assert.ok(page.includes(extensionId()), extensionId());
    assert.ok(page.includes(manifestOf("firefox").browser_specific_settings.gecko.id));
    for (const one of examples(page)) assert.ok(one);
  },
  "the version has its entry in the changelog": () => {
    const heading = new RegExp(`^## ${version().replaceAll(".", "\\.")} \\(.+\\)$`, "m").exec(read("CHANGELOG.md"));
    assert.ok(heading, `CHANGELOG.md has no "## ${version()} (…)"`);
    if (tag) assert.match(heading[0], /\(\d{4}-\d{2}-\d{2}\)$/, "a release has its day in the changelog");
  },
  "a tag is the version": () => {
    // A checkout of a tag, by hand or in the workflow, is of that version.
    const here = fs.existsSync(".git") ? execFileSync("git", ["tag", "--points-at", "HEAD", "v*"], { encoding: "utf8" }).split("\n") : [];
    for (const one of [tag, ...here]) if (one) assert.equal(one, `v${version()}`);
  },
  "the pictures of the stores have the size that they ask for": () => {
    const rows = [...(sections.get("Pictures") ?? "").matchAll(/^\| `(.+?)` \| (\d+) × (\d+) \|/gm)];
    assert.ok(rows.length >= 6, `${rows.length} pictures`);
    for (const [, name, width, height] of rows) {
      const png = fs.readFileSync(`docs/store/${name}`);
      assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [Number(width), Number(height)], name);
    }
  },
};

let [passed, failed] = [0, 0];
for (const [name, check] of Object.entries(checks)) {
  try {
    check();
    passed += 1;
    console.log(`ok    ${name}`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL  ${name}: ${/** @type {Error} */ (error).message}`);
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
