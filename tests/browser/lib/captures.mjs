// Edit pages in the shapes that public captures show, or leave open, for any permissions and labels: tests/org/FIDELITY.md says
// which is seen and which is a variation. It never names a permission but in `data-is`, which no page of the platform has.

/** Permissions of the pages, by API name: risky ones, harmless ones, and the one that should be on. */
export const NAMES = [
  "ApiEnabled", "ApiUserOnly", "AuthorApex", "BulkApiHardDelete", "CustomizeApplication", "DataExport", "EditReadonlyFields", "ManageProfilesPermissionsets",
  "ManageRoles", "ManageSharing", "ManageUsers", "ModifyAllData", "ModifyMetadata", "PasswordNeverExpires", "ResetPasswords", "RunReports", "ViewAllData",
  "ViewAllUsers", "ViewEncryptedData", "ViewSetup",
];

export const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

/** A box that is `is`, a permission (or nothing); `attributes` are what the page gives it. */
export const box = (is, attributes = "") => `<input type="checkbox" value="1" data-is="${is}" ${attributes}>`;

/** A whole page: a header form that is none of ours, and the form with its save button. */
export function page({ language = "en-US", dir = "ltr", style = "", body, save = '<input class="btn" type="submit" name="save" value=" Save ">', form = 'id="editPage" name="editPage"', before = "" }) {
  return `<!DOCTYPE html><html lang="${language}" dir="${dir}" class="ext-strict"><head><meta charset="utf-8"><title>Edit ~ Salesforce</title><link rel="icon" href="data:,"><style>
body{margin:0;font:12px/1.4 Arial,sans-serif}table{border-collapse:collapse}.detailList{width:100%}.labelCol{width:18%;text-align:right;font-weight:bold}[dir=rtl] .labelCol{text-align:left}
.dataCol{width:32%}td,th{padding:3px 8px;border-bottom:1px solid #ececec;vertical-align:top}.booleanColumn{width:40px;text-align:center}h1{font-size:18px}h3{font-size:12px;margin:0}.pbSubheader{background:#b3a37a;padding:3px 8px}${style}</style></head>
<body class="sfdcBody brandQuaternaryBgr editPage"><form id="sbsearch" action="/search" method="get"><label><input type="checkbox" name="searchOwner" value="1"> Limit to items I own</label><select aria-label="In" name="sen"><option>All</option></select></form>
<main><h1>Edit</h1>${before}<form method="post" ${form}><input type="hidden" name="_CONFIRMATIONTOKEN" value="7.a==">
<div class="pbHeader"><table><tr><td class="pbTitle"><h2 class="mainTitle">Edit</h2></td><td class="pbButton" id="topButtonRow">${save}</td></tr></table></div>${body}</form></main></body></html>`;
}

export const head = (text) => `<div class="pbSubheader brandTertiaryBgr tertiaryPalette"><h3>${text}<span class="titleSeparatingColon">:</span></h3></div>`;
const PC_SAVE = '<input class="btn" type="submit" id="page:console:j_id9:button_pc_save" name="page:console:j_id9:button_pc_save" value="Save">';
const title = (name, at, ids = "page:console:j_id81:j_id82:j_id83:permissions_form:permissions_pb:j_id101:j_id102:j_id108:0:j_id109:j_id110") => `id="${ids}:${at}:userPerm" name="${ids}:${at}:userPerm" title="${name}"`;
export const enhanced = (body, more = {}) => page({ form: 'id="page:console:j_id81" name="page:console:j_id81"', save: PC_SAVE, body, ...more });
export const pairs = (cells) => Array.from({ length: Math.ceil(cells.length / 2) }, (_, at) => `<tr>${cells[at * 2]}${cells[at * 2 + 1] ?? '<td class="labelCol empty">&nbsp;</td><td class="dataCol empty">&nbsp;</td>'}</tr>`).join("");

