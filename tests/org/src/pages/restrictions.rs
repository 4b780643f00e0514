//! What restricts a profile's sign-ins: login IP ranges, login hours, session settings and password policies.
//!
//! It never writes a profile's permissions, and never writes for somebody who may not manage profiles.

use super::View;
use super::classic::{address, short};
use super::console::{posted, string};
use crate::error::ApiError;
use crate::store::{Org, object};
use maud::{Markup, html};
use serde_json::{Map, Value, json};
use std::net::IpAddr;

/// A setting: its name in metadata, its label, its values with their labels. No values: a box.
type Setting = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

/// Session settings of a profile. Names: metadata type `ProfileSessionSetting`.
pub(super) const SESSION: &[Setting] = &[
    (
        "sessionTimeout",
        "Session Times Out After",
        &[
            ("120", "2 hours of inactivity"),
            ("15", "15 minutes of inactivity"),
            ("30", "30 minutes of inactivity"),
            ("60", "1 hour of inactivity"),
            ("240", "4 hours of inactivity"),
            ("480", "8 hours of inactivity"),
            ("720", "12 hours of inactivity"),
            ("1440", "24 hours of inactivity"),
        ],
    ),
    (
        "requiredSessionLevel",
        "Session Security Level Required at Login",
        &[("", "--None--"), ("STANDARD", "Standard"), ("HIGH_ASSURANCE", "High Assurance")],
    ),
];

/// Password policies of a profile. Names: metadata type `ProfilePasswordPolicy`.
pub(super) const PASSWORD: &[Setting] = &[
    (
        "passwordExpiration",
        "User passwords expire in",
        &[
            ("90", "90 days"),
            ("30", "30 days"),
            ("60", "60 days"),
            ("180", "180 days"),
            ("365", "One year"),
            ("0", "Never expires"),
        ],
    ),
    (
        "passwordHistory",
        "Enforce password history",
        &[
            ("3", "3 passwords remembered"),
            ("0", "No passwords remembered"),
            ("12", "12 passwords remembered"),
        ],
    ),
    (
        "minimumPasswordLength",
        "Minimum password length",
        &[("8", "8"), ("5", "5"), ("10", "10"), ("12", "12"), ("15", "15")],
    ),
    (
        "passwordComplexity",
        "Password complexity requirement",
        &[
            ("1", "Must include alpha and numeric characters"),
            ("0", "No restriction"),
            ("2", "Must include alpha, numeric, and special characters"),
            ("3", "Must include numbers and uppercase and lowercase letters"),
            ("4", "Must include numbers, uppercase and lowercase letters, and special characters"),
        ],
    ),
    ("passwordQuestion", "Password question requirement", &[("1", "Cannot contain password"), ("0", "None")]),
    (
        "maxLoginAttempts",
        "Maximum invalid login attempts",
        &[("10", "10"), ("3", "3"), ("5", "5"), ("0", "No Limit")],
    ),
    (
        "lockoutInterval",
        "Lockout effective period",
        &[
            ("15", "15 minutes"),
            ("30", "30 minutes"),
            ("60", "60 minutes"),
            ("0", "Forever (must be reset by admin)"),
        ],
    ),
    ("obscure", "Obscure secret answer for password resets", &[]),
    ("minimumPasswordLifetime", "Require a minimum 1 day password lifetime", &[]),
];

const DAYS: [&str; 7] = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

fn refused(message: &str) -> Result<(), Vec<ApiError>> {
    Err(vec![ApiError::new(400, "FIELD_INTEGRITY_EXCEPTION", message)])
}

/// Ranges and hours are no rows, so the store's own rules do not stand before them: these do.
fn allowed(org: &Org, view: &View<'_>) -> Result<(), Vec<ApiError>> {
    if org.has_permission(&view.actor.user_id, "ManageProfilesPermissionsets") {
        return Ok(());
    }
    let message = "insufficient access rights on object id";
    Err(vec![ApiError::new(403, "INSUFFICIENT_ACCESS_OR_READONLY", message)])
}

fn audit(org: &mut Org, view: &View<'_>, what: &str, id: &str) {
    let row = json!({ "Action": "changedProfile", "Section": "Manage Users", "CreatedDate": org.stamp(),
        "CreatedById": view.actor.user_id, "Display": format!("Changed {what} of profile {id}") });
    org.put("SetupAuditTrail", object(row));
}

