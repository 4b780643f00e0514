//! Which apps people use themselves: on a phone, in their mail or spreadsheet, or as a tool.
//!
//! It never says that somebody is a person by a tool's name alone: the same tools run at night on servers.

use super::words::folded;

/// What an app's name says of who is behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Client {
    /// It runs on a person's phone or screen, and nowhere else.
    Device,
    /// Each person authorizes it for themselves: an add-in of their mail, a signature service, a sales tool.
    AddIn,
    /// A tool that people use and scripts too: a command line, a loader, a spreadsheet's connector.
    Tool,
    /// Anything else: an app of a system, as far as its name says.
    System,
}

/// Beginnings of names, as words. Source: names of Salesforce's own apps in "Connected Apps OAuth Usage" and in public
/// login histories; a mobile app's name differs by platform ("Salesforce for iOS", "Salesforce for Android").
#[rustfmt::skip]
const DEVICES: &[&str] = &[
    "salesforce for", "salesforce mobile", "salesforce1", "salesforce authenticator", "salesforcea",
    "salesforce touch", "salesforce files", "chatter desktop", "chatter mobile", "field service for",
    "field service mobile", "salesforce field service", "crm analytics for", "einstein analytics for",
    "analytics for", "salesforce chatter", "salesforce mobile dashboards", "mobile publisher",
    "salesforce events",
];

#[rustfmt::skip]
const ADD_INS: &[&str] = &[
    "salesforce for outlook", "lightning for outlook", "lightning for gmail", "salesforce for gmail",
    "outlook integration", "gmail integration", "salesforce outlook integration", "outlook", "gmail",
    "microsoft outlook", "microsoft office", "microsoft teams", "microsoft word", "adobe acrobat sign",
    "adobe sign", "acrobat sign", "docusign for", "linkedin", "slack", "quip", "zoom", "gong", "outreach",
    "salesloft", "groove", "cirrus insight", "ebsta", "zoominfo", "calendly", "grammarly", "dialpad",
    "ringcentral", "aircall", "highspot", "seismic", "showpad", "evernote", "google workspace",
    "google calendar", "apollo", "lusha", "clari", "people ai", "mixmax", "hubspot sales",
    "einstein activity capture", "inbox", "salesforce inbox", "loom", "vidyard", "trailhead",
    "salesforce scheduler",
];

#[rustfmt::skip]
const TOOLS: &[&str] = &[
    "salesforce cli", "sf cli", "sfdx", "salesforce inspector", "salesforce extensions",
    "salesforce chrome", "dataloader", "data loader", "salesforce data loader", "salesforce dataloader",
    "workbench", "ant migration", "force com", "salesforce dx", "illuminated", "visual studio code",
    "vs code", "vscode", "postman", "insomnia", "bruno", "developer console", "einstein analytics",
    "code builder", "agentforce vibes", "jetstream", "org check", "orgcheck", "microsoft power query",
    "power query", "microsoft excel", "excel", "excel integration", "microsoft power bi desktop",
    "power bi desktop", "xl connector", "g connector", "google sheets", "data connector for",
    "salesforce connector for google", "salesforce connector by coefficient", "coefficient",
    "enabler4excel", "welkin suite", "mavens mate", "mavensmate", "haoide", "soql", "soqlx",
    "real force explorer", "cocoa", "lexiloader", "tableau desktop", "access connector",
    "the welkin suite", "metazoa", "field trip", "salesforce colored favicons",
];

/// Names of apps that Salesforce itself makes and that stand in no org's app menu, as words. Source: "Connected Apps OAuth
/// Usage" of a Developer Edition org, as public audit tools list it (sf-audit), and Salesforce CLI, Data Loader and mobile
/// documentation.
#[rustfmt::skip]
const FIRST_PARTY: &[&str] = &[
    "salesforce cli", "dataloader bulk", "dataloader partner", "data loader", "ant migration tool",
    "force com ide", "salesforce for ios", "salesforce for android", "salesforcea", "salesforcea for ios",
    "salesforcea for android", "salesforce authenticator", "salesforce authenticator for ios",
    "salesforce authenticator for android", "salesforce files", "salesforce mobile dashboards",
    "salesforce touch", "salesforce1 ipad", "salesforce1 iphone", "salesforce1 android", "chatter desktop",
    "chatter mobile for blackberry", "salesforce chatter", "salesforce for outlook", "field service for ios",
    "field service for android", "crm analytics for ios", "crm analytics for android", "workbench",
];

/// The words of a name, in small letters.
fn words(name: &str) -> String {
    let name = folded(name);
    let words: Vec<&str> =
        name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// Whether it is the exact name of one of Salesforce's own apps: a name that only looks like it is another's.
pub(super) fn is_first_party(name: &str) -> bool {
    FIRST_PARTY.contains(&words(name).as_str())
}

/// What kind of app a name belongs to.
pub(crate) fn client(name: &str) -> Client {
    let name = words(name);
    let whole = |rest: &str| rest.is_empty() || rest.starts_with(' ');
    let begins = |list: &[&str]| list.iter().any(|begin| name.strip_prefix(begin).is_some_and(whole));
    match () {
        // "Salesforce for Outlook" begins as "Salesforce for iOS" does.
        () if begins(ADD_INS) => Client::AddIn,
        () if begins(TOOLS) => Client::Tool,
        () if begins(DEVICES) => Client::Device,
        () => Client::System,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_behind_an_app() {
        for (name, is) in [
            ("Salesforce for iOS", Client::Device),
            ("Salesforce for Android", Client::Device),
            ("Salesforce Authenticator", Client::Device),
            ("SalesforceA", Client::Device),
            ("Salesforce1/iPhone", Client::Device),
            ("Salesforce for Outlook", Client::AddIn),
            ("Microsoft Outlook", Client::AddIn),
            ("Adobe Acrobat Sign", Client::AddIn),
            ("LinkedIn Sales Navigator", Client::AddIn),
            ("Salesforce CLI", Client::Tool),
            ("Dataloader Bulk", Client::Tool),
            ("DataLoader Partner", Client::Tool),
            ("dataloader.io", Client::Tool),
            ("Force.com IDE", Client::Tool),
            ("XL-Connector 365", Client::Tool),
            ("Microsoft Power Query", Client::Tool),
            ("Salesforce Inspector Reloaded", Client::Tool),
            ("VS Code", Client::Tool),
            ("Acme ERP", Client::System),
            ("Salesforce Forecast Sync", Client::System),
            ("Excelsior Billing", Client::System),
            ("Slackline", Client::System),
            ("", Client::System),
        ] {
            assert_eq!(client(name), is, "{name}");
        }
    }
}
