//! Profiles as metadata: merged, save for the lists of login IP ranges and hours, which are replaced.
//!
//! It never changes a user permission of a standard profile.

use super::entries::{LISTS, entries, lists_of, merged};
use super::{Component, compact, decoded_name, refused, string};
use crate::platform::Refused;
use crate::store::{Actor, Org, Row, set, standard_profile, text};
use serde_json::{Map, Value, json};
use std::net::IpAddr;

const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

impl Org {
    /// A profile as its metadata: also what the Tooling API gives as `Metadata`.
    pub fn profile_value(&self, row: &Row) -> Value {
        let id = text(row, "Id");
        let license =
            self.row("UserLicense", text(row, "UserLicenseId")).map(|row| text(row, "Name").to_owned());
        let kept = self.profile_metadata.get(id);
        let mut pairs = vec![
            ("custom", json!(!self.is_standard_profile(id))),
            ("description", json!(text(row, "Description"))),
            ("userLicense", json!(license)),
            ("userPermissions", Self::permission_entries(row)),
        ];
        for key in ["loginHours", "loginIpRanges"] {
            pairs.push((key, kept.and_then(|kept| kept.get(key)).cloned().unwrap_or(Value::Null)));
        }
        if let Some(set) = self.profile_set(id) {
            pairs.extend(self.access_entries(text(set, "Id")));
        }
        let mut value = compact(pairs);
        if let (Value::Object(value), Some(kept)) = (&mut value, kept) {
            value.extend(lists_of(kept));
        }
        value
    }

    pub(super) fn write_profile(
        &mut self,
        actor: &Actor,
        found: Option<&Component>,
        value: &Value,
    ) -> Result<(), Refused> {
        self.check_entries(value)?;
        let ranges = ranges_of(value)?;
        let hours = hours_of(value)?;
        let said = self.said_permissions(value)?;
        let id = match found {
            Some(found) => {
                let mut fields = self.permission_changes(&found.row, &said, false)?;
                if let Some(description) = value.get("description") {
                    fields.insert("Description".into(), description.clone());
                }
                self.update(actor, "Profile", &found.id, fields)?;
                found.id.clone()
            }
            None => self.create_profile(actor, value, &said)?,
        };
        let set_id = self.profile_set(&id).map(|set| text(set, "Id").to_owned()).unwrap_or_default();
        self.write_access(actor, &set_id, value, false)?;
        let kept = self.profile_metadata.entry(id.clone()).or_insert_with(|| json!({}));
        for (list, keys, ..) in LISTS {
            let new = entries(value, list);
            if !new.is_empty() {
                let all = merged(entries(kept, list), new, keys);
                set(kept, list, json!(all));
            }
        }
        let name = self.row("Profile", &id).map(|row| text(row, "Name").to_owned()).unwrap_or_default();
        if let Some(ranges) = ranges {
            let old = self.profile_metadata.get(&id).and_then(|kept| kept.get("loginIpRanges")).cloned();
            self.audit_ranges(actor, &name, &entries_of(old), &ranges);
            set(self.profile_metadata.entry(id.clone()).or_default(), "loginIpRanges", json!(ranges));
        }
        if let Some(hours) = &hours {
            self.audit_hours(actor, &id, &name, hours);
        }
        if let Some(hours) = hours
            && let Some(Value::Object(kept)) = self.profile_metadata.get_mut(&id)
        {
            // An element without any time takes the hours away. Source: Metadata API guide, ProfileLoginHours.
            if hours.is_empty() {
                kept.remove("loginHours");
            } else {
                kept.insert("loginHours".into(), Value::Object(hours));
            }
        }
        Ok(())
    }

    fn create_profile(
        &mut self,
        actor: &Actor,
        value: &Value,
        said: &std::collections::BTreeMap<String, bool>,
    ) -> Result<String, Refused> {
        let name = decoded_name(string(value, "fullName"));
        if value.get("custom") == Some(&json!(false)) || standard_profile(&name).is_some() {
            return refused("INVALID_CROSS_REFERENCE_KEY", format!("no Profile named {name} found"));
        }
        let license =
            Some(string(value, "userLicense")).filter(|one| !one.is_empty()).unwrap_or("Salesforce");
        let license = match self.rows_by("UserLicense", "Name", license).first() {
            Some(row) => text(row, "Id").to_owned(),
            None => return super::not_referred("userLicense", "UserLicense", license),
        };
        let mut fields = self.permission_changes(&Row::new(), said, true)?;
        fields.insert("Name".into(), json!(name));
        fields.insert("UserLicenseId".into(), json!(license));
        if let Some(description) = value.get("description") {
            fields.insert("Description".into(), description.clone());
        }
        self.create(actor, "Profile", fields)
    }
}

