//! Whose a finding is, and what it is about, as words that outlive a sandbox's refresh.

use crate::collect::Collector;
use crate::facts::Source;
use crate::facts::subject::{AppKey, RangeFault, Setting, SignInsBy, Subject};
use crate::salesforce::id::Id;
use crate::salesforce::setup_url::PageKind;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What kind of thing something is accepted of, or noted about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubjectKind {
    /// A user.
    User,
    /// A profile.
    Profile,
    /// A permission set.
    PermissionSet,
    /// A permission set group.
    PermissionSetGroup,
    /// A connected or external client app.
    App,
    /// The org's own settings.
    Org,
}

impl SubjectKind {
    /// What people call it.
    pub const fn name(self) -> &'static str {
        match self {
            SubjectKind::User => "User",
            SubjectKind::Profile => "Profile",
            SubjectKind::PermissionSet => "Permission set",
            SubjectKind::PermissionSetGroup => "Permission set group",
            SubjectKind::App => "App",
            SubjectKind::Org => "Org",
        }
    }
}

/// Whose a finding is: by id within an org, and by a name that is the same in its sandboxes and in metadata.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectId {
    /// What it is.
    pub kind: SubjectKind,
    /// A user's username without what a sandbox appends, an app's developer name, a profile's or set's API name.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub key: String,
    /// Its id; none in metadata.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<Id>,
    /// The org; none in metadata.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub org: Option<Id>,
    /// What another version wrote, or somebody by hand.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// How one [`SubjectId`] was found to be another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Matched {
    /// By id, in the same org.
    ById,
    /// By name: the org is another one, or an id is not known.
    ByName,
}

impl SubjectId {
    /// By what it has.
    pub fn new(kind: SubjectKind, key: impl Into<String>, id: Option<Id>, org: Option<Id>) -> SubjectId {
        SubjectId { kind, key: key.into(), id, org, more: Map::new() }
    }

    /// A user of an org that is answered by `host`.
    pub fn user(username: &str, id: Id, org: Id, host: &str) -> SubjectId {
        SubjectId::new(SubjectKind::User, without_sandbox(username, host), Some(id), Some(org))
    }

    /// Whose page was read. `org` and `host` are those of the session.
    pub fn of_page(gather: &Collector, org: &Id) -> SubjectId {
        let (page, facts) = (gather.page(), gather.facts());
        let set = || facts.grants.known().and_then(|grants| grants.sets.first());
        let (kind, key) = match page.kind {
            PageKind::User => {
                let username = facts.user.known().map_or("", |user| &user.username);
                (SubjectKind::User, without_sandbox(username, &page.api_host))
            }
            PageKind::Profile => {
                (SubjectKind::Profile, facts.profile.known().map_or("", |profile| &profile.name).to_owned())
            }
            PageKind::PermissionSet if page.id.prefix() == "0PG" => {
                // Of a group the aggregate's own name says nothing; its label is what there is.
                let label = set().and_then(|set| match &set.source {
                    Source::Group { name, .. } => Some(name.clone()),
                    _ => None,
                });
                (SubjectKind::PermissionSetGroup, label.unwrap_or_default())
            }
            PageKind::PermissionSet => {
                (SubjectKind::PermissionSet, set().map_or_else(String::new, |set| set.api_name.clone()))
            }
        };
        SubjectId::new(kind, key, Some(page.id.clone()), Some(org.clone()))
    }

    /// Whether another one is the same, and how that is known. Within an org the id decides alone: a username that was
    /// given to another user is not the user it was.
    pub fn matches(&self, other: &SubjectId) -> Option<Matched> {
        if self.kind != other.kind {
            return None;
        }
        let is_same_org = match (&self.org, &other.org) {
            (Some(own), Some(other)) => own == other,
            _ => true,
        };
        match (&self.id, &other.id) {
            (Some(own), Some(other)) if is_same_org => (own == other).then_some(Matched::ById),
            _ => (!self.key.is_empty() && is_same_name(&self.key, &other.key)).then_some(Matched::ByName),
        }
    }

