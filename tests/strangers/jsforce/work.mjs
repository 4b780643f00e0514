// jsforce at its ordinary work: sign in, describe, query, write, collections, composite, bulk, tooling, an error.

import jsforce from "jsforce";
import assert from "node:assert/strict";
import { check, done } from "../lib/tap.mjs";

const ORG = JSON.parse(process.env.ORG);
const options = { loginUrl: "https://login.salesforce.com", httpProxy: process.env.HTTPS_PROXY, version: "62.0" };
const conn = new jsforce.Connection(options);
const refused = async (promise) => promise.then(() => assert.fail("nothing was refused"), (error) => error);

await check("signs in by SOAP at login.salesforce.com", async () => {
  const user = await conn.login(ORG.admin.username, ORG.admin.password);
  assert.deepEqual([user.id, user.organizationId], [ORG.admin.id, ORG.org_id]);
  assert.equal(new URL(conn.instanceUrl).host, ORG.hosts.core);
});

await check("is told INVALID_LOGIN for a wrong password", async () => {
  const error = await refused(new jsforce.Connection(options).login(ORG.admin.username, "wrong"));
  assert.match(error.message, /INVALID_LOGIN/);
});

await check("asks who it is", async () => {
  const who = await conn.identity();
  assert.deepEqual([who.user_id, who.username, who.organization_id], [ORG.admin.id, ORG.admin.username, ORG.org_id]);
});

await check("describes the org and objects", async () => {
  const { sobjects } = await conn.describeGlobal();
  assert.ok(["User", "Profile", "Account", "Task"].every((name) => sobjects.some((each) => each.name === name)));
  const account = await conn.sobject("Account").describe();
  const field = account.fields.find((each) => each.name === "Industry");
  assert.equal(field.picklistValues.length, 32);
  assert.ok(account.childRelationships.some((each) => each.relationshipName === "Contacts"));
  const again = await conn.describe$("Account");
  assert.equal(again.name, "Account");
  const layouts = await conn.sobject("Account").layouts();
  assert.equal(layouts.layouts.length, 1);
});

await check("follows a query over its pages", async () => {
  const { totalSize } = await conn.query("SELECT COUNT() FROM User");
  const first = await conn.query("SELECT Id FROM User");
  assert.deepEqual([first.records.length, first.done], [2000, false]);
  const rest = await conn.queryMore(first.nextRecordsUrl);
  assert.deepEqual([first.records.length + rest.records.length, rest.done], [totalSize, true]);
  const all = await conn.query("SELECT Id, Username FROM User").run({ autoFetch: true, maxFetch: 10000 });
  assert.equal(new Set(all.records.map((each) => each.Id)).size, totalSize);
});

await check("builds queries with conditions, order and children", async () => {
  const found = await conn
    .sobject("User")
    .find({ IsActive: true, Username: { $like: "scale.%" }, CreatedDate: { $lte: jsforce.SfDate.TODAY } }, "Id, Name, Profile.Name")
    .sort({ Name: -1 })
    .limit(3)
    .execute();
  assert.ok(found.length <= 3 && found.every((each) => each.Profile.Name.startsWith("Scale")));
  const one = await conn.sobject("User").findOne({ Id: ORG.admin.id }, ["Id", "Username"]);
  assert.equal(one.Username, ORG.admin.username);
  assert.ok((await conn.sobject("Profile").count()) > 5);
});

let account;
await check("creates, reads, changes and deletes a record", async () => {
  const made = await conn.sobject("Account").create({ Name: "Kestrel", Industry: "Banking" });
  assert.deepEqual([made.success, made.errors], [true, []]);
  account = made.id;
  const row = await conn.sobject("Account").retrieve(account);
  assert.deepEqual([row.Name, row.attributes.type, row.IsDeleted], ["Kestrel", "Account", false]);
  const changed = await conn.sobject("Account").update({ Id: account, Phone: "1" });
  assert.deepEqual(changed, { id: account, success: true, errors: [] });
  const extra = await conn.sobject("Account").create({ Name: "Gone" });
  assert.equal((await conn.sobject("Account").destroy(extra.id)).success, true);
  const error = await refused(conn.sobject("Account").retrieve(extra.id));
  assert.equal(error.errorCode, "ENTITY_IS_DELETED");
});

await check("upserts by an external id", async () => {
  const contact = { LastName: "Brandt", Email: "mila@kestrel.example", AccountId: account };
  const first = await conn.sobject("Contact").upsert(contact, "Email");
  const second = await conn.sobject("Contact").upsert({ ...contact, FirstName: "Mila" }, "Email");
  assert.equal(second.id ?? first.id, first.id);
  const found = await conn.query("SELECT Name, Account.Name FROM Contact WHERE Email = 'mila@kestrel.example'");
  assert.deepEqual([found.totalSize, found.records[0].Name, found.records[0].Account.Name], [1, "Mila Brandt", "Kestrel"]);
});

await check("writes collections, each record with its outcome", async () => {
  const records = Array.from({ length: 450 }, (_, n) => ({ LastName: `Many ${n}`, Company: n === 7 ? "" : "Co" }));
  const made = await conn.sobject("Lead").create(records, { allowRecursive: true });
  assert.equal(made.length, 450);
  assert.deepEqual(made.filter((each) => !each.success).map((each) => each.errors[0].errorCode ?? each.errors[0].statusCode), ["REQUIRED_FIELD_MISSING"]);
  const ids = made.filter((each) => each.success).map((each) => each.id);
  const changed = await conn.sobject("Lead").update(ids.slice(0, 3).map((Id) => ({ Id, Title: "Boss" })), { allOrNone: true });
  assert.ok(changed.every((each) => each.success));
  const read = await conn.sobject("Lead").retrieve(ids.slice(0, 3));
  assert.ok(read.every((each) => each.Title === "Boss"));
  const gone = await conn.sobject("Lead").destroy(ids, { allowRecursive: true });
  assert.ok(gone.length === 449 && gone.every((each) => each.success));
});

