// The viewer's language: changed for a while, and what fields are called in it.
// It never translates: the org's describe does.

import assert from "node:assert/strict";
import { signIn } from "./browser.mjs";

/** Labels of an object's fields in the viewer's language, as the org's describe has them: those that begin so, by the rest. */
export async function labelsOf(org, page, object, start) {
  const { sid } = await org.signIn(org.admin.username);
  const answer = await page.request.get(`https://127.0.0.1:${org.port}/services/data/v62.0/sobjects/${object}/describe`, {
    headers: { host: org.hosts.core, authorization: `Bearer ${sid}` },
    ignoreHTTPSErrors: true,
  });
  assert.equal(answer.status(), 200);
  const fields = (await answer.json()).fields.filter(({ name }) => name.startsWith(start));
  return Object.fromEntries(fields.map(({ name, label }) => [name.slice(start.length), label]));
}

/** Runs something while the admin reads another language. */
export async function inLanguage(org, page, language, run) {
  const id = org.users[org.admin.username];
  const before = (await org.state()).rows.User.find((row) => row.Id === id).LanguageLocaleKey;
  await org.row("User", id, { LanguageLocaleKey: language });
  try {
    await signIn(page, org);
    await run();
  } finally {
    await org.row("User", id, { LanguageLocaleKey: before });
    await signIn(page, org);
  }
}