    /// What tells it from others: its id, or its name where there is none.
    pub(super) fn identity(&self) -> String {
        self.id.as_ref().map_or_else(|| self.key.trim().to_lowercase(), ToString::to_string)
    }

    /// What people call it.
    pub fn label(&self) -> &str {
        match &self.id {
            Some(id) if self.key.is_empty() => id.as_str(),
            _ => &self.key,
        }
    }
}

/// Names are the same in capitals and in small letters, as the platform compares them.
fn is_same_name(a: &str, b: &str) -> bool {
    let (a, b) = (a.trim(), b.trim());
    a.eq_ignore_ascii_case(b) || !a.is_ascii() && a.to_lowercase() == b.to_lowercase()
}

/// A username less what a sandbox appends: the sandbox's name with a dot before it, which the org's host names too
/// (`acme--uat.sandbox.my.salesforce.com`).
///
/// Source: Salesforce Help, "Users and Contacts" (platform.data_sandbox_users_and_contacts): `user@acme.com` becomes
/// `user@acme.com.test` in a sandbox named test. One that was taken already gets characters before it too: that one is
/// another name here, and fits nothing.
fn without_sandbox(username: &str, host: &str) -> String {
    let sandbox = host.split('.').next().and_then(|label| label.split_once("--")).map(|(_, name)| name);
    let stripped = sandbox.filter(|name| !name.is_empty()).and_then(|name| {
        let at = username.len().checked_sub(name.len() + 1)?;
        let (rest, end) = username.split_at_checked(at)?;
        let is_its = end.strip_prefix('.').is_some_and(|end| end.eq_ignore_ascii_case(name));
        (is_its && rest.contains('@')).then_some(rest)
    });
    stripped.unwrap_or(username).to_owned()
}

/// What a finding is about, in one word: a permission, objects, apps or a setting. What merely shows it, or counts it, is
/// not in it, nor which permission set grants it.
pub fn about(subject: &Subject) -> String {
    match subject {
        Subject::Setting(setting) => match setting {
            Setting::Identity => "Identity".to_owned(),
            Setting::License => "License".to_owned(),
            Setting::Profile => "Profile".to_owned(),
            Setting::ApiOnly => "ApiOnly".to_owned(),
            Setting::Password => "Password".to_owned(),
            Setting::Active => "Active".to_owned(),
            Setting::Record => "Record".to_owned(),
            Setting::LoginIpRanges(fault) => format!(
                "LoginIpRanges.{}",
                match fault {
                    RangeFault::None => "None",
                    RangeFault::Meaningless => "Meaningless",
                    RangeFault::Wide => "Wide",
                    RangeFault::SignInsOutside => "LoginsOutside",
                }
            ),
        },
        Subject::Permission { name, .. } => name.clone(),
        Subject::Permissions(names) => list(names.iter().cloned()),
        Subject::Set { name, .. } => format!("set:{name}"),
        Subject::Objects { objects, .. } => list(objects.iter().map(|grant| grant.object.clone())),
        Subject::App(app) => self::app(app),
        Subject::Apps(apps) => list(apps.iter().map(app)),
        Subject::SignIns(by) => format!(
            "Logins.{}",
            match by {
                SignInsBy::Browser => "Browser",
                SignInsBy::Tools => "Tools",
                SignInsBy::Programs => "Programs",
                SignInsBy::Password => "Password",
                SignInsBy::Soap => "Soap",
                SignInsBy::Addresses => "Addresses",
                SignInsBy::Countries => "Countries",
            }
        ),
        Subject::UnknownPermissions => "UnknownPermissions".to_owned(),
        Subject::Metadata(name) => name.clone(),
    }
}

fn app(key: &AppKey) -> String {
    match key {
        AppKey::MenuItem(id) => format!("app:{id}"),
        // A comma parts the names of a list.
        AppKey::Name(name) => format!("app:{}", name.trim().to_lowercase().replace(',', " ")),
        AppKey::Deleted => "app:(deleted)".to_owned(),
    }
}

