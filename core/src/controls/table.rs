//! Which outcomes say how a control stands.

/// A control, in our own words, and what says how it stands.
#[derive(Debug)]
pub struct Control {
    /// Its id.
    pub id: &'static str,
    /// What it asks for.
    pub name: &'static str,
    /// What says how it stands.
    pub(super) by: By,
    /// What is to be known of it.
    pub(super) note: &'static str,
}

/// What says how a control stands.
#[derive(Debug)]
pub(super) enum By {
    /// Nothing that is looked at.
    Nothing,
    /// No finding of these rules. Whether an accepted one counts as justified.
    Rules { rules: &'static [&'static str], is_justifiable: bool },
    /// No finding of this rule about this permission.
    Permission { rule: &'static str, name: &'static str },
    /// Not all of these at once, each a rule and a permission.
    Together(&'static [(&'static str, &'static str)]),
    /// No finding of this rule about apps that are installed, or that are not.
    Apps { rule: &'static str, are_installed: bool },
    /// Of what has something that these rules find, so many of those must pass. `others` could count too and are not looked at.
    Compensated {
        privileged_by: &'static [&'static str],
        by: &'static [&'static str],
        needed: usize,
        others: usize,
    },
    /// No finding of these rules about the app of this name.
    App { name: &'static str, rules: &'static [&'static str] },
    /// A note says who owns each integration.
    Owner,
    /// A note says that each integration was reviewed within so many days.
    Reviewed { days: i64 },
}

const POWERS: &[&str] = &[
    "broad-permission",
    "manage-users-permission",
    "user-administration-permission",
    "record-deletion",
    "whole-object-access",
];

const fn not_looked_at(id: &'static str, name: &'static str, note: &'static str) -> Control {
    Control { id, name, by: By::Nothing, note }
}

/// All of version 0.4.1, in the order of the ids.
pub const CONTROLS: &[Control] = &[
    not_looked_at("SBS-ACS-001", "Permission sets follow a model that is written down", ""),
    not_looked_at("SBS-ACS-002", "Each grant of API Enabled has a recorded reason", ""),
    Control {
        id: "SBS-ACS-003",
        name: "Approve Uninstalled Connected Apps is granted with a recorded reason only",
        by: By::Permission { rule: "broad-permission", name: "CanApproveUninstalledApps" },
        note: "A risk that is accepted with a reason counts as justified.",
    },
    Control {
        id: "SBS-ACS-004",
        name: "Users with full admin rights have a recorded reason",
        by: By::Together(&[
            ("broad-permission", "ViewAllData"),
            ("broad-permission", "ModifyAllData"),
            ("manage-users-permission", "ManageUsers"),
        ]),
        note: "A risk that is accepted with a reason counts as justified.",
    },
    not_looked_at("SBS-ACS-005", "Active users have custom profiles", ""),
    Control {
        id: "SBS-ACS-006",
        name: "Use Any API Client is granted with a recorded reason only",
        by: By::Permission { rule: "broad-permission", name: "UseAnyApiClient" },
        note: "A risk that is accepted with a reason counts as justified.",
    },
    Control {
        id: "SBS-ACS-007",
        name: "Integration users are inventoried, each with an owner",
        by: By::Owner,
        note: "This review lists the integration users. Owners are read from notes in Leastwise; your company may keep them elsewhere.",
    },
    Control {
        id: "SBS-ACS-008",
        name: "Integration users have no broad permissions without a recorded reason",
        by: By::Rules { rules: POWERS, is_justifiable: true },
        note: "A risk that is accepted with a reason counts as justified.",
    },
    Control {
        id: "SBS-ACS-009",
        name: "Integration users with broad permissions are protected in other ways",
        by: By::Compensated {
            privileged_by: POWERS,
            by: &["unrestricted-login-ip", "stale-secret", "several-apps-on-one-user"],
            needed: 2,
            // Tight scopes with short tokens, and monitoring.
            others: 2,
        },
        note: "Two protections are needed. Login IP ranges, password rotation, and one app per user are looked at; token scopes and monitoring aren't.",
    },
    Control {
        id: "SBS-ACS-010",
        name: "Access is reviewed at least once a year",
        by: By::Reviewed { days: 365 },
        note: "Reviews are read from notes in Leastwise; your company may record them elsewhere.",
    },
    not_looked_at(
        "SBS-ACS-011",
        "Changes to access are approved and recorded",
        "Changes that are made with Leastwise are in its History, to export.",
    ),
    not_looked_at("SBS-ACS-012", "Users are classified for login hours", ""),
    not_looked_at("SBS-AUTH-001", "Single sign-on is enforced for the whole org", ""),
    not_looked_at("SBS-AUTH-002", "Users who bypass single sign-on are recorded", ""),
    Control {
        id: "SBS-AUTH-003",
        name: "No profile has login IP ranges that allow almost any address",
        by: By::Rules { rules: &["unrestricted-login-ip"], is_justifiable: false },
        note: "Judged for the profiles of the users that were looked at. A profile without any range doesn't meet it here.",
    },
    not_looked_at(
        "SBS-AUTH-004",
        "External users with sensitive access use strong multi-factor authentication",
        "",
    ),
    not_looked_at("SBS-CODE-001", "Code is reviewed by a second person", ""),
    not_looked_at("SBS-CODE-002", "Code is scanned before it is merged", ""),
    not_looked_at("SBS-CODE-003", "Apex writes a log that lasts", ""),
    not_looked_at("SBS-CODE-004", "Logs hold no sensitive data", ""),
    not_looked_at("SBS-CPORTAL-001", "Portal code doesn't let a parameter choose the record", ""),
    not_looked_at("SBS-CPORTAL-002", "Guest users have no more access to records than they need", ""),
    not_looked_at("SBS-DATA-001", "Long text fields are searched for regulated data", ""),
    not_looked_at("SBS-DATA-002", "Long text fields with regulated data are inventoried", ""),
    not_looked_at("SBS-DATA-003", "Backups are made, and restoring them is tested", ""),
    not_looked_at("SBS-DATA-004", "The history of sensitive fields is tracked", ""),
    not_looked_at("SBS-DEP-001", "One user is for deployments only", ""),
    not_looked_at("SBS-DEP-002", "Some kinds of metadata are never edited in production", ""),
    not_looked_at("SBS-DEP-003", "Unauthorized changes of such metadata are noticed", ""),
    not_looked_at("SBS-DEP-005", "Source repositories are scanned for secrets", ""),
    Control {
        id: "SBS-DEP-006",
        name: "Tokens of the Salesforce CLI expire",
        by: By::App { name: "Salesforce CLI", rules: &["endless-refresh-token", "long-session"] },
        note: "Salesforce shows the policy of its CLI only in Setup, unless the org installed it.",
    },
    not_looked_at(
        "SBS-FDNS-001",
        "Configurations, exceptions, and inventories are kept in one place",
        "This review, exported, can be part of that: it has the inventory of integration users and the accepted risks.",
    ),
    not_looked_at("SBS-FILE-001", "Public links to content expire", ""),
    not_looked_at("SBS-FILE-002", "Public links to sensitive content have a password", ""),
    not_looked_at("SBS-FILE-003", "Public links to content are reviewed", ""),
    not_looked_at(
        "SBS-INT-001",
        "Browser extensions that use Salesforce are managed",
        "Leastwise is such an extension. Put it on the list of what your company allows.",
    ),
    not_looked_at("SBS-INT-002", "Remote sites are inventoried with a reason", ""),
    not_looked_at("SBS-INT-003", "Named credentials are inventoried with a reason", ""),
    not_looked_at("SBS-INT-004", "API usage logs are kept for 30 days", ""),
    Control {
        id: "SBS-OAUTH-001",
        name: "Every app in use is installed in the org",
        by: By::Apps { rule: "orphan-token", are_installed: false },
        note: "Judged for the apps of the users that were looked at.",
    },
    Control {
        id: "SBS-OAUTH-002",
        name: "Who may use an app is set by profiles and permission sets",
        by: By::Apps { rule: "open-app", are_installed: true },
        note: "Judged for the apps of the users that were looked at.",
    },
    not_looked_at("SBS-OAUTH-003", "Each app has a recorded criticality", ""),
    not_looked_at("SBS-OAUTH-004", "Vendors of critical apps were looked at", ""),
    not_looked_at("SBS-SECCONF-001", "A Health Check baseline is defined", ""),
    not_looked_at("SBS-SECCONF-002", "Deviations from that baseline are reviewed", ""),
];
