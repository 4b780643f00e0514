// The manifest of each browser's package, made from the one at the top, and what follows from it: version and extension id.
// It never writes a file: pack.mjs does.

import { createHash } from "node:crypto";
import fs from "node:fs";

/** @typedef {"chromium" | "firefox"} Browser */

/** The version that stands in the workspace's Cargo.toml. */
export function version() {
  const found = /^version = "(.+)"$/m.exec(fs.readFileSync("Cargo.toml", "utf8"));
  if (!found?.[1]) throw new Error("no version in Cargo.toml");
  return found[1];
}

/** The manifest at the top, which holds for both browsers. */
const common = () => JSON.parse(fs.readFileSync("manifest.json", "utf8").replace("@VERSION@", version()));

/**
 * The manifest of a browser: less what the other one alone reads, for a linter takes each of those for a mistake.
 * @param {Browser} browser
 * @returns {Record<string, any>}
 */
export function manifestOf(browser) {
  const { key, minimum_chrome_version, browser_specific_settings, background, ...rest } = common();
  const { service_worker, scripts, ...how } = background;
  if (browser === "chromium") return { ...rest, minimum_chrome_version, key, background: { service_worker, ...how } };
  return { ...rest, browser_specific_settings, background: { scripts, ...how } };
}

/**
 * The manifest as a store takes it. The Chrome Web Store refuses one with `key`: it knows the key of each of its items itself.
 * @param {Browser} browser
 */
export function storeManifestOf(browser) {
  const { key, ...rest } = manifestOf(browser);
  return rest;
}

/**
 * The id that Chromium gives an extension with a public key: the first half of its SHA-256, with the letters from a to p as digits.
 * @param {Buffer} key
 */
export function idOf(key) {
  const hash = createHash("sha256").update(key).digest("hex").slice(0, 32);
  return [...hash].map((digit) => String.fromCharCode(97 + Number.parseInt(digit, 16))).join("");
}

/** The extension's id in Chromium. */
export const extensionId = () => idOf(Buffer.from(common().key, "base64"));

/** How a manifest is written. @param {object} manifest */
export const written = (manifest) => `${JSON.stringify(manifest, null, 2)}\n`;
