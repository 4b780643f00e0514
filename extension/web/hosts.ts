// Salesforce's addresses that few orgs have: where somebody allowed them, the content scripts run there as elsewhere.
// It never asks for them: a click on one of the extension's own pages does (pages/allow.ts).

import { api } from "./send.ts";

const { permissions, runtime, scripting, tabs } = api;
const { content_scripts = [], optional_host_permissions: optional = [] } = runtime.getManifest() as chrome.runtime.ManifestV3;

/** Where a content script of the manifest runs on other hosts: a script that is registered later has patterns alone, no globs. */
const matchesOf = (origins: string[], globs: string[] | undefined): string[] =>
  origins.flatMap((origin) => (globs ?? ["*/*"]).map((glob) => origin.slice(0, -2) + glob.slice(1).replaceAll(/[?*]+/g, "*")));

/** A script's name in the package: Firefox tells it as an address. */
const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

const register = async (): Promise<void> => {
  const isAllowed = await Promise.all(optional.map((origin) => permissions.contains({ origins: [origin] })));
  const origins = optional.filter((_, at) => isAllowed[at]);
  // An update of the extension takes them away; a browser that is started again has them still.
  await scripting.unregisterContentScripts();
  if (!origins.length) return;
  await scripting.registerContentScripts(
    content_scripts.map(({ js = [], all_frames, include_globs }) => ({
      id: js.map(nameOf).join(),
      js: js.map(nameOf),
      matches: matchesOf(origins, include_globs),
      allFrames: all_frames ?? false,
      runAt: "document_idle",
    })),
  );
};

let last = Promise.resolve(); // one after another: two at once would register twice

const registerInTurn = (): Promise<void> => {
  last = last.then(register).catch((failure) => console.warn("Leastwise:", failure));
  return last;
};

/** Shows the panel on pages that are open on addresses that were just allowed. An edit page there is marked when it is opened again. */
const startOn = async (origins: string[]): Promise<void> => {
  for (const { id } of await tabs.query({ url: origins })) {
    if (id === undefined) continue;
    // Where it was allowed before, the content script is still there.
    const isThere = await tabs.sendMessage(id, { type: "checkAgain" }, { frameId: 0 }).then(
      () => true,
      () => false,
    );
    if (!isThere) await scripting.executeScript({ target: { tabId: id }, files: ["panel.js"] }).catch(() => {});
  }
};

/** Registers the listeners, which has to be done as the worker starts. */
export const watchHosts = (): void => {
  runtime.onInstalled.addListener(registerInTurn);
  runtime.onStartup.addListener(registerInTurn);
  permissions.onRemoved.addListener(registerInTurn);
  permissions.onAdded.addListener(async ({ origins = [] }) => {
    await registerInTurn();
    if (origins.length) await startOn(origins);
  });
};
