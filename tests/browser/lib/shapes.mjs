// Edit pages of users, of login IP ranges and of objects in shapes other than the stand-in's own: tests/org/FIDELITY.md says
// which is seen and which is a variation. `data-is` says what a box or a field is; no page of the platform has it.

import { box, enhanced, escaped, head, page, pairs } from "./captures.mjs";

/** Features of a user, in an order other than the stand-in's, with one that nobody knows. */
export const FEATURES = ["KnowledgeUser", "SupportUser", "MarketingUser", "WorkDotComUserFeature", "OfflineUser", "InteractionUser", "SFContentUser", "CallCenterAutoLogin", "JigsawProspectingUser", "SiteforceContributorUser", "SiteforcePublisherUser"];

const field = (id, value, more = "") => `<input id="${id}" name="${id}" data-is="${id}" maxlength="80" size="20" type="text" value="${escaped(value ?? "")}" ${more}>`;
const choice = (id, options, now) => `<select id="${id}" name="${id}" data-is="${id}">${options.map(([value, name]) => `<option value="${value}"${value === now ? " selected" : ""}>${escaped(name)}</option>`).join("")}</select>`;
const lookup = (id, alt) => `<span class="lookupInput"><input type="hidden" name="${id}_lkid" id="${id}_lkid" value="000000000000000"><input type="hidden" name="${id}_lkold" value="null"><input type="hidden" name="${id}_mod" value="0"><input id="${id}" maxlength="80" name="${id}" size="20" type="text"><a href="javascript:void(0)" id="${id}_lkwgt"><img alt="${alt} Lookup (New Window)" class="lookupIcon" src="data:,"></a></span>`;
const feature = (name, at, more = "") => box(name, `id="UserPermissions_${at}" name="UserPermissions_${at}" ${more}`);

/** What every user's page has, by the words beside it. */
const parts = ({ user, profiles, licenses, license }) => [
  ["First Name", "name_firstName", field("name_firstName", user.FirstName)],
  ["Last Name", "name_lastName", `<div class="requiredInput"><div class="requiredBlock"></div>${field("name_lastName", user.LastName)}</div>`],
  ["Email", "Email", `<div class="requiredInput"><div class="requiredBlock"></div>${field("Email", user.Email)}</div>`],
  ["Username", "Username", field("Username", user.Username)],
  ["Role", "role", choice("role", [["", "<None Specified>"]], "")],
  ["User License", "user_license_id", choice("user_license_id", licenses, license)],
  ["Profile", "Profile", `<span>${choice("Profile", profiles, user.ProfileId.slice(0, 15))}</span>`],
  ["Active", "active", box("active", `id="active" name="active" ${user.IsActive ? "checked" : ""}`)],
  ["Manager", "Manager", lookup("Manager", "Manager")],
];
const mark = (words) => `<span class="assistiveText">*</span>${escaped(words)}`;

/**
 * Each: its name, the language, which features are marked, how many boxes cannot be known, which fields can be told, and its
 * markup of a user with labels of features by name.
 */
