//! Whom a box of a profile or permission set reaches, in a sentence.
//!
//! It never takes more for known than was read: beyond the list it says "or more".

use super::pending_edit::own;
use crate::classification::{Classification, Who};
use crate::facts::Facts;
use crate::salesforce::setup_url::PageKind;

/// So many are named.
const NAMED: usize = 5;

/// "3 integration users on this profile: A, B, C; 2 other active users."
pub(super) fn words(facts: &Facts, kind: PageKind) -> String {
    let of = match kind {
        PageKind::User => return String::new(),
        PageKind::Profile => " on this profile",
        PageKind::PermissionSet => " with this permission set",
    };
    let Some(reach) = own(facts, kind).and_then(|set| set.reach.clone()) else {
        return format!("Which users are{of} could not be read.");
    };
    if reach.others.is_empty() {
        return format!("No active user is{of} today.");
    }
    let mut integrations: Vec<&str> = reach
        .others
        .iter()
        .filter(|other| Classification::of_assignee(facts, other).who == Who::Integration)
        .map(|other| other.name.as_str())
        .collect();
    let n = integrations.len();
    let rest = (reach.others.len() - n).to_string();
    let s = |n: usize| if n == 1 { "" } else { "s" };
    let count = if n == 0 { "No".to_owned() } else { n.to_string() };
    let mut text = format!("{count} integration user{}{of}", if n == 0 { "" } else { s(n) });
    if n > NAMED {
        integrations.truncate(NAMED);
        text.push_str(&format!(": {} and {} more", integrations.join(", "), (n - NAMED)));
    } else if n > 0 {
        text.push_str(&format!(": {}", integrations.join(", ")));
    }
    if rest != "0" || reach.more {
        let more = if reach.more { " or more" } else { "" };
        text.push_str(&format!("; {rest}{more} other active user{}", if rest == "1" { "" } else { "s" }));
    }
    text.push('.');
    text
}
