//! What the viewer may see, and what cannot be told without it.
//!
//! Source: Object Reference, the special access rules of LoginHistory, OauthToken, UserLogin, PermissionSetAssignment and
//! EventLogFile; Metadata API Developer Guide, "retrieve()" (Modify Metadata Through Metadata API Functions, or Modify All
//! Data). `UserPermissionAccess` has one row, of the user who asks (Object Reference; API 41.0 and later).

use super::reader::Reader;
use super::table::Table;
use crate::salesforce::error::OrgError;
use serde::{Deserialize, Serialize};

/// Something that the viewer cannot see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Missing {
    /// What cannot be told, as a sentence begins ("Logins").
    pub what: String,
    /// Why, in a sentence.
    pub why: String,
    /// What to do about it, in a sentence.
    pub grant: String,
}

/// A part of a review, and the permissions of which one shows it.
struct Need {
    what: &'static str,
    /// API names without `Permissions`.
    any: &'static [&'static str],
    why: &'static str,
    grant: &'static str,
}

const NEEDS: &[Need] = &[
    Need {
        what: "Profiles, permission sets and who has them",
        any: &["ViewSetup", "AssignPermissionSets", "ManageUsers"],
        why: "You lack View Setup and Configuration.",
        grant: "Ask for View Setup and Configuration.",
    },
    Need {
        what: "Logins",
        any: &["ManageUsers", "MonitorLoginHistory"],
        why: "You lack Monitor Login History, so Salesforce shows you only your own logins.",
        grant: "Ask for Monitor Login History.",
    },
    Need {
        what: "OAuth tokens",
        any: &["CustomizeApplication"],
        why: "You lack Customize Application, so Salesforce shows you only your own tokens.",
        grant: "Ask someone with Customize Application to run this review.",
    },
    Need {
        what: "Who is frozen",
        any: &["ManageUsers", "FreezeUsers"],
        why: "You lack Freeze Users.",
        grant: "Ask for Freeze Users.",
    },
    Need {
        what: "Login IP ranges, app settings and org settings",
        any: &["ModifyAllData", "ModifyMetadata"],
        why: "You lack Modify Metadata Through Metadata API Functions.",
        grant: "Ask someone with Modify Metadata Through Metadata API Functions to run this review.",
    },
    Need {
        what: "Event log files",
        any: &["ViewEventLogFiles"],
        why: "You lack View Event Log Files.",
        grant: "Ask for View Event Log Files.",
    },
];

/// What the viewer sees of what would else be answered with their own rows alone, and no error.
pub(super) struct Sees {
    pub(super) assignments: Result<(), OrgError>,
    pub(super) logins: Result<(), OrgError>,
    pub(super) tokens: Result<(), OrgError>,
}

impl Reader {
    /// Whether the viewer has one of these permissions; none where that is not known.
    fn viewer_has(&self, any: &[&str]) -> Option<bool> {
        let row = self.rows.of(Table::Viewer).first()?;
        let fields: Vec<bool> =
            any.iter().filter_map(|name| row.get(format!("Permissions{name}"))?.as_bool()).collect();
        (!fields.is_empty()).then(|| fields.into_iter().any(|has| has))
    }

    /// What the viewer cannot see, told before the review starts.
    pub fn cannot_see(&self) -> Vec<Missing> {
        NEEDS
            .iter()
            .filter(|need| self.viewer_has(need.any) == Some(false))
            .map(|need| Missing {
                what: need.what.to_owned(),
                why: need.why.to_owned(),
                grant: need.grant.to_owned(),
            })
            .collect()
    }

    pub(super) fn sees(&self) -> Sees {
        let see = |what: &str, object: &str| {
            let need = NEEDS.iter().find(|need| need.what == what);
            match need.and_then(|need| self.viewer_has(need.any)) {
                Some(false) => Err(OrgError::NoPermission { what: object.into() }),
                _ => Ok(()),
            }
        };
        Sees {
            assignments: see("Profiles, permission sets and who has them", "PermissionSetAssignment"),
            logins: see("Logins", "LoginHistory"),
            tokens: see("OAuth tokens", "OauthToken"),
        }
    }

    /// Everything that cannot be told, and what to do about it: what the viewer may not see, and what could not be read.
    pub(super) fn missing(&self) -> Vec<Missing> {
        let mut all = self.cannot_see();
        for (table, count, why) in self.rows.losses() {
            let absent = matches!(why, OrgError::NotInThisOrg { .. });
            if absent && table.is_optional() {
                continue;
            }
            let name = crate::text::capitalized(table.name());
            let what = match count {
                0 => name,
                1 => format!("{name} (of one)"),
                n => format!("{name} (of {n})"),
            };
            let one = Missing { what, why: why.sentence(), grant: why.advice().to_owned() };
            if !all.contains(&one) {
                all.push(one);
            }
        }
        if let Some(why) = &self.metadata.why {
            all.push(Missing {
                what: "Login IP ranges, app settings and org settings".into(),
                why: why.sentence(),
                grant: why.advice().to_owned(),
            });
        }
        if !self.metadata.problems.is_empty() {
            all.push(Missing {
                what: "Some metadata".into(),
                why: self.metadata.problems.join("; "),
                grant: "Look at it in Setup.".into(),
            });
        }
        if let Some(days) = self.rows.fewest_days {
            all.push(Missing {
                what: "Some logins".into(),
                why: format!(
                    "Salesforce took too long, so of some users only the last {days} days were read."
                ),
                grant: "Review again at a quieter time.".into(),
            });
        }
        for table in [
            Table::TokenApps,
            Table::SoapLogins,
            Table::SecretLogins,
            Table::JwtLogins,
            Table::AuditTrail,
            Table::ActiveByProfile,
        ] {
            if self.rows.is_cut(table) {
                all.push(Missing {
                    what: crate::text::capitalized(table.name()),
                    why: "Salesforce gives 2,000 at a time, and this org has more.".into(),
                    grant: "Look at the complete list in Setup.".into(),
                });
            }
        }
        if self.rows.people_left_out > 0 {
            all.push(Missing {
                what: format!("{} privileged people", self.rows.people_left_out),
                why: format!("Only {} people are looked at one by one.", super::PEOPLE),
                grant: "See the list of privileged people, grouped by what makes them so.".into(),
            });
        }
        all
    }
}