export const USERS = [
  {
    name: "in French, one column of tables in tables, features in another order, lookups",
    language: "fr",
    html: (label, of) => page({ language: "fr", save: '<input class="btn" type="submit" name="save" title="Enregistrer" value=" Enregistrer ">', body: `${head("Informations générales")}<div class="pbSubsection"><table class="detailList"><tr><td><table>${parts(of).map(([words, id, input]) => `<tr><td class="labelCol requiredInput"><label for="${id}">${mark(words)}</label></td><td class="dataCol"><div><div>${input}</div></div></td></tr>`).join("")}
${FEATURES.map((name, at) => `<tr><td class="labelCol"><label for="UserPermissions_${at}">${escaped(label(name))}&nbsp;</label><img alt="" src="data:,"></td><td class="dataCol"><table><tr><td>${feature(name, at)}</td></tr></table></td></tr>`).join("")}</table></td></tr></table></div>` }),
  },
  {
    name: "in Japanese, last name first, a middle name and a suffix, no features",
    language: "ja", features: [],
    html: (label, of) => page({ language: "ja", body: `${head("一般情報")}<table class="detailList">${pairs([...parts(of)].sort((a, b) => (a[1] > b[1] ? -1 : 1)).concat([["ミドルネーム", "name_middleName", field("name_middleName", "M.")], ["サフィックス", "name_suffix", field("name_suffix", "")]]).map(([words, id, input]) => `<td class="labelCol"><label for="${id}">${words}：</label></td><td class="dataCol">${input}</td>`))}</table>` }),
  },
  {
    name: "in Hebrew, from right to left, words in bare cells, own fields that are called like a feature",
    language: "iw",
    html: (label, of) => page({ language: "he", dir: "rtl", body: `<table class="detailList">${pairs(parts(of).map(([words, id, input]) => `<td class="labelCol">${words}</td><td class="dataCol">${input}</td>`).concat(FEATURES.map((name, at) => `<td class="labelCol"><bdi>&rlm;${escaped(label(name))}&rlm;</bdi>:</td><td class="dataCol">${feature(name, at)}</td>`)))}</table>
${head("שדות מותאמים")}<table class="detailList">${pairs(FEATURES.map((name, at) => `<td class="labelCol"><label for="00N5g00000${at}AbCd">${escaped(label(name))}</label></td><td class="dataCol">${box("", `id="00N5g00000${at}AbCd" name="00N5g00000${at}AbCd"`)}</td>`))}</table>` }),
  },
  {
    name: "in German, a profile by its name in a text, what is hidden or fixed, labels after their boxes",
    language: "de", fields: ["user_license_id", "Profile"], noEmail: true,
    html: (label, of) => page({ language: "de", body: `<input type="hidden" id="Email" name="Email" value="${of.user.Email}"><table class="detailList"><tr><td class="labelCol">Profil</td><td class="dataCol">${field("Profile", "AcmeIntegration", "disabled")}</td></tr><tr><td class="labelCol">Lizenz</td><td class="dataCol">${choice("user_license_id", of.licenses, of.license)}</td></tr></table>
<ul>${FEATURES.map((name, at) => `<li>${feature(name, at)} <label for="UserPermissions_${at}">${escaped(label(name))}</label></li>`).join("")}</ul>` }),
  },
  {
    name: "in Chinese, boxes inside their labels, boxes that nobody may change, numbered tab stops",
    language: "zh_CN", tabbed: true,
    html: (label, of) => page({ language: "zh-CN", save: '<input class="btn" tabindex="99" type="submit" name="save" value=" 保存 ">', body: `<table class="detailList">${pairs(parts(of).map(([words, id, input], at) => `<td class="labelCol"><label for="${id}">${words}</label></td><td class="dataCol">${input.replace(/<(input|select) id/, `<$1 tabindex="${at + 3}" id`)}</td>`))}</table><div>${FEATURES.map((name, at) => `<p><label>${feature(name, at, `tabindex="${at + 20}"${name === "OfflineUser" ? " disabled" : ""}`)} ${escaped(label(name))}</label></p>`).join("")}</div>` }),
  },
  {
    name: "doubled labels, doubled ids, a feature without words, one that has another's too",
    language: "en_US", odd: true, unsure: 8, features: ["KnowledgeUser", "SFContentUser"], fields: ["user_license_id", "Profile"],
    html: (label, of) => page({ body: `<table class="detailList">${parts(of).map(([words, id, input]) => `<tr><td class="labelCol"><label for="${id}">${words}</label></td><td class="dataCol">${input}</td></tr>`).join("")}
<tr><td class="labelCol">Email</td><td class="dataCol">${field("Email", "someone.else@gmail.com")}</td></tr>
${[
  `<td><label for="UserPermissions_0">${label("KnowledgeUser")}</label></td><td>${feature("KnowledgeUser", 0)}</td>`,
  `<td>${label("MarketingUser")}</td><td>${feature("?", 1)}</td>`,
  `<td>${label("MarketingUser")}</td><td>${feature("?", 2)}</td>`,
  `<td></td><td>${feature("?", 3)}</td>`,
  `<td><label for="UserPermissions_4">${label("OfflineUser")}</label><label for="UserPermissions_4">${label("SupportUser")}</label></td><td>${feature("?", 4)}</td>`,
  `<td><label for="UserPermissions_5">${label("InteractionUser")}</label></td><td>${feature("?", 5)}</td>`,
  `<td></td><td>${feature("?", 5)}</td>`,
  `<td>${label("SupportUser")}</td><td>${feature("?", 6)}</td><td>${feature("?", 7)}</td>`,
  `<td>${label("SFContentUser").toUpperCase()} :</td><td>${feature("SFContentUser", 8)}</td>`,
  `<td>${label("CallCenterAutoLogin")}</td><td><select id="UserPermissions_9" name="UserPermissions_9"><option>1</option></select></td>`,
].map((cells) => `<tr>${cells}</tr>`).join("")}</table>` }),
  },
];

