// Salesforce's own command line: sign in, query, change, list, retrieve and deploy metadata, export and import trees.
// It never looks into the org by itself: what is checked is what the command line says.

import { spawn } from "node:child_process";
import fs from "node:fs";
import { request } from "node:https";
import path from "node:path";
import assert from "node:assert/strict";
import { check, done } from "../lib/tap.mjs";
import { COMMANDS } from "./commands.mjs";

const org = JSON.parse(process.env.ORG);
const CLI = path.resolve("node_modules/@salesforce/cli/bin/run.js");

/** A Node that the command line runs on: this one, or the one installed with it. */
function node() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 19)) return process.execPath;
  const own = path.resolve(`node_modules/node-${process.platform}-${process.arch}/bin/node`);
  if (!fs.existsSync(own)) throw new Error(`The command line needs Node 22.19 or newer; this is ${process.version}.`);
  return own;
}

const project = path.join(process.env.HOME, "project");
fs.mkdirSync(path.join(project, "force-app"), { recursive: true });
fs.writeFileSync(
  path.join(project, "sfdx-project.json"),
  JSON.stringify({ packageDirectories: [{ path: "force-app", default: true }], namespace: "", sourceApiVersion: "66.0" }),
);

const SILENT = {
  SF_DISABLE_TELEMETRY: "true",
  SF_AUTOUPDATE_DISABLE: "true",
  SF_SKIP_NEW_VERSION_CHECK: "true",
  SF_USE_GENERIC_UNIX_KEYCHAIN: "true",
  SF_DISABLE_DNS_CHECK: "true",
};

/** Runs a command with --json; what it said. */
async function sf(args, env = {}) {
  const child = spawn(node(), [CLI, ...args, "--json"], { cwd: project, env: { ...process.env, ...SILENT, ...env } });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk) => (out += chunk));
  child.stderr.on("data", (chunk) => (err += chunk));
  await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  const start = out.indexOf("{");
  assert(start >= 0, `sf ${args.join(" ")} said nothing: ${err}`);
  return JSON.parse(out.slice(start));
}

/** The same for a command that must succeed. */
async function good(args, env) {
  const said = await sf(args, env);
  assert.equal(said.status, 0, `sf ${args.join(" ")}: ${said.name} ${said.message}`);
  return said.result;
}

/** A session id, as an admin copies one from the browser. */
async function session() {
  const address = { host: "127.0.0.1", port: org.port, path: "/_org/sign-in", method: "POST", rejectUnauthorized: false };
  const text = await new Promise((resolve, reject) => {
    const asked = request(address, (answer) => {
      let all = "";
      answer.on("data", (chunk) => (all += chunk)).on("end", () => resolve(all));
    });
    asked.on("error", reject).end(JSON.stringify({ username: org.admin.username }));
  });
  return JSON.parse(text).sid;
}

const host = `https://${org.hosts.core}`;
const SETS = "force-app/main/default/permissionsets";
const set = (name) => path.join(project, SETS, `${name}.permissionset-meta.xml`);

await check("org login access-token", async () => {
  const said = await good(["org", "login", "access-token", "--instance-url", host, "--no-prompt", "--set-default"], {
    SF_ACCESS_TOKEN: await session(),
  });
  assert.equal(said.username, org.admin.username);
  assert.equal(said.orgId, org.org_id);
});

/** What only reads. */
const reads = async () => {
  await check("data query, all pages of it", async () => {
    const said = await good(["data", "query", "--query", "SELECT Id, Username, Profile.Name FROM User"]);
    assert(said.totalSize > 2000 && said.done);
    assert.equal(said.records.length, said.totalSize);
    assert(said.records.every((user) => user.Profile.Name));
  });
  await check("data query of what is not there is Salesforce's refusal", async () => {
    const said = await sf(["data", "query", "--query", "SELECT Nothing FROM User"]);
    assert.equal(said.status, 1);
    assert.match(said.name, /INVALID_FIELD/);
    assert.match(said.message, /No such column 'Nothing' on entity 'User'/);
  });
  await check("org list metadata", async () => {
    const said = await good(["org", "list", "metadata", "--metadata-type", "Profile"]);
    const names = said.map((one) => one.fullName);
    assert(names.includes("Admin") && names.includes("Acme Data Warehouse"), names.join());
    assert(said.every((one) => one.type === "Profile" && /^00e/.test(one.id)));
  });
  await check("org list metadata-types", async () => {
    const said = await good(["org", "list", "metadata-types"]);
    assert(said.metadataObjects.some((one) => one.xmlName === "PermissionSet" && one.suffix === "permissionset"));
  });
};

