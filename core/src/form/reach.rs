//! Who uses the profile or permission set whose boxes a form has.
//!
//! It never takes more for known than was read: beyond the list it says "at least".

use super::markers::counted;
use super::pending_edit::own;
use crate::classification::{Classification, Who};
use crate::facts::Facts;
use crate::salesforce::setup_url::PageKind;

/// So many are named.
const NAMED: usize = 5;

/// "3 integration users (A, B, C) and 2 other active users": who uses the profile or permission set; empty on a user's page.
pub(super) fn words(facts: &Facts, kind: PageKind) -> String {
    if kind == PageKind::User {
        return String::new();
    }
    let Some(reach) = own(facts, kind).and_then(|set| set.reach.clone()) else {
        return "couldn't check".to_owned();
    };
    if reach.others.is_empty() && !reach.more {
        return "no active users today".to_owned();
    }
    let integrations: Vec<&str> = reach
        .others
        .iter()
        .filter(|other| Classification::of_assignee(facts, other).who == Who::Integration)
        .map(|other| other.name.as_str())
        .collect();
    let mut parts = vec![];
    let n = integrations.len();
    if n > 0 {
        let named = integrations.get(..n.min(NAMED)).unwrap_or_default().join(", ");
        let more = if n > NAMED { format!(" and {} more", n - NAMED) } else { String::new() };
        parts.push(format!("{} ({named}{more})", counted(n, "integration user", "integration users")));
    }
    let rest = reach.others.len() - n;
    let other = if n > 0 { "other " } else { "" };
    match (rest, reach.more) {
        (0, false) => {}
        (0, true) => parts.push(format!("more {other}active users")),
        (rest, more) => {
            let users = counted(rest, &format!("{other}active user"), &format!("{other}active users"));
            parts.push(if more { format!("at least {users}") } else { users });
        }
    }
    parts.join(" and ")
}
