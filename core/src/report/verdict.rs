//! The verdict: what is wrong with a user or profile, in one sentence put together from its worst areas.

use super::{Area, Report};
use crate::facts::subject::{RangeFault, Setting, SignInsBy, Subject};
use crate::rules::rule::{Finding, Severity};
use crate::text::{capitalized, counted, listed};

/// So many things are said at most.
const PARTS: usize = 3;

impl Report {
    /// What is wrong, in a sentence ("Has full admin rights, can log in from anywhere, and is shared by 3 apps."). None
    /// where nothing is, or nothing is known.
    pub fn verdict(&self) -> Option<String> {
        let mut parts: Vec<(Severity, String)> = Area::ALL
            .into_iter()
            .filter_map(|area| {
                let worst = self.failed(area).into_iter().map(|check| check.severity).min()?;
                Some((worst, self.worst_of(area)?))
            })
            .collect();
        parts.sort_by_key(|(severity, _)| *severity);
        let parts: Vec<String> = parts.into_iter().take(PARTS).map(|(_, words)| words).collect();
        (!parts.is_empty()).then(|| format!("{}.", capitalized(&listed(&parts))))
    }

    /// The worst of an area, as what follows "this user".
    fn worst_of(&self, area: Area) -> Option<String> {
        let findings = self.findings();
        let of = |id: &str| -> Vec<&Finding> {
            findings.iter().filter(|(rule, _)| rule.id == id).map(|(_, finding)| *finding).collect()
        };
        let any = |id: &str| !of(id).is_empty();
        let words = match area {
            Area::Access => {
                let powers: Vec<&str> =
                    findings.iter().filter_map(|(_, finding)| finding.permission()).collect();
                let has = |name: &str| powers.contains(&name);
                let critical = |(_, finding): &&(_, &Finding)| {
                    finding.severity == Some(Severity::Critical) && finding.permission().is_some()
                };
                let broad = of("broad-permission").len();
                if has("ModifyAllData") && has("ManageUsers") {
                    "has full admin rights".to_owned()
                } else if has("ModifyAllData") {
                    "can change and delete every record".to_owned()
                } else if has("ManageUsers") || any("manage-users-permission") {
                    "can create and edit users".to_owned()
                } else if findings.iter().filter(critical).count() > 0 {
                    let n = findings.iter().filter(critical).count();
                    format!("has {}", counted(n, "admin permission"))
                } else if has("ViewAllData") {
                    "can view every record".to_owned()
                } else if any("user-administration-permission") {
                    "can freeze users or reset their passwords".to_owned()
                } else if broad > 0 {
                    format!("has {}", counted(broad, "powerful permission"))
                } else if any("record-deletion") {
                    "can delete records".to_owned()
                } else if any("whole-object-access") {
                    "can view all records of some objects".to_owned()
                } else {
                    return None;
                }
            }
            Area::Login => {
                let faults: Vec<RangeFault> = of("unrestricted-login-ip")
                    .iter()
                    .filter_map(|finding| match finding.subject {
                        Subject::Setting(Setting::LoginIpRanges(fault)) => Some(fault),
                        _ => None,
                    })
                    .collect();
                let is_open =
                    faults.iter().any(|fault| matches!(fault, RangeFault::None | RangeFault::Meaningless));
                if is_open {
                    "can log in from anywhere"
                } else if any("stale-secret") {
                    "uses an old password"
                } else if any("browser-sign-in-allowed") {
                    "can log in to the UI"
                } else if !faults.is_empty() {
                    "has login IP ranges that don't restrict it enough"
                } else if any("unattributable-activity") {
                    "is also used by people"
                } else {
                    return None;
                }
                .to_owned()
            }
            Area::Apps => {
                // A line of evidence each: programs that give no name have no key.
                let shared = of("several-apps-on-one-user").first().map(|finding| finding.evidence.len());
                let open = of("open-app").len();
                match (shared, open) {
                    (Some(n), _) if n > 1 => format!("is shared by {n} apps"),
                    (Some(_), _) => "is shared by several apps".to_owned(),
                    (None, 0) if any("app-shared-by-integration-users") => {
                        "shares its app with other users".to_owned()
                    }
                    (None, 0) => return None,
                    (None, 1) => "uses an app that is open to all users".to_owned(),
                    (None, n) => format!("uses {n} apps that are open to all users"),
                }
            }
            Area::Identity => {
                let by_people = of("unattributable-activity")
                    .iter()
                    .any(|finding| finding.subject == Subject::SignIns(SignInsBy::Browser));
                if any("personal-identity") {
                    "looks like one person's user"
                } else if any("shared-profile") {
                    "shares its profile with other users"
                } else if by_people {
                    "is also used by people"
                } else if any("non-integration-license") {
                    "isn't on the Salesforce Integration license"
                } else {
                    return None;
                }
                .to_owned()
            }
        };
        Some(words)
    }
}
