//! What a sign-in leaves behind: its row of LoginHistory, the user's sign-in row, the time of the last one.
//!
//! It never writes for a user name that nobody has.

use super::Source;
use super::login::Way;
use crate::store::{Org, object, set, text};
use serde_json::{Value, json};

impl Org {
    /// Writes a sign-in of a user, done or refused; the history row's id.
    pub(crate) fn remember(&mut self, user: &str, way: &Way, source: &Source, status: &str) -> String {
        self.sign_in_row(user);
        let now = self.stamp();
        let known = |text: &str| if text.is_empty() { "N/A".to_owned() } else { text.to_owned() };
        let (browser, platform) = agent(&source.agent);
        let mut row = json!({ "UserId": user, "LoginTime": now, "LoginType": way.kind, "Status": status,
            "SourceIp": source.address, "LoginUrl": source.host, "Application": known(&way.application),
            "ClientVersion": known(&way.client), "ApiType": known(&way.api), "ApiVersion": known(&way.version),
            "Browser": browser, "Platform": platform, "TlsProtocol": "TLS 1.3", "CipherSuite": "TLS_AES_256_GCM_SHA384",
            "OptionsIsGet": source.get, "OptionsIsPost": !source.get });
        if !way.sub.is_empty() {
            set(&mut row, "LoginSubType", json!(way.sub));
        }
        let id = self.put("LoginHistory", object(row));
        if status == "Success"
            && let Some(mut row) = self.row("User", user).cloned()
        {
            row.insert("LastLoginDate".into(), json!(now));
            self.put("User", row);
        }
        id
    }

    /// The user's sign-in row, made by the first attempt.
    pub(crate) fn sign_in_row(&mut self, user: &str) -> String {
        if let Some(row) = self.rows_by("UserLogin", "UserId", user).first() {
            return text(row, "Id").to_owned();
        }
        let row = json!({ "UserId": user, "IsFrozen": false, "IsPasswordLocked": false, "LastModifiedDate": self.stamp(),
            "LastModifiedById": user });
        self.put("UserLogin", object(row))
    }

    /// A field of the user's sign-in row that is true.
    pub(crate) fn sign_in_flag(&self, user: &str, field: &str) -> bool {
        self.rows_by("UserLogin", "UserId", user).iter().any(|row| row.get(field) == Some(&json!(true)))
    }

    /// Sets a field of the user's sign-in row.
    pub(crate) fn set_sign_in_flag(&mut self, user: &str, field: &str, value: Value) {
        let id = self.sign_in_row(user);
        if let Some(mut row) = self.row("UserLogin", &id).cloned() {
            row.insert(field.into(), value);
            row.insert("LastModifiedDate".into(), json!(self.stamp()));
            self.put("UserLogin", row);
        }
    }
}

/// Browser and platform of a `User-Agent`, as the history names them: "Chrome 141", "Windows 10".
fn agent(agent: &str) -> (String, String) {
    let version = |name: &str| {
        let rest = agent.split_once(name)?.1;
        let number: String = rest.chars().take_while(char::is_ascii_digit).collect();
        (!number.is_empty()).then_some(number)
    };
    // Each names the ones after it as well.
    let browsers = [
        ("Edg/", "Edge"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Version/", "Safari"),
        ("Java/", "Java"),
    ];
    let browser = browsers.iter().find_map(|(mark, name)| Some(format!("{name} {}", version(mark)?)));
    let platforms = [
        ("Windows NT 10", "Windows 10"),
        ("iPhone", "iPhone"),
        ("Android", "Android"),
        ("Mac OS X", "Mac OSX"),
        ("Linux", "Linux"),
    ];
    let platform = platforms.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name);
    (browser.unwrap_or_else(|| "Unknown".into()), platform.unwrap_or("Unknown").to_owned())
}

#[cfg(test)]
mod tests {
    use super::agent;

    #[test]
    fn browsers_are_known_by_their_own_mark() {
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0";
        assert_eq!(agent(edge), ("Edge 141".into(), "Windows 10".into()));
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0";
        assert_eq!(agent(firefox), ("Firefox 144".into(), "Linux".into()));
        assert_eq!(agent("python-requests/2.32"), ("Unknown".into(), "Unknown".into()));
    }
}