/// The login IP ranges of a profile.
pub(super) fn ranges_of(org: &Org, id: &str) -> Vec<Value> {
    let metadata = org.profile_metadata.get(id);
    metadata.and_then(|m| m.get("loginIpRanges")?.as_array().cloned()).unwrap_or_default()
}

/// Which range is edited: by its place in the list; none for a new one.
fn place(view: &View<'_>) -> Option<usize> {
    view.request.parameter("range")?.parse().ok()
}

/// Saves the one range of the form, or takes it away.
pub(super) fn save_range(org: &mut Org, view: &View<'_>, id: &str) -> Result<(), Vec<ApiError>> {
    allowed(org, view)?;
    let mut ranges = ranges_of(org, id);
    let place = place(view).filter(|at| *at < ranges.len());
    if let (Some(at), Some(_)) = (place, view.request.field("delete")) {
        ranges.remove(at);
    } else {
        let field = |name: &str| posted(view, name).unwrap_or_default().trim();
        let (start, end) = (field("IpStartAddress"), field("IpEndAddress"));
        let (Ok(first), Ok(last)) = (start.parse::<IpAddr>(), end.parse::<IpAddr>()) else {
            return refused("Invalid IP address.");
        };
        if first.is_ipv4() != last.is_ipv4() {
            return refused("The start and end addresses must be of the same kind.");
        }
        if first > last {
            return refused("The start address must not be greater than the end address.");
        }
        let description = Some(field("Description")).filter(|text| !text.is_empty());
        let range = json!({ "description": description, "endAddress": end, "startAddress": start });
        match place.and_then(|at| ranges.get_mut(at)) {
            Some(old) => *old = range,
            None => ranges.push(range),
        }
    }
    crate::store::set(metadata(org, id), "loginIpRanges", json!(ranges));
    audit(org, view, "login IP ranges", id);
    Ok(())
}

fn metadata<'o>(org: &'o mut Org, id: &str) -> &'o mut Value {
    org.profile_metadata.entry(id.to_owned()).or_insert_with(|| json!({}))
}

/// The rows of the ranges, with the links to change each. `base`: the page of the ranges.
pub(super) fn range_rows(org: &Org, view: &View<'_>, id: &str) -> Markup {
    let ranges = ranges_of(org, id);
    let edit = format!("/{}/e", short(id));
    html! {
        tr .headerRow { th .actionColumn scope="col" { (view.words.say("Action")) } th scope="col" { (view.words.say("IP Start Address")) } th scope="col" { (view.words.say("IP End Address")) } th scope="col" { (view.words.say("Description")) } }
        @for (at, range) in ranges.iter().enumerate() {
            tr .dataRow {
                td .actionColumn { a .actionLink href=(address(view, &edit, &[("s", "LoginIPRanges"), ("range", &at.to_string())])) { (view.words.say("Edit")) } }
                td .dataCell { (string(range, "startAddress")) } td .dataCell { (string(range, "endAddress")) } td .dataCell { (string(range, "description")) }
            }
        }
        @if ranges.is_empty() { tr .dataRow { td .dataCell colspan="4" { (view.words.say("No Login IP Ranges specified.")) } } }
    }
}

/// The section of login IP ranges.
pub(super) fn ranges(org: &Org, view: &View<'_>, id: &str, editing: bool) -> Markup {
    let all = ranges_of(org, id);
    let current = place(view).and_then(|at| all.get(at)).cloned();
    let of = |field: &str, name: &str| match view.request.field(name) {
        Some(typed) => typed.to_owned(),
        None => current.as_ref().map(|range| string(range, field)).unwrap_or_default(),
    };
    let input = |id: &str, word: &'static str, field: &str, required: bool| {
        html! { tr { td .labelCol.requiredInput[required] { label for=(id) { (view.words.say(word)) } } td .dataCol.col02 { input id=(id) name=(id) type="text" size="30" maxlength="255" value=(of(field, id)); } } }
    };
    html! {
        @if editing {
            div .pbSubheader.brandTertiaryBgr.first.tertiaryPalette { h3 { (view.words.say("Login IP Ranges")) } }
            table .detailList { tbody {
                (input("IpStartAddress", "IP Start Address", "startAddress", true))
                (input("IpEndAddress", "IP End Address", "endAddress", true))
                (input("Description", "Description", "description", false))
            } }
            @if current.is_some() { p { (super::classic::submit(view, "delete", "Delete")) } }
        } @else {
            table .list { tbody { (range_rows(org, view, id)) } }
        }
    }
}