/** Each: its name, the section of its address, the language, how many boxes cannot be known, and its markup of labels by name. */
export const CAPTURES = [
  {
    name: "the enhanced interface, a column of descriptions, no body of the table, hidden twins of each box",
    section: "SystemPermissions", unsure: 0,
    html: (label) => enhanced(`${head("System")}<table class="detailList"><tr><th>Permission Name</th><th>Enabled</th><th>Description</th></tr>${NAMES.map((name, at) => `<tr><td class="labelCol"><span>${escaped(label(name))}</span></td><td class="booleanColumn"><span><input type="hidden" name="h${at}" value="${at}">${box(name, title(name, at, "j_id0:j_id1:frm:j_id3"))}<input type="hidden" name="page:${at}" value="false"></span></td><td>What it lets its users do: <a href="#">more</a>.</td></tr>`).join("")}</table>`),
  },
  {
    name: "the enhanced interface in Hebrew, from right to left, tables in tables",
    section: "SystemPermissions", language: "iw", unsure: 0,
    html: (label) => enhanced(`<div class="pbSubsection"><table class="detailList"><tr><td><table class="list"><thead><tr class="headerRow"><th>הרשאה</th><th>פעיל</th></tr></thead><tbody>${NAMES.map((name, at) => `<tr class="dataRow"><th scope="row"><bdi>&rlm;${escaped(label(name))}&rlm;</bdi></th><td><div><span>${box(name, title(name, at))}</span></div></td></tr>`).join("")}</tbody></table></td></tr></table></div>`, { language: "he", dir: "rtl" }),
  },
  {
    name: "the original interface in Chinese, a table around each box, apps with words for titles",
    section: "", language: "zh_CN", unsure: 0,
    html: (label) => page({ language: "zh-CN", body: `${head("自定义应用程序设置")}<table class="detailList">${pairs(["Chatter for Android", "Sales"].map((app, at) => `<td class="labelCol">${app}</td><td class="dataCol"><table class="connectedAppTable"><tbody><tr><td>${box("", `title="/${app} 可见" name="tabSet_visible___0H4${at}" id="tabSet_visible___0H4${at}"`)}</td></tr></tbody></table></td>`))}</table>
${head("管理权限")}<table class="detailList" border="0" cellpadding="0" cellspacing="0"><tbody>${pairs(NAMES.map((name, at) => `<td class="labelCol">${escaped(label(name))}\n</td><td class="dataCol col02"><table class="connectedAppTable"><tbody><tr><td>${box(name, `name="p${at}" id="p${at}"`)}</td></tr></tbody></table></td>`))}</tbody></table>` }),
  },
  {
    name: "the original interface in French, labels with a help text's script, numbered tab stops",
    section: "", language: "fr", unsure: 0, tabbed: true,
    html: (label) => page({ language: "fr", save: '<input class="btn" tabindex="90" type="submit" name="save" value=" Enregistrer ">', body: `${head("Autorisations administratives")}<table class="detailList">${pairs(NAMES.map((name, at) => `<td class="labelCol requiredInput"><label for="up_${at}"><span class="assistiveText">*</span>${escaped(label(name))}&nbsp;</label><span class="helpButton"><img alt="" src="data:,"><script type="text/javascript">window.help = ["${at}"];</script></span></td><td class="dataCol"><div class="requiredInput"><div class="requiredBlock"></div>${box(name, `name="up_${at}" id="up_${at}" tabindex="${at + 4}"`)}</div></td>`))}</table>` }),
  },
  {
    name: "no tables: boxes inside their labels, labels after their boxes",
    section: "", unsure: 0,
    style: ".row{display:flex;gap:8px;padding:3px}.slds-checkbox input{position:absolute;opacity:0}.slds-checkbox input+label::before{content:'☐ '}.slds-checkbox input:checked+label::before{content:'☑ '}",
    html(label) {
      return page({ style: this.style, body: NAMES.map((name, at) => at % 2
        ? `<div class="row"><label>${box(name, `name="w${at}"`)} <span>${escaped(label(name))}</span></label></div>`
        : `<div class="row"><span class="slds-checkbox">${box(name, `name="w${at}" id="w${at}"`)}<label for="w${at}">${escaped(label(name))}</label></span></div>`).join("") });
    },
  },
  {
    name: "boxes before their words",
    section: "", unsure: 0,
    html: (label) => page({ body: `<table class="detailList">${pairs(NAMES.map((name, at) => `<td class="dataCol">${box(name, `name="b${at}" id="b${at}"`)}</td><td class="labelCol">${escaped(label(name))}</td>`))}</table>` }),
  },
  {
    name: "rows that are odd, in a section that nobody knows",
    section: "SomethingElse", unsure: 13, odd: true,
    html: (label) => enhanced(`<table><tr><th>a</th></tr>${[
      `<tr><td>${escaped(label("ModifyAllData"))}</td><td>${box("?", 'id="o1"')}</td><td>${box("?", 'id="o2"')}</td></tr>`, // one label, two boxes
      `<tr><td>${box("?", 'id="o3"')}${box("?", 'id="o4"')} ${escaped(label("ManageUsers"))}</td></tr>`, // a cell of two
      `<tr><td>${escaped(label("AuthorApex"))}</td><td>${box("?", 'id="o5"')}</td></tr><tr><td>${escaped(label("AuthorApex"))}</td><td>${box("?", 'id="o6"')}</td></tr>`, // doubled
      `<tr><td>${escaped(label("ViewAllData"))}</td><td>${box("?", 'id="o7" title="ResetPasswords"')}</td></tr>`, // they contradict each other
      `<tr><td></td><td>${box("?", 'id="o8"')}</td></tr>`,
      `<tr><td>Fly to the moon</td><td>${box("?", 'id="o9" title="FlyToTheMoon"')}</td></tr>`,
      `<tr><td><label for="o10">${escaped(label("DataExport"))}</label><label for="o10">Weekly</label></td><td>${box("?", 'id="o10"')}</td></tr>`,
      `<tr><td>${box("?", 'id="o11"')}</td><td>${escaped(label("ManageSharing"))}</td><td>${box("?", 'id="o12"')}</td></tr>`, // whose words?
      `<tr><td>${escaped(label("ModifyMetadata"))}</td><td><table><tr><td>${box("?", 'id="o13"')}</td><td><input type="radio" name="d" value="1"></td></tr></table></td></tr>`,
      `<tr><td>${escaped(label("ManageRoles"))}</td><td><img src="data:," alt="Checked" class="checkImg"></td></tr>`, // read-only: no box
      `<tr><td>${escaped(label("PasswordNeverExpires"))}</td><td>${box("PasswordNeverExpires", 'id="ok1" disabled checked')}</td></tr>`,
      `<tr><td>${escaped(label("BulkApiHardDelete"))}</td><td>${box("BulkApiHardDelete", 'id="ok2" title="BulkApiHardDelete"')}</td></tr>`,
    ].join("")}</table>`),
  },
  {
    name: "thousands of rows, a few of them permissions",
    section: "", unsure: 3000,
    html: (label) => page({ body: `<table class="detailList">${Array.from({ length: 3000 }, (_, at) => `<tr><td class="labelCol">Row ${at}</td><td class="dataCol">${box("?", `name="r${at}" id="r${at}"`)}</td></tr>`).join("")}${NAMES.map((name, at) => `<tr><td class="labelCol">${escaped(label(name))}:</td><td class="dataCol">${box(name, `name="n${at}" id="n${at}"`)}</td></tr>`).join("")}</table>` }),
  },
];