await check("sends a composite with references", async () => {
  const base = "/services/data/v62.0/sobjects";
  const { compositeResponse } = await conn.requestPost("/services/data/v62.0/composite", {
    allOrNone: true,
    compositeRequest: [
      { method: "POST", url: `${base}/Contact`, referenceId: "c", body: { LastName: "Weber", AccountId: account } },
      { method: "PATCH", url: `${base}/Contact/@{c.id}`, referenceId: "p", body: { Title: "CFO" } },
    ],
  });
  assert.deepEqual(compositeResponse.map((each) => each.httpStatusCode), [201, 204]);
});

await check("is told what is wrong", async () => {
  const query = await refused(conn.query("SELECT Nope FROM Account"));
  assert.equal(query.errorCode, "INVALID_FIELD");
  assert.match(query.message, /No such column 'Nope' on entity 'Account'/);
  assert.equal((await refused(conn.query("SELECT"))).errorCode, "MALFORMED_QUERY");
  assert.equal((await refused(conn.sobject("Account").create({}))).errorCode, "REQUIRED_FIELD_MISSING");
  assert.equal((await refused(conn.sobject("Nothing").describe())).errorCode, "NOT_FOUND");
});

await check("queries by Bulk API 2.0", async () => {
  const { totalSize } = await conn.query("SELECT COUNT() FROM User");
  conn.bulk2.pollInterval = 50;
  const rows = await (await conn.bulk2.query("SELECT Id, Username, Profile.Name FROM User")).toArray();
  assert.equal(rows.length, totalSize);
  assert.ok(rows.every((each) => each.Username.includes("@") && each["Profile.Name"]));
});

await check("loads by Bulk API 2.0", async () => {
  const input = [{ LastName: "Bulk, \"one\"", Company: "Co" }, { LastName: "", Company: "Co" }];
  const done = await conn.bulk2.loadAndWaitForResults({ object: "Lead", operation: "insert", input, pollInterval: 50 });
  assert.deepEqual([done.successfulResults.length, done.failedResults.length, done.unprocessedRecords.length], [1, 1, 0]);
  assert.equal(done.successfulResults[0].LastName, 'Bulk, "one"');
  assert.match(done.failedResults[0].sf__Error, /^REQUIRED_FIELD_MISSING:/);
  await conn.sobject("Lead").destroy(done.successfulResults[0].sf__Id);
});

await check("searches", async () => {
  const { searchRecords } = await conn.search("FIND {Kestrel*} IN ALL FIELDS RETURNING Account(Id, Name)");
  assert.deepEqual(searchRecords.map((each) => each.Name), ["Kestrel"]);
});

await check("reads by the Tooling API", async () => {
  const profiles = await conn.tooling.query("SELECT Id, Name FROM Profile WHERE Name = 'System Administrator'");
  assert.equal(profiles.totalSize, 1);
  const one = await conn.tooling.sobject("Profile").retrieve(profiles.records[0].Id);
  assert.ok(Array.isArray(one.Metadata.loginIpRanges));
  assert.ok((await conn.tooling.describeGlobal()).sobjects.some((each) => each.name === "Profile"));
});

await check("reads what changed, limits and versions", async () => {
  const day = 86_400_000;
  const [from, to] = [new Date(Date.now() - day), new Date(Date.now() + day)];
  const { deletedRecords } = await conn.sobject("Lead").deleted(from, to);
  assert.equal(deletedRecords.length, 450);
  const { ids } = await conn.sobject("Account").updated(from, to);
  assert.ok(ids.includes(account));
  assert.ok((await conn.limits()).DailyApiRequests.Max > 0);
  assert.ok(conn.limitInfo.apiUsage.limit > 0);
});

await check("reads and changes metadata", async () => {
  const listed = await conn.metadata.list([{ type: "Profile" }], "62.0");
  const name = listed.map((each) => each.fullName).find((each) => decodeURIComponent(each) === "Acme Data Warehouse");
  assert.ok(name, "the profile is listed");
  const profile = await conn.metadata.read("Profile", name);
  const [first] = [profile.loginIpRanges].flat();
  assert.match(first.startAddress, /^\d+\.\d+\.\d+\.\d+$/);
  const ranges = [first, { startAddress: "203.0.113.7", endAddress: "203.0.113.9" }];
  const changed = await conn.metadata.update("Profile", { fullName: name, loginIpRanges: ranges });
  assert.deepEqual([changed.success, changed.fullName], [true, name]);
  const again = await conn.metadata.read("Profile", name);
  assert.deepEqual(again.loginIpRanges.map((each) => each.startAddress).sort(), [first.startAddress, "203.0.113.7"].sort());
  const set = { fullName: "Stranger", label: "Stranger", userPermissions: [{ name: "ApiEnabled", enabled: true }] };
  assert.equal((await conn.metadata.create("PermissionSet", set)).success, true);
  assert.equal((await conn.metadata.read("PermissionSet", "Stranger")).label, "Stranger");
  assert.equal((await conn.metadata.delete("PermissionSet", "Stranger")).success, true);
  const described = await conn.metadata.describe("62.0");
  assert.ok(described.metadataObjects.some((each) => each.xmlName === "Profile"));
});

done();