fn hours_of(org: &Org, id: &str) -> Value {
    org.profile_metadata.get(id).and_then(|m| m.get("loginHours")).cloned().unwrap_or_else(|| json!({}))
}

/// `480` as `08:00`.
fn clock(minutes: &str) -> String {
    minutes.parse::<u32>().map_or_else(|_| String::new(), |m| format!("{:02}:{:02}", m / 60, m % 60))
}

/// The section of login hours: minutes since midnight, whole hours.
pub(super) fn hours(org: &Org, view: &View<'_>, id: &str, editing: bool) -> Markup {
    let hours = hours_of(org, id);
    let choice = |name: &str, first: u32, last: u32| {
        let now = string(&hours, name);
        html! { select id=(name) name=(name) { option value="" { (view.words.say("--None--")) } @for hour in first..=last { @let value = (hour * 60).to_string(); option value=(value) selected[value == now] { (clock(&value)) } } } }
    };
    html! {
        div .pbSubheader.brandTertiaryBgr.first.tertiaryPalette { h3 { (view.words.say("LoginHours")) } }
        table .list { tbody {
            tr .headerRow { th scope="col" { (view.words.say("Day")) } th scope="col" { (view.words.say("Start Time")) } th scope="col" { (view.words.say("End Time")) } }
            @for day in DAYS {
                @let (start, end) = (format!("{day}Start"), format!("{day}End"));
                tr .dataRow {
                    th .dataCell scope="row" { (view.words.say(day)) }
                    @if editing { td .dataCell { (choice(&start, 0, 23)) } td .dataCell { (choice(&end, 0, 24)) } }
                    @else if string(&hours, &start).is_empty() { td .dataCell colspan="2" { (view.words.say("Login allowed at any time")) } }
                    @else { td .dataCell { (clock(&string(&hours, &start))) } td .dataCell { (clock(&string(&hours, &end))) } }
                }
            }
        } }
    }
}

/// Saves the hours of the form; none at all takes them away.
pub(super) fn save_hours(org: &mut Org, view: &View<'_>, id: &str) -> Result<(), Vec<ApiError>> {
    allowed(org, view)?;
    let mut hours = Map::new();
    for day in DAYS {
        let time = |end: &str| {
            let text = posted(view, &format!("{day}{end}")).unwrap_or_default();
            text.parse::<u32>().ok().filter(|minutes| *minutes <= 1_440 && minutes % 60 == 0)
        };
        match (time("Start"), time("End")) {
            (None, None) => {}
            // Nobody signs in on a day whose ends are the same (Salesforce Help, "View and Edit Login Hours in Profiles").
            (Some(start), Some(end)) if start <= end => {
                hours.insert(format!("{day}Start"), json!(start.to_string()));
                hours.insert(format!("{day}End"), json!(end.to_string()));
            }
            (Some(_), Some(_)) => return refused("The start time must not be after the end time."),
            _ => return refused("A start time needs an end time."),
        }
    }
    let metadata = metadata(org, id);
    if hours.is_empty() {
        if let Value::Object(map) = metadata {
            map.remove("loginHours");
        }
    } else {
        crate::store::set(metadata, "loginHours", Value::Object(hours));
    }
    audit(org, view, "login hours", id);
    Ok(())
}

/// Where what belongs to no metadata of the profile itself is kept (tabs, apps): beside it, under a
/// key that is no id, so that `Profile.Metadata` stays as the platform has it.
fn beside(id: &str) -> String {
    format!("{id}#pages")
}

/// A value kept beside a profile.
pub(super) fn kept(org: &Org, id: &str, key: &str) -> Option<String> {
    org.profile_metadata.get(&beside(id)).map(|all| string(all, key)).filter(|value| !value.is_empty())
}

/// Keeps values beside a profile.
pub(super) fn keep(
    org: &mut Org,
    view: &View<'_>,
    id: &str,
    values: Vec<(String, String)>,
) -> Result<(), Vec<ApiError>> {
    allowed(org, view)?;
    let all = org.profile_metadata.entry(beside(id)).or_insert_with(|| json!({}));
    for (key, value) in values {
        crate::store::set(all, &key, json!(value));
    }
    Ok(())
}

