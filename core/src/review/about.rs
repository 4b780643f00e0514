//! What a finding is about, in a word that is the same in every review.

use crate::facts::subject::{Setting, SignInsBy, Subject};
use crate::salesforce::id::Id;

/// What a finding is about: a permission or an object by API name, an app by id or name, or a setting.
pub(super) fn about(subject: &Subject) -> String {
    match subject {
        Subject::Permission { name, .. } => name.clone(),
        Subject::Objects { granted_by, .. } => granted_by.to_string(),
        Subject::App(app) => app.id().to_owned(),
        Subject::Apps(_) => "apps".into(),
        Subject::SignIns(by) => match by {
            SignInsBy::Browser => "logins-by-browser",
            SignInsBy::Tools => "logins-by-tools",
            SignInsBy::Programs => "logins-by-programs",
        }
        .into(),
        Subject::Setting(setting) => match setting {
            Setting::Identity => "identity",
            Setting::License => "license",
            Setting::Profile => "profile",
            Setting::ApiOnly => "api-only",
            Setting::LoginIpRanges(_) => "login-ip-ranges",
            Setting::Password => "password",
        }
        .into(),
        Subject::UnknownPermissions => "unknown-permissions".into(),
    }
}

/// What tells a finding from others, whenever it is found: rule, user and what it is about; not what shows it.
pub(super) fn fingerprint(rule: &str, user: &Id, about: &str) -> String {
    format!("{rule}:{user}:{about}")
}