fn list(names: impl Iterator<Item = String>) -> String {
    let mut names: Vec<String> = names.collect();
    names.sort();
    names.dedup();
    names.join(",")
}

/// Everything of the subject that a rule finds.
pub const ANYTHING: &str = "*";

/// Whether what was accepted has what is found: the same, or all of it in a list that was longer. One more object, or one
/// more app, was never accepted.
pub(super) fn covers(accepted: &str, found: &str) -> bool {
    let parts = || accepted.split(',');
    accepted == ANYTHING
        || accepted == found
        || accepted.contains(',') && found.split(',').all(|one| parts().any(|own| own == one))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ORG: &str = "00D5g000000AAAA";
    const SANDBOX: &str = "00D5g000000BBBB";

    fn id(text: &str) -> Option<Id> {
        Some(Id::parse(text).unwrap())
    }

    fn user(key: &str, own: Option<Id>, org: &str) -> SubjectId {
        SubjectId::new(SubjectKind::User, key, own, id(org))
    }

    #[test]
    fn within_an_org_the_id_decides_alone() {
        let own = user("erp@acme.example", id("0055g000001Abcd"), ORG);
        let renamed = user("erp.old@acme.example", id("0055g000001Abcd"), ORG);
        let another = user("erp@acme.example", id("0055g000001Bbcd"), ORG);
        assert_eq!(own.matches(&renamed), Some(Matched::ById));
        assert_eq!(own.matches(&another), None, "another user has the username now");
        let profile = SubjectId { kind: SubjectKind::Profile, ..own.clone() };
        assert_eq!(own.matches(&profile), None);
    }

    #[test]
    fn across_orgs_the_name_decides_and_says_so() {
        let own = user("ERP@acme.example", id("0055g000001Abcd"), ORG);
        let refreshed = user("erp@acme.example", id("0055g000001Bbcd"), SANDBOX);
        assert_eq!(own.matches(&refreshed), Some(Matched::ByName));
        // A sandbox may be a copy with the same ids: it is another org all the same.
        let copied = user("erp@acme.example", id("0055g000001Abcd"), SANDBOX);
        assert_eq!(own.matches(&copied), Some(Matched::ByName));
        let in_metadata = SubjectId::new(SubjectKind::User, "erp@acme.example", None, None);
        assert_eq!(own.matches(&in_metadata), Some(Matched::ByName));
        let nameless = user("", None, SANDBOX);
        assert_eq!(nameless.matches(&user("", None, ORG)), None, "two without a name are not the same");
    }

    #[test]
    fn a_username_is_that_of_production() {
        let sandbox = "acme--uat.sandbox.my.salesforce.com";
        for (username, host, is) in [
            ("erp@acme.example.uat", sandbox, "erp@acme.example"),
            ("erp@acme.example.UAT", sandbox, "erp@acme.example"),
            ("erp@acme.example.qa", sandbox, "erp@acme.example.qa"),
            ("erp@acme.example.uat", "acme.my.salesforce.com", "erp@acme.example.uat"),
            ("erp@uat", sandbox, "erp@uat"),
            ("uat", sandbox, "uat"),
            ("é.uat", sandbox, "é.uat"),
        ] {
            assert_eq!(without_sandbox(username, host), is, "{username} {host}");
        }
    }

    #[test]
    fn one_more_was_never_accepted() {
        for (accepted, found, is) in [
            ("Account,Invoice__c", "Invoice__c", true),
            ("Account,Invoice__c", "Account,Invoice__c", true),
            ("Account,Invoice__c", "Account,Contact,Invoice__c", false),
            ("Invoice__c", "Account", false),
            ("*", "Account,Contact", true),
            ("ViewAllData", "ViewAllData", true),
            ("ViewAllData", "ModifyAllData", false),
        ] {
            assert_eq!(covers(accepted, found), is, "{accepted} {found}");
        }
    }
}