/** Login IP ranges: whether the two addresses can be told, the section of the address, and the markup. */
export const RANGES = [
  {
    name: "the original interface in French, labels for them, help beside them",
    section: "", told: true,
    html: (start, end) => page({ language: "fr", body: `${head("Indiquez une plage d’adresses IP")}<div class="pbSubsection"><table class="detailList"><tr><td class="labelCol requiredInput"><label for="IpStartAddress">${mark("Adresse IP de début")}</label></td><td class="dataCol col02"><div class="requiredInput"><div class="requiredBlock"></div>${field("IpStartAddress", start)}</div></td><td class="labelCol requiredInput"><label for="IpEndAddress">${mark("Adresse IP de fin")}</label></td><td class="dataCol"><div class="requiredInput"><div class="requiredBlock"></div>${field("IpEndAddress", end)}</div></td></tr><tr><td class="labelCol last"><label for="Description">Description</label></td><td class="data2Col last" colspan="3"><textarea id="Description" name="Description" rows="2"></textarea></td></tr></table></div>` }),
  },
  {
    name: "the enhanced interface in Hebrew, a row among the others, the end before the start",
    section: "LoginIPRanges", told: true,
    html: (start, end) => enhanced(`<table class="list"><thead><tr class="headerRow"><th>פעולה</th><th>כתובת סיום</th><th>כתובת התחלה</th></tr></thead><tbody><tr class="dataRow"><td><a href="#">Del</a></td><td>10.0.0.9</td><td>10.0.0.1</td></tr><tr class="dataRow"><td><label><input type="checkbox" name="all" value="1"> All</label></td><td><div>${field("IpEndAddress", end, 'aria-label="End"')}</div></td><td><span>${field("IpStartAddress", start, 'aria-label="Start"')}</span></td></tr></tbody></table>`, { language: "he", dir: "rtl" }),
  },
  {
    name: "a window of its own in Japanese, no tables, an input without a type",
    section: "loginipranges", told: true,
    html: (start, end) => page({ language: "ja", form: 'id="f" name="f"', save: '<button type="submit" name="go">保存</button>', body: `<p><label for="IpStartAddress">開始</label> ${field("IpStartAddress", start).replace(' type="text"', "")}</p><p><label for="IpEndAddress">終了</label> ${field("IpEndAddress", end)}</p>` }),
  },
  {
    name: "several rows to be filled in at once, with one id",
    section: "LoginIPRanges",
    html: (start, end) => enhanced(`<table class="list">${[1, 2, 3].map(() => `<tr><td>${field("IpStartAddress", start, 'aria-label="s"')}</td><td>${field("IpEndAddress", end, 'aria-label="e"')}</td></tr>`).join("")}</table>`),
  },
  {
    name: "ids that nobody knows",
    section: "LoginIPRanges",
    html: (start, end) => enhanced(`<table class="detailList"><tr><td class="labelCol"><label for="page:console:j_id81:j_id90:0:from">IP Start Address</label></td><td>${field("page:console:j_id81:j_id90:0:from", start)}</td></tr><tr><td class="labelCol"><label for="page:console:j_id81:j_id90:0:to">IP End Address</label></td><td>${field("page:console:j_id81:j_id90:0:to", end)}</td></tr></table>`),
  },
  {
    name: "an end without a start",
    section: "LoginIPRanges",
    html: (start, end) => enhanced(`<table class="detailList"><tr><td class="labelCol"><label for="x">From</label></td><td>${field("x", start)}</td></tr><tr><td class="labelCol"><label for="IpEndAddress">To</label></td><td>${field("IpEndAddress", end)}</td></tr></table>`),
  },
];

const SEVEN = ["read", "create", "edit", "delete", "viewAll", "modifyAll", "viewAllFields"];
const olp = (at) => `page:console:j_id97:j_id98:j_id99:objects_tabs_detail:j_id124:0:j_id126:j_id174:${at}:olp_check`;
const six = (object, at, on, more = "") => box(`${object}.${at}`, `id="${olp(at)}" name="${olp(at)}" aria-label="${SEVEN[at]}" ${on ? "checked" : ""} ${more}`);

