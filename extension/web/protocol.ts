// The messages between the extension's parts: what the worker takes, what it answers, and what it sends by itself.
// Made from core/src/protocol by `./build.sh docs`. Do not edit. Types alone: nothing here is in what is shipped.

/** What a surface asks of the worker. On the wire: `{"command":"Check","url":…,"number":…}`. */
export type Command = { "command": "Check",
    /** The address of the top frame. */
    url: string,
    /** Which check of this page it is. */
    number: number, }
  | { "command": "Retry",
    /** The check whose report is shown. */
    number: number, }
  | { "command": "Answer",
    /** The check whose report is shown. */
    number: number,
    /** What they said. */
    answer?: AdminAnswer, }
  | { "command": "Accept",
    /** The check whose report is shown. */
    number: number,
    /** The rule that found them. */
    rule: string,
    /** What stands in the form's controls, by name: `about` for each finding, `reason`, `owner`, `ticket`, `until`. */
    fields?: Array<[string, string]>, }
  | { "command": "StopAccepting",
    /** The check whose report is shown. */
    number: number,
    /** What was accepted. */
    fingerprint: string, }
  | { "command": "Note",
    /** The check whose report is shown. */
    number: number,
    /** What stands in the form's controls, by name: `purpose`, `owner`, `vendor`. */
    fields?: Array<[string, string]>, }
  | { "command": "Place",
    /** Which. */
    corner: Corner, }
  | { "command": "Fold",
    /** Whether it is open. */
    open: boolean, }
  | { "command": "Close",
    /** The check whose report is shown. */
    number: number, }
  | { "command": "Edit",
    /** Which description of the form it goes with; a form that is described anew has another. */
    number: number,
    /** What the form has, the first time; none when the worker was told before. */
    form?: FormDescription,
    /** A `1` for each box that is selected, a `0` for each that is not. */
    on: string,
    /** What stands in each field, a line each; of a choice its value, a tab, and what is shown of it. */
    values: string,
    /** The markers that are open, by the place of what they mark. */
    open: Array<number>,
    /** What each click brought along that is still so. */
    clicks: Array<Click>, }
  | { "command": "ShowField",
    /** The check whose report is shown. */
    number: number,
    /** Its place, as a button's attribute says it. */
    place: string, }
  | { "command": "PutBack",
    /** The check whose report is shown. */
    number: number, }
  | { "command": "Front" }
  | { "command": "Submitted" }
  | { "command": "SaveCheck",
    /** What an admin chose; none only asks what holds. */
    on?: boolean, }
  | { "command": "ShowApproval",
    /** The check whose report is shown. */
    number: number, }
  | { "command": "Fix",
    /** The check whose report is shown. */
    number: number,
    /** The plan, as the report names it; empty: those that `fields` name. */
    plan?: string,
    /** What stands in the preview's form controls, by name. */
    fields?: Array<[string, string]>, }
  | { "command": "Undo",
    /** The check whose report is shown. */
    number: number,
    /** The entry. */
    entry: string, }
  | { "command": "Continue",
    /** The check whose report is shown. */
    number: number,
    /** The entry. */
    entry: string, }
  | { "command": "Verify",
    /** The check whose report is shown. */
    number: number,
    /** The entry. */
    entry: string, }
  | { "command": "ConfirmStep",
    /** The check whose report is shown. */
    number: number,
    /** The entry of the journal. */
    entry: string,
    /** The step's place, as an attribute of its box says it. */
    step: string,
    /** What they say. */
    word: StepWord, }
  | { "command": "Dismiss",
    /** The check whose report is shown. */
    number: number,
    /** The entry of the journal. */
    entry: string, }
  | { "command": "Apply",
    /** The check whose report is shown. */
    number: number,
    /** What only the markup of that preview in a page of the extension says, once. */
    token: string,
    /** What stands in its form controls, by name: not carried out when it is not what was previewed. */
    fields?: Array<[string, string]>, }
  | { "command": "Allow",
    /** The check whose report is shown. */
    number: number,
    /** What only the markup of that preview in a page of the extension says, once. */
    token: string,
    /** For how long. */
    until?: Until, }
  | { "command": "Forbid",
    /** The check whose report is shown. */
    number: number, }
  | { "command": "Leave",
    /** The check whose report is shown. */
    number: number, }
  | { "command": "History" }
  | { "command": "Export" }
  | { "command": "Clear" }
  | { "command": "OpenEntry",
    /** The entry. */
    entry: string,
    /** Which preview. */
    preview: EntryPreview, }
  | { "command": "OpenPanel" }
  | { "command": "OpenReview",
    /** The check whose report is shown. */
    number: number, }
  | { "command": "Options" }
  | { "command": "Configure",
    /** Which, and what it becomes. */
    change: SettingChange, }
  | { "command": "ForbidOrg",
    /** The org's id. */
    org: string, }
  | { "command": "ForgetAnswers",
    /** The org, and the record; none for all. */
    of?: [string, string], }
  | { "command": "ShowPanels",
    /** The org, and the record; none for all. */
    of?: [string, string], }
  | { "command": "ExportAccepted",
    /** The org's id. */
    org: string, }
  | { "command": "ImportAccepted",
    /** The org's id. */
    org: string,
    /** The file. */
    text: string,
    /** Whether it was asked about, and confirmed. */
    confirmed?: boolean, }
  | { "command": "ForgetAccepted",
    /** The org's id. */
    org: string,
    /** What was accepted; none for all that has expired. */
    fingerprint?: string, }
  | { "command": "Erase" }
  | { "command": "Welcome" }
  | { "command": "ReloadTabs" };