/** Objects' pages: tables in a table, record types and fields beside the six, as the address names the object. */
export const objectPage = (word, object) =>
  enhanced(`<div class="pc_page_ObjectsAndTabs">${head("Record Types and Page Layout Assignments")}<div class="pbSubsection"><table class="detailList"><tr><td><table><tr><td>Main</td><td><select name="layout" aria-label="Layout"><option>A</option></select></td><td>${box("", 'id="page:console:j_id81:objects_tabs_detail:j_id124:0:rtpl:rtplrows:2:rt_assign" name="rt" aria-label="Main"')}</td></tr></table></td></tr></table></div>
${head("Object Permissions")}<div class="pbSubsection"><table class="detailList"><tr><td><table>${["read", "create", "edit", "delete", "viewAll", "modifyAll"].map((six, at) => { const id = `page:console:j_id81:j_id82:j_id83:j_id105:j_id106:objects_tabs_detail:j_id124:0:j_id126:j_id127:j_id132:j_id174:j_id175:${at}:olp_check`; return `<tr><td>${word(six)}</td><td>${box(`${object}.${at}`, `id="${id}" name="${id}" aria-label="${six}"`)}</td></tr>`; }).join("")}</table></td></tr></table></div>
${head("Field Permissions")}<div class="pbSubsection"><table class="detailList"><tr><td><table class="list"><thead><tr class="headerRow"><th id="x:fls_readheader"><div id="x:sortDiv">Read Access</div></th><th id="x:fls_editheader">Edit Access</th></tr></thead><tbody><tr><td>Name</td><td>${box("", 'id="x:0:fls_read_ck" name="fr" aria-label="r"')}</td><td>${box("", 'id="x:0:fls_edit_ck" name="fe" aria-label="e"')}</td></tr></tbody></table></td></tr></table></div></div>`);
