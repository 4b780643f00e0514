//! Where from and when a profile lets its users in, and how many wrong passwords lock them.
//!
//! It never asks who the client says it is: addresses come from the connection, or from a control header.

use crate::metadata::profile_full_name;
use crate::store::{Org, text};
use serde_json::Value;
use std::net::IpAddr;
use time::OffsetDateTime;

/// Minutes and numbers that the metadata writes as words.
const WORDS: &[(&str, i64)] = &[
    ("Never", 0),
    ("NoLimit", 0),
    ("Forever", 0),
    ("ThreeAttempts", 3),
    ("FiveAttempts", 5),
    ("TenAttempts", 10),
    ("FifteenMinutes", 15),
    ("ThirtyMinutes", 30),
    ("SixtyMinutes", 60),
    ("NinetyMinutes", 90),
    ("TwoHours", 120),
    ("FourHours", 240),
    ("EightHours", 480),
    ("TwelveHours", 720),
    ("TwentyFourHours", 1_440),
    ("ThirtyDays", 30),
    ("SixtyDays", 60),
    ("NinetyDays", 90),
    ("SixMonths", 180),
    ("OneYear", 365),
];

/// Ten wrong passwords lock for fifteen minutes. Source: Salesforce Help, "Set Password Policies".
const ATTEMPTS: i64 = 10;
const LOCKOUT: i64 = 15;
/// Two hours. Source: Salesforce Help, "Modify Session Security Settings".
const TIMEOUT: i64 = 120;

const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

impl Org {
    /// A number of the user's profile's own policy, or of the org's security settings.
    fn policy_of(&self, user: &str, own: (&str, &str), org: (&str, &str)) -> Option<i64> {
        let number = |value: &Value| {
            value.as_i64().or_else(|| {
                let word = value.as_str()?;
                let known = WORDS.iter().find(|(name, _)| *name == word);
                known.map(|(_, number)| *number).or_else(|| word.parse().ok())
            })
        };
        let name = self.profile_of(user).map(|(_, name)| profile_full_name(&name)).unwrap_or_default();
        let (kind, field) = own;
        let documents = self.documents.iter().filter(|((other, _), _)| other == kind);
        let own = documents.map(|(_, document)| document).find(|document| {
            let profile = document.get("profile").and_then(Value::as_str).unwrap_or_default();
            !name.is_empty() && profile.to_lowercase() == name.to_lowercase()
        });
        own.and_then(|document| number(document.get(field)?))
            .or_else(|| number(self.security_setting(org.0)?.get(org.1)?))
    }

    /// A part of the org's security settings.
    pub(crate) fn security_setting(&self, part: &str) -> Option<&Value> {
        self.documents.get(&("Settings".to_owned(), "Security".to_owned()))?.get(part)
    }

    /// A switch of the session settings.
    pub(crate) fn session_setting(&self, name: &str) -> bool {
        self.security_setting("sessionSettings").and_then(|settings| settings.get(name))
            == Some(&Value::Bool(true))
    }

    /// API Access Control: only installed apps, and those that may use any client.
    pub fn is_api_access_controlled(&self) -> bool {
        let settings = self.documents.get(&("Settings".to_owned(), "ConnectedApp".to_owned()));
        settings.and_then(|settings| settings.get("enableAdminApprovedAppsOnly")) == Some(&Value::Bool(true))
    }

    /// Wrong passwords that lock a user (0 for no limit), and the minutes that the lock lasts (0 for ever).
    pub fn lockout_of(&self, user: &str) -> (u32, i64) {
        let of = |own, org, otherwise| {
            self.policy_of(user, ("ProfilePasswordPolicy", own), ("passwordPolicies", org))
                .unwrap_or(otherwise)
        };
        let attempts = of("maxLoginAttempts", "maxLoginAttempts", ATTEMPTS);
        (u32::try_from(attempts).unwrap_or(0), of("lockoutInterval", "lockoutInterval", LOCKOUT))
    }