/// The metadata type that a setting is a field of.
fn kind_of(setting: &str) -> &'static str {
    match SESSION.iter().any(|(name, ..)| *name == setting) {
        true => "ProfileSessionSetting",
        false => "ProfilePasswordPolicy",
    }
}

/// What the profile's policy says; where it has none, the first value.
fn chosen(org: &Org, id: &str, setting: &Setting) -> String {
    let default = setting.2.first().map_or("0", |(value, _)| value);
    let own =
        org.policy_of_profile(kind_of(setting.0), id).and_then(|(_, policy)| policy.get(setting.0).cloned());
    match own {
        Some(Value::Bool(on)) => if on { "1" } else { "0" }.to_owned(),
        Some(Value::String(text)) => text,
        Some(Value::Number(number)) => number.to_string(),
        _ => default.to_owned(),
    }
}

/// Settings as pairs of label and field.
pub(super) fn setting_pairs(
    org: &Org,
    view: &View<'_>,
    id: &str,
    settings: &[Setting],
    editing: bool,
    prefix: &str,
) -> Vec<(Markup, Markup)> {
    let pair = |setting: &Setting| {
        let (name, label, values) = *setting;
        let now = chosen(org, id, setting);
        let field = format!("{prefix}{name}");
        let value = match (editing, values) {
            (true, []) => {
                html! { input type="checkbox" id=(field) name=(field) value="1" checked[now == "1"]; }
            }
            (true, _) => {
                html! { select id=(field) name=(field) { @for (value, label) in values { option value=(value) selected[*value == now] { (view.words.say(label)) } } } }
            }
            (false, []) => super::classic::check(view, now == "1"),
            (false, _) => {
                let word = values.iter().find(|(value, _)| *value == now).map_or("", |(_, label)| label);
                html! { (view.words.say(word)) }
            }
        };
        let label = if editing {
            html! { label for=(field) { (view.words.say(label)) } }
        } else {
            html! { (view.words.say(label)) }
        };
        (label, value)
    };
    settings.iter().map(pair).collect()
}

/// A section of settings in the enhanced user interface, one pair a row.
pub(super) fn settings(
    org: &Org,
    view: &View<'_>,
    id: &str,
    settings: &[Setting],
    editing: bool,
    form: &str,
) -> Markup {
    let pairs = setting_pairs(org, view, id, settings, editing, &format!("{form}:"));
    html! { table .detailList { tbody { @for (label, value) in &pairs { tr { td .labelCol { (label) } td .dataCol.col02 { (value) } } } } } }
}

/// Saves what the form has of settings.
pub(super) fn save_settings(
    org: &mut Org,
    view: &View<'_>,
    id: &str,
    settings: &[Setting],
) -> Result<(), Vec<ApiError>> {
    allowed(org, view)?;
    let mut values = Map::new();
    for (name, label, choices) in settings {
        let value = posted(view, name);
        let value = match (value, choices) {
            (value, []) => if value.is_some() { "1" } else { "0" }.to_owned(),
            (None, _) => continue,
            (Some(value), _) if choices.iter().any(|(known, _)| *known == value) => value.to_owned(),
            _ => return refused(&format!("{label}: bad value for restricted picklist field")),
        };
        let value = match value.parse::<i64>() {
            _ if choices.is_empty() => json!(value == "1"),
            Ok(number) => json!(number),
            Err(_) if value.is_empty() => Value::Null,
            Err(_) => json!(value),
        };
        values.insert((*name).to_owned(), value);
    }
    let kind = kind_of(settings.first().map_or("", |(name, ..)| name));
    // A form that changes nothing writes no policy.
    let same = values.iter().all(|(name, value)| {
        let setting = settings.iter().find(|setting| setting.0 == name);
        let now = setting.map(|setting| chosen(org, id, setting)).unwrap_or_default();
        now == value.as_str().map_or_else(
            || value.to_string().replace("true", "1").replace("false", "0").replace("null", ""),
            str::to_owned,
        )
    });
    if same {
        return Ok(());
    }
    org.put_policy(&view.actor, kind, id, Value::Object(values))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_are_hours() {
        assert_eq!((clock("0").as_str(), clock("480").as_str(), clock("").as_str()), ("00:00", "08:00", ""));
    }
}