/** Objects' settings: of what (`00e` or `0PS`), the address's query, the objects that are marked, how many boxes cannot be known, how many of the seven columns there are where not all, and the markup of what is on. */
export const OBJECTS = [
  {
    name: "a permission set in French, a row of seven under their words",
    of: "0PS", query: "?s=EntityPermissions&o=Contact", objects: ["Contact"], unsure: 0,
    html: (on) => enhanced(`<div class="pc_page_EntityPermissions"><table class="list"><tr class="headerRow">${["Lecture", "Créer", "Modifier", "Supprimer", "Afficher tout", "Modifier tout", "Afficher tous les champs"].map((word) => `<th>${word}</th>`).join("")}</tr><tr class="dataRow">${SEVEN.map((_, at) => `<td class="booleanColumn"><div>${six("Contact", at, on.Contact[at])}</div></td>`).join("")}</tr></table></div>`, { language: "fr" }),
  },
  {
    name: "a permission set in Hebrew, rows from right to left, six",
    of: "0PS", query: "?appLayout=setup&o=Account&s=entitypermissions", objects: ["Account"], unsure: 0, columns: 6,
    html: (on) => enhanced(`<div><div><table>${SEVEN.slice(0, 6).map((word, at) => `<tr><th scope="row"><bdi>${word}</bdi></th><td><table><tr><td>${six("Account", at, on.Account[at])}</td></tr></table></td></tr>`).join("")}</table></div></div>`, { language: "he", dir: "rtl" }),
  },
  {
    name: "a profile in Chinese, the enhanced interface, seven in lists, a twin of each hidden",
    of: "00e", query: "?s=ObjectsAndTabs&o=Account", objects: ["Account"], unsure: 0,
    html: (on) => enhanced(`<ul>${SEVEN.map((word, at) => `<li><input type="hidden" name="h${at}" value="1"><label for="${olp(at)}">${["读取", "创建", "编辑", "删除", "查看全部", "修改全部", "查看所有字段"][at]}</label> ${six("Account", at, on.Account[at])}</li>`).join("")}</ul>`, { language: "zh-CN" }),
  },
  {
    name: "a profile in Chinese, the original interface, rows of seven in tables of their own, one that no script names",
    of: "00e", query: "", objects: ["Account", "Contact"], unsure: 7,
    html: (on) => page({ language: "zh-CN", body: `${head("标准对象权限")}${["Account", "Contact", "Case"].map((object, row) => `<div class="pbSubsection"><table class="crudTable"><tr><td></td>${SEVEN.map((word, at) => `<th class="${at < 4 ? "crudCol" : "marvarCol"}">${word}</th>`).join("")}</tr><tr><th class="labelCol" scope="row">${row === 2 ? object : `对象 ${row}`}</th>${SEVEN.map((word, at) => `<td class="${at < 4 ? "crudCol" : "marvarCol"}">${box(`${object}.${at}`, `id="crud_${row}_${at}" name="crud_${row}_${at}" title="${word} ${row}" ${on[object][at] ? "checked" : ""} ${row === 2 ? "" : `onclick="window.ProfileDependentCheckboxes &amp;&amp; ProfileDependentCheckboxes.handleClick(this, '${object}', '${word}')"`}`)}</td>`).join("")}</tr></table></div>`).join("")}` }),
  },
  {
    name: "the six in another order, which is seen from what is granted",
    of: "00e", query: "?s=ObjectsAndTabs&o=Account", objects: [], unsure: 6, granted: true,
    html: (on) => enhanced(`<table>${SEVEN.slice(0, 6).map((word, at) => `<tr><td>${word}</td><td>${six("?", at, on.Account[[0, 1, 2, 5, 4, 3][at]])}</td></tr>`).join("")}</table>`),
  },
  {
    name: "a custom object by its id",
    of: "0PS", query: "?s=EntityPermissions&o=01I5g000000AbCd", objects: [], unsure: 7,
    html: (on) => enhanced(`<table>${SEVEN.map((word, at) => `<tr><td>${word}</td><td>${six("?", at, false)}</td></tr>`).join("")}</table>`),
  },
];

/** Sections of which nobody knows the shape: hours, sessions, passwords. */
export const SECTIONS = ["LoginHours", "SessionSettings", "PasswordPolicies"].flatMap((section) => [
  { section, html: () => enhanced(`<table class="detailList">${Array.from({ length: 14 }, (_, at) => `<tr><td class="labelCol"><label for="x:${at}">Setting ${at}</label></td><td><select id="x:${at}" name="x:${at}"><option value="0">12 AM</option><option value="60">1 AM</option></select></td><td><input type="checkbox" id="y:${at}" name="y:${at}" aria-label="y${at}" value="1"></td></tr>`).join("")}</table>`) },
  { section, html: () => enhanced(`<div><p><select aria-label="a" name="a"></select><select aria-label="b" multiple name="b"><option>1</option><option selected>2</option></select></p><p><input name="n" type="number" aria-label="n" value="x"><input type="text" name="t" id="" aria-label="t"><input type="checkbox" aria-label="c"><input type="radio" aria-label="r" name="localName"></p></div>`) },
]);