    /// Seconds that a session of a user lasts without use.
    pub fn seconds_valid(&self, user: &str) -> i64 {
        self.identity.timeout.unwrap_or_else(|| {
            let own = ("ProfileSessionSetting", "sessionTimeout");
            self.policy_of(user, own, ("sessionSettings", "sessionTimeout")).unwrap_or(TIMEOUT) * 60
        })
    }

    /// The org's trusted addresses: no security token is asked for there.
    pub(crate) fn is_trusted(&self, address: &str) -> bool {
        let word =
            |range: &Value, key: &str| range.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let ranges: Vec<(String, String)> = self
            .security_setting("networkAccess")
            .and_then(|network| network.get("ipRanges")?.as_array())
            .into_iter()
            .flatten()
            .map(|range| (word(range, "start"), word(range, "end")))
            .collect();
        is_in(&ranges, address)
    }

    /// Whether a user's password is too old.
    pub fn password_expired(&self, user: &str) -> bool {
        let own = ("ProfilePasswordPolicy", "passwordExpiration");
        let days = self.policy_of(user, own, ("passwordPolicies", "expiration")).unwrap_or(0);
        let changed = self.row("User", user).and_then(|row| moment(text(row, "LastPasswordChangeDate")));
        days > 0
            && changed.is_some_and(|changed| changed + time::Duration::days(days) < self.now())
            && !self.has_permission(user, "PasswordNeverExpires")
    }

    /// The id and the name of a user's profile.
    pub(crate) fn profile_of(&self, user: &str) -> Option<(String, String)> {
        let profile = self.row("Profile", text(self.row("User", user)?, "ProfileId"))?;
        Some((text(profile, "Id").to_owned(), text(profile, "Name").to_owned()))
    }

    /// Whether the profile's login IP ranges have an address; without ranges they have every one.
    pub fn is_in_ranges(&self, user: &str, address: &str) -> bool {
        let ranges = self.ranges_of(user);
        ranges.is_empty() || is_in(&ranges, address)
    }

    /// The login IP ranges of a user's profile, first and last address.
    pub(crate) fn ranges_of(&self, user: &str) -> Vec<(String, String)> {
        let word =
            |range: &Value, key: &str| range.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        self.profile_of(user)
            .and_then(|(id, _)| self.profile_metadata.get(&id)?.get("loginIpRanges")?.as_array())
            .into_iter()
            .flatten()
            .map(|range| (word(range, "startAddress"), word(range, "endAddress")))
            .collect()
    }

    /// Whether the profile's login hours let a user in now. Hours are the org's local time (Salesforce Help, "Login
    /// Hours"), which is UTC here unless the Organization row names a zone that has no summer time.
    pub fn is_in_hours(&self, user: &str) -> bool {
        let Some((id, _)) = self.profile_of(user) else { return true };
        let Some(hours) = self.profile_metadata.get(&id).and_then(|metadata| metadata.get("loginHours"))
        else {
            return true;
        };
        let now = self.now();
        let day = DAYS.get(usize::from(now.weekday().number_days_from_monday())).copied().unwrap_or_default();
        let minute = i64::from(now.hour()) * 60 + i64::from(now.minute());
        let at = |end: &str| {
            let value = hours.get(format!("{day}{end}"))?;
            value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
        };
        match (at("Start"), at("End")) {
            (Some(start), Some(end)) => (start..end).contains(&minute),
            // A day without hours is one without limits.
            _ => true,
        }
    }
}

/// Whether any of the ranges has an address.
pub(crate) fn is_in(ranges: &[(String, String)], address: &str) -> bool {
    let Ok(address) = address.parse::<IpAddr>() else { return false };
    ranges.iter().any(|(start, end)| match (start.trim().parse(), end.trim().parse()) {
        (Ok(start), Ok(end)) => plain(start) <= plain(address) && plain(address) <= plain(end),
        _ => false,
    })
}

/// IPv4 in IPv6 as IPv4.
fn plain(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

/// A moment as the API writes it, read.
pub(crate) fn moment(text: &str) -> Option<OffsetDateTime> {
    let format = time::macros::format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]");
    let plain = text.get(..19)?;
    time::PrimitiveDateTime::parse(plain, format).ok().map(time::PrimitiveDateTime::assume_utc)
}