/** Records, one by one and as a tree. */
const records = async () => {
  await check("data update record", async () => {
    const where = "Username=anna.aalto@acme.example";
    await good(["data", "update", "record", "--sobject", "User", "--where", where, "--values", "Title='Head of sales'"]);
    const said = await good(["data", "get", "record", "--sobject", "User", "--where", where]);
    assert.equal(said.Title, "Head of sales");
  });

  await check("data update record of a field that is not there", async () => {
    const said = await sf(["data", "update", "record", "--sobject", "User", "--where", "Username=anna.aalto@acme.example", "--values", "Nothing=1"]);
    assert.equal(said.status, 1);
    assert.match(said.message, /No such column 'Nothing' on sobject of type User/);
  });

  await check("data export tree, and import tree of it", async () => {
    for (const name of ["Tree One", "Tree Two"]) {
      await good(["data", "create", "record", "--sobject", "Account", "--values", `Name='${name}'`]);
    }
    await good(["data", "export", "tree", "--query", "SELECT Name FROM Account WHERE Name LIKE 'Tree%'", "--output-dir", "data"]);
    const [file] = fs.readdirSync(path.join(project, "data")).filter((name) => name.endsWith(".json"));
    const said = await good(["data", "import", "tree", "--files", path.join("data", file)]);
    assert.equal(said.length, 2);
    assert(said.every((one) => /^001/.test(one.id)));
  });
};

/** Metadata as files, in the order in which a project has them. */
const metadata = async () => {
  await check("project retrieve start", async () => {
    const said = await good(["project", "retrieve", "start", "--metadata", "Profile", "--metadata", "PermissionSet:Backup_Access"]);
    assert(said.success);
    const profile = fs.readFileSync(path.join(project, "force-app/main/default/profiles/Acme Data Warehouse.profile-meta.xml"), "utf8");
    assert.match(profile, /<startAddress>198\.51\.100\.0<\/startAddress>/);
    assert.match(profile, /<userLicense>Salesforce Integration<\/userLicense>/);
    assert.match(fs.readFileSync(set("Backup_Access"), "utf8"), /<name>ViewAllData<\/name>/);
  });

  await check("project deploy start replaces a permission set and makes another", async () => {
    const file = (label, permission) =>
      `<?xml version="1.0" encoding="UTF-8"?>\n<PermissionSet xmlns="http://soap.sforce.com/2006/04/metadata">\n    <label>${label}</label>\n    <userPermissions>\n        <enabled>true</enabled>\n        <name>${permission}</name>\n    </userPermissions>\n</PermissionSet>\n`;
    fs.writeFileSync(set("Backup_Access"), file("Backup Access", "ApiEnabled"));
    fs.writeFileSync(set("Brought_Along"), file("Brought along", "RunReports"));
    const said = await good(["project", "deploy", "start", "--source-dir", SETS]);
    assert.equal(said.status, "Succeeded");
    const states = Object.fromEntries(said.files.map((one) => [one.fullName, one.state]));
    assert.deepEqual(states, { Backup_Access: "Changed", Brought_Along: "Created" });
    const query = "SELECT PermissionsViewAllData, PermissionsApiEnabled FROM PermissionSet WHERE Name = 'Backup_Access'";
    const [record] = (await good(["data", "query", "--query", query])).records;
    assert.deepEqual([record.PermissionsViewAllData, record.PermissionsApiEnabled], [false, true]);
  });

  await check("project deploy start that fails says where, and changes nothing", async () => {
    const lines = fs.readFileSync(set("Brought_Along"), "utf8");
    fs.writeFileSync(set("Brought_Along"), lines.replace("RunReports", "ExportReport"));
    const said = await sf(["project", "deploy", "start", "--source-dir", SETS]);
    assert.equal(said.status, 1);
    const [failure] = said.result.details.componentFailures;
    assert.equal(failure.problem, "Permission ExportReport depends on permission(s): RunReports");
    assert.equal(said.result.status, "Failed");
  });
};

// Side by side: the command line takes its time to start.
await Promise.all([reads(), records(), metadata()]);
// Each command is a program of its own, so all of them take minutes.
if (process.env.STRANGERS_ALL)
  for (const { typed, refusal, args } of COMMANDS)
    await check(`sf ${typed}`, async () => {
      const { status, name, message } = await sf(args);
      assert.equal(status === 0 ? "" : name, refusal ?? "", message);
    });

done();
