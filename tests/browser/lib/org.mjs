// Starts the stand-in org and speaks to its control address.
// It never talks to any host but this machine.

import { spawn } from "node:child_process";
import https from "node:https";
import readline from "node:readline";

const PROGRAM = process.env.LEASTWISE_ORG ?? new URL("../../../target/debug/leastwise-org", import.meta.url).pathname;

/** The org, running: what it printed, and its control address. */
export async function startOrg(...args) {
  const child = spawn(PROGRAM, args, { stdio: ["ignore", "pipe", "inherit"] });
  const line = await new Promise((resolve, reject) => {
    readline.createInterface({ input: child.stdout }).once("line", resolve);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the org ended with ${code}`)));
  });
  const ready = JSON.parse(line);
  const call = (method, path, body) =>
    new Promise((resolve, reject) => {
      const request = https.request({ host: "127.0.0.1", port: ready.port, path, method, rejectUnauthorized: false }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (part) => (text += part));
        response.on("end", () => (response.statusCode < 300 ? resolve(JSON.parse(text)) : reject(new Error(`${path}: ${text}`))));
      });
      request.on("error", reject);
      request.end(body === undefined ? undefined : JSON.stringify(body));
    });
  return {
    ...ready,
    requests: () => call("GET", "/_org/requests"),
    state: () => call("GET", "/_org/state"),
    forget: () => call("DELETE", "/_org/requests"),
    fault: (fault) => call("POST", "/_org/fault", fault),
    heal: () => call("DELETE", "/_org/fault"),
    signIn: (username) => call("POST", "/_org/sign-in", { username }),
    expire: (username) => call("POST", "/_org/expire", { username }),
    row: (object, id, fields) => call("POST", "/_org/row", { object, id, fields }),
    options: (options) => call("POST", "/_org/options", options),
    /** One API request of somebody else's, past the browser: its status and body. */
    async as(username, method, path, body) {
      const { sid } = await call("POST", "/_org/sign-in", { username });
      const headers = { host: ready.hosts.core, authorization: `Bearer ${sid}`, "content-type": "application/json" };
      return new Promise((resolve, reject) => {
        const request = https.request({ host: "127.0.0.1", port: ready.port, path: `/services/data/v62.0/${path}`, method, headers, rejectUnauthorized: false }, (response) => {
          let text = "";
          response.setEncoding("utf8");
          response.on("data", (part) => (text += part));
          response.on("end", () => resolve({ status: response.statusCode, text }));
        });
        request.on("error", reject);
        request.end(body === undefined ? undefined : JSON.stringify(body));
      });
    },
    /** The round trip of one API request, in milliseconds: what a figure is relative to. */
    async roundTrip() {
      const { sid } = await call("POST", "/_org/sign-in", { username: ready.admin.username });
      const start = performance.now();
      await new Promise((resolve, reject) => {
        const headers = { host: ready.hosts.core, authorization: `Bearer ${sid}` };
        https
          .get({ host: "127.0.0.1", port: ready.port, path: "/services/data/v62.0/limits", headers, rejectUnauthorized: false }, (response) => {
            response.resume().on("end", resolve);
          })
          .on("error", reject);
      });
      return performance.now() - start;
    },
    stop: () => child.kill(),
  };
}