/** The boxes and fields of a form, a line each.
 *
 * One text, and not a list of objects: those of a page with 409 boxes would cross into Wasm property by property. */
export type FormDescription = {
    /** The boxes, a line each. */
    boxes: string,
    /** The fields, a line each. */
    fields: string,
    /** The object that the address names. */
    object: string,
    /** Whether the page came from itself: the form was posted, or left by a link to another part of it. */
    isAgain: boolean, };

/** A click on a box, and what it brought along that is still so. */
export type Click = {
    /** The place of the box that was clicked. */
    place: number,
    /** Those of the boxes that the page's script changed with it. */
    others: Array<number>, };

/** A corner of the page where the panel stands. */
export type Corner = "bottom-right" | "bottom-left" | "top-left" | "top-right";

/** For how long writing to an org is allowed. */
export type Until = "closed" | "always";

/** What a person says of a step of a checklist that no API tells of. */
export type StepWord = "done" | "open";

/** What an admin said of a user; kept per org and user, and stronger than every sign. */
export type AdminAnswer = "Integration" | "Person";

/** A preview of what can be done with an entry of the journal. */
export type EntryPreview = "Undo" | "Continue";

/** A setting, and what it becomes. On the wire: `{"setting":"rule","rule":"stale-secret","value":false}`. */
export type SettingChange = { "setting": "findings-on",
    /** Whether it is. */
    value: boolean, }
  | { "setting": "markers",
    /** Which. */
    value: Markers, }
  | { "setting": "ask-before-critical",
    /** Whether it is. */
    value: boolean, }
  | { "setting": "place",
    /** Where. */
    value: PanelPlace, }
  | { "setting": "width",
    /** In pixels. */
    value: number, }
  | { "setting": "theme",
    /** How. */
    value: Theme, }
  | { "setting": "rule",
    /** The rule, by id. */
    rule: string,
    /** Whether it does. */
    value: boolean, }
  | { "setting": "old-password-days",
    /** Days. */
    value: number, }
  | { "setting": "wide-range-addresses",
    /** Addresses. */
    value: number, };

/** What holds on pages of Salesforce. It goes to the page with each drawing. */
export type Settings = {
    /** Whether anything is found, and shown, at all. */
    findingsOn: boolean,
    /** Beside which boxes of a form there are markers. */
    markers: Markers,
    /** Whether a save of something critical is asked about once. What is stored of it stands where earlier versions put it. */
    askBeforeCritical: boolean,
    /** Where the panel stands. */
    place: PanelPlace,
    /** How wide it is, in pixels. */
    width: number,
    /** How it looks. */
    theme: Theme, };

/** Beside which boxes of a form there are markers. */
export type Markers = "integrations" | "all" | "off";

/** Where the panel stands. */
export type PanelPlace = "floating" | "docked";