impl Org {
    /// What the trail says of ranges that came and went. Source: published lists of its actions.
    fn audit_ranges(&mut self, actor: &Actor, name: &str, old: &[Value], new: &[Value]) {
        let ends = |range: &Value| {
            format!("from {} to {}", string(range, "startAddress"), string(range, "endAddress"))
        };
        let (before, after): (Vec<String>, Vec<String>) =
            (old.iter().map(ends).collect(), new.iter().map(ends).collect());
        for gone in before.iter().filter(|range| !after.contains(range)) {
            let display = format!("Deleted Login Ip Range to {name} {gone}");
            self.audit(&actor.user_id, "deletedLoginIpRange_withProfile", "Manage Users", &display);
        }
        for range in after.iter().filter(|range| !before.contains(range)) {
            let display = format!("Added Login Ip Range to {name} {range}");
            self.audit(&actor.user_id, "loginIpRange", "Manage Users", &display);
        }
    }
}

impl Org {
    /// What the trail says of hours that changed, day by day. Source: published lists of its actions.
    fn audit_hours(&mut self, actor: &Actor, id: &str, name: &str, new: &Map<String, Value>) {
        let empty = json!({});
        let kept = self.profile_metadata.get(id).and_then(|kept| kept.get("loginHours")).unwrap_or(&empty);
        let all = json!(new);
        let changes: Vec<(String, String)> = DAYS
            .iter()
            .map(|day| (of_day(kept, day), of_day(&all, day)))
            .filter(|(from, to)| from != to)
            .collect();
        let end = if self.is_standard_profile(id) { "Standard" } else { "Custom" };
        for (from, to) in changes {
            let display = format!("Changed profile {name}: login hours were changed from {from} to {to}");
            self.audit(&actor.user_id, &format!("profileLoginHoursChanged{end}"), "Manage Users", &display);
        }
    }
}

/// `Sunday All Day`, or `Sunday 12:00 AM - 1:00 AM`.
fn of_day(hours: &Value, day: &str) -> String {
    let clock = |end: &str| {
        let minutes: u32 = string(hours, &format!("{day}{end}")).parse().ok()?;
        let hour = minutes / 60 % 24;
        let half = if hour < 12 { "AM" } else { "PM" };
        Some(format!("{}:00 {half}", (hour + 11) % 12 + 1))
    };
    let name: String = day.chars().take(1).flat_map(char::to_uppercase).chain(day.chars().skip(1)).collect();
    match (clock("Start"), clock("End")) {
        (Some(start), Some(end)) => format!("{name} {start} - {end}"),
        _ => format!("{name} All Day"),
    }
}

fn entries_of(value: Option<Value>) -> Vec<Value> {
    value.and_then(|value| value.as_array().cloned()).unwrap_or_default()
}

/// The ranges that a value says, if it says any, each with its three fields; the words of a refusal are assumed.
fn ranges_of(value: &Value) -> Result<Option<Vec<Value>>, Refused> {
    let Some(said) = value.get("loginIpRanges").and_then(Value::as_array) else { return Ok(None) };
    let mut ranges = vec![];
    for range in said.iter().filter(|range| !range.is_null()) {
        let (start, end) = (string(range, "startAddress").trim(), string(range, "endAddress").trim());
        let parsed = |text: &str| {
            let wrong = || format!("Invalid IP address: {text}");
            text.parse::<IpAddr>().or_else(|_| refused("INVALID_IP_ADDRESS", wrong()))
        };
        let (first, last) = (parsed(start)?, parsed(end)?);
        if first.is_ipv4() != last.is_ipv4() || first > last {
            let message = format!(
                "The IP range {start} to {end} is invalid: the end address must not be lower than the start address"
            );
            return refused("FIELD_INTEGRITY_EXCEPTION", message);
        }
        let description = range.get("description").filter(|text| text.as_str() != Some("")).cloned();
        ranges.push(json!({ "description": description, "endAddress": end, "startAddress": start }));
    }
    Ok(Some(ranges))
}

/// The hours that a value says, if it says any: minutes since midnight, whole hours, a start with its end. Source:
/// Metadata API guide, ProfileLoginHours.
fn hours_of(value: &Value) -> Result<Option<Map<String, Value>>, Refused> {
    let Some(said) = value.get("loginHours") else { return Ok(None) };
    let mut hours = Map::new();
    for day in DAYS {
        let (start, end) = (format!("{day}Start"), format!("{day}End"));
        let minutes = |key: &str| match string(said, key).trim() {
            "" => Ok(None),
            text => match text.parse::<u32>() {
                Ok(minutes) if minutes <= 1_440 && minutes % 60 == 0 => Ok(Some(minutes)),
                _ => wrong(format!("{key} must be a multiple of 60 from 0 to 1440")),
            },
        };
        match (minutes(&start)?, minutes(&end)?) {
            (None, None) => {}
            (Some(from), Some(to)) if from < to => {
                hours.insert(start, json!(from.to_string()));
                hours.insert(end, json!(to.to_string()));
            }
            _ => return wrong(format!("{day} needs a start before its end")),
        }
    }
    Ok(Some(hours))
}

fn wrong<T>(why: String) -> Result<T, Refused> {
    refused("FIELD_INTEGRITY_EXCEPTION", format!("Invalid login hours: {why}"))
}
