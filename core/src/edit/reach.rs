//! Whom a box of a profile or permission set reaches, in a sentence.
//!
//! It never takes more for known than was read: beyond the list it says "or more".

use super::sheet::own;
use crate::classification::{Classification, Who};
use crate::fact::{Assignee, Facts, Jobs, Known, SignIns, User};
use crate::page::PageKind;
use crate::text::joined;
use std::mem::replace;

/// So many are named.
const NAMED: usize = 5;

/// "3 integration users on this profile: A, B, C; 2 other active users."
pub(super) fn words(facts: &mut Facts, kind: PageKind) -> String {
    let of = match kind {
        PageKind::User => return String::new(),
        PageKind::Profile => " on this profile",
        PageKind::PermissionSet => " with this permission set",
    };
    let Some(reach) = own(facts, kind).and_then(|set| set.reach.clone()) else {
        return ["Which users are", of, " could not be read."].concat();
    };
    if reach.others.is_empty() {
        return ["No active user is", of, " today."].concat();
    }
    let said = facts.classification.known().and_then(|c| c.said);
    let user = replace(&mut facts.user, Known::Absent(String::new()));
    let jobs = replace(&mut facts.jobs, Known::Is(Jobs::default()));
    let sign_ins = replace(&mut facts.sign_ins, Known::Absent(String::new()));
    let mut integrations: Vec<&str> = vec![];
    for other in &reach.others {
        facts.user = Known::Is(named(other));
        if let Known::Is(all) = &sign_ins {
            let rows = all.rows.iter().filter(|row| row.user_id == other.id).cloned().collect();
            facts.sign_ins = Known::Is(SignIns { rows, cut: all.cut });
        }
        if Classification::new(facts, said).who == Who::Integration {
            integrations.push(&other.name);
        }
    }
    (facts.user, facts.jobs, facts.sign_ins) = (user, jobs, sign_ins);
    let n = integrations.len();
    let rest = (reach.others.len() - n).to_string();
    let s = |n: usize| if n == 1 { "" } else { "s" };
    let count = if n == 0 { "No".to_owned() } else { n.to_string() };
    let mut text = [count.as_str(), " integration user", if n == 0 { "" } else { s(n) }, of].concat();
    if n > NAMED {
        integrations.truncate(NAMED);
        text.push_str(
            &[": ", &joined(&integrations, ", "), " and ", &(n - NAMED).to_string(), " more"].concat(),
        );
    } else if n > 0 {
        text.push_str(&[": ", &joined(&integrations, ", ")].concat());
    }
    if rest != "0" || reach.more {
        let more = if reach.more { " or more" } else { "" };
        text.push_str(
            &["; ", &rest, more, " other active user", if rest == "1" { "" } else { "s" }].concat(),
        );
    }
    text.push('.');
    text
}

/// A user of whom the name is known.
fn named(other: &Assignee) -> User {
    User {
        id: other.id.clone(),
        name: other.name.clone(),
        username: other.username.clone(),
        email: String::new(),
        is_active: true,
        user_type: "Standard".to_owned(),
        profile_id: None,
        created: None,
        last_login: None,
        last_password_change: None,
        has_manager: false,
        employee_number: String::new(),
        title: String::new(),
        department: String::new(),
    }
}