/** How the panel and the markers look. */
export type Theme = "salesforce" | "system";

/** What the worker answers a command with. */
export type Response = { "type": "drawing" } & Drawing | { "type": "form" } & FormAnswer | { "type": "saveCheck" } & SaveCheck | { "type": "export" } & Export | { "type": "accepted" } & AcceptedFile | { "type": "broken" } & Broken;

/** What the worker tells a page without being asked. */
export type PushedMessage = { "type": "drawing" } & Drawing | { "type": "parts" } & PanelParts | { "type": "form" } & FormAnswer | { "type": "checkAgain" }
  | { "type": "showField",
    /** The description of the form. */
    number: number,
    /** Its place. */
    place: number, }
  | { "type": "putBack",
    /** The description of the form. */
    number: number, }
  | { "type": "hidden" }
  | { "type": "openPanel" };

/** What a surface shows from now on. */
export type Drawing = {
    /** The check that it answers. */
    number: number,
    /** The markup; empty when there is nothing to show. */
    html: string,
    /** What a screen reader is told. */
    status: string,
    /** The style sheet. */
    css: string,
    /** Where the panel stands. */
    corner: Corner,
    /** What was chosen of how the panel and the markers show themselves. */
    settings: Settings,
    /** Whether it was left open on the tab's last page. */
    open: boolean,
    /** Whether another drawing follows. */
    pending: boolean, };

/** What changes of a panel while a form is edited. */
export type PanelParts = {
    /** The check whose panel is shown. */
    number: number,
    /** Markup, by the id of the element that it goes into. */
    parts: Record<string, string>,
    /** The color of the chip. */
    tone: string,
    /** What a screen reader is told. */
    status: string, };

/** What is said beside the boxes and fields of a form. Its number is that of the description that it is about. */
export type FormAnswer = { "state": "unknown",
    /** The description. */
    number: number, }
  | { "state": "waiting",
    /** The description. */
    number: number, }
  | { "state": "judged",
    /** The description. */
    number: number,
    /** What stands beside the save buttons. */
    note?: SaveNote,
    /** What the open markers say. */
    details: Array<MarkerDetail>,
    /** All markers, when they are others than before. */
    markers?: Array<Marker>, };

/** A marker beside a box or field. */
export type Marker = {
    /** The place of what it stands beside: boxes first, then fields. */
    place: number,
    /** How bad it is. */
    severity: Severity,
    /** How its box stands: how much of it is seen. */
    standing: Standing,
    /** How bad it is, and whether it is new, in words. */
    label: string,
    /** What it says. */
    words: string,
    /** What else is to be known; empty for nothing. */
    note: string,
    /** What puts back all that a click on the box changed; empty where there is nothing to. */
    undo: string,
    /** Whether its box is one of a column of a table of objects: the column's head says it once. */
    inColumn: boolean, };

/** How a marker's box stands, which decides how much of it is seen. */
export type Standing = "off" | "on" | "new";

/** What stands beside the save buttons. */
export type SaveNote = {
    /** What matters. */
    lead: string,
    /** The rest. */
    words: string,
    /** The place of the first box that it is about. */
    place?: number,
    /** What puts the page back; empty where nothing is changed. */
    putBack: string,
    /** Whether it is about something critical: a save may be asked about then. */
    isCritical: boolean, };

/** What an open marker says. */
export type MarkerDetail = {
    /** The place of what it stands beside. */
    place: number,
    /** The markup. */
    html: string, };

/** How much a finding matters. Worded for readers in docs/rules.md. */
export type Severity = "critical" | "high" | "medium" | "low" | "info";

/** Whether a save of something critical is asked about once. */
export type SaveCheck = {
    /** Whether it is. */
    on: boolean,
    /** Whether the company that runs the browser decided so. */
    decided: boolean, };

/** The history as a file. */
export type Export = {
    /** The table for a spreadsheet. */
    csv: string, };

/** What is accepted and noted in an org, as a file. */
export type AcceptedFile = {
    /** What the file is called. */
    name: string,
    /** What stands in it (docs/accepted-risks.md). */
    text: string, };

/** The worker's own code broke off. */
export type Broken = {
    /** The error's message. */
    error: string,
    /** The style sheet. */
    css: string, };
