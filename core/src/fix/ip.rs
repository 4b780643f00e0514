//! Login IP ranges, proposed from where the user really signed in.
//!
//! It never takes a range away, and proposes nothing where no sign-in says from where.

use super::{Context, is_editable, plan};
use crate::fact::{SignIns, Source, User};
use crate::json::Value;
use crate::plan::{Place, Plan, Step, Term, Undo};
use crate::time::DAY;
use std::net::{IpAddr, Ipv4Addr};

/// Addresses further apart than this are not one range.
const GAP: u32 = 16;

/// A proposed range, and the sign-ins that it covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Proposal {
    /// First and last address.
    pub(super) range: (Ipv4Addr, Ipv4Addr),
    /// How many of the sign-ins that were read came from it.
    pub(super) sign_ins: u64,
}

/// The tightest honest ranges: what was seen within ninety days, addresses close together as one.
fn proposals(sign_ins: &SignIns, user: &User, now: crate::time::Timestamp) -> Vec<Proposal> {
    let mut seen: Vec<(u32, u64)> = vec![];
    for row in sign_ins.successes().filter(|row| row.user_id == user.id) {
        let recent = row.last.is_some_and(|last| now.0 - last.0 <= 90 * DAY);
        if let (true, Ok(IpAddr::V4(address))) =
            (recent, row.source_ip.trim().parse::<IpAddr>().map(|a| a.to_canonical()))
        {
            seen.push((address.to_bits(), row.count));
        }
    }
    crate::order::put(&mut seen, |a, b| a.0 < b.0);
    let mut ranges: Vec<(u32, u32, u64)> = vec![];
    for (address, count) in seen {
        match ranges.last_mut() {
            Some((_, end, total)) if address.saturating_sub(*end) <= GAP => {
                *end = address;
                *total += count;
            }
            _ => ranges.push((address, address, count)),
        }
    }
    ranges
        .into_iter()
        .map(|(start, end, sign_ins)| Proposal { range: (start.into(), end.into()), sign_ins })
        .collect()
}

fn range(start: &str, end: &str, description: &str) -> Value {
    let member = |key: &str, text: &str| (key.to_owned(), Value::Text(text.to_owned()));
    Value::Object(vec![
        member("startAddress", start),
        member("endAddress", end),
        member("description", description),
    ])
}

pub(super) fn plans(user: &User, context: Context<'_>) -> Vec<Plan> {
    let facts = context.facts;
    let (Some(sign_ins), Some(grants), Some(ranges)) =
        (facts.sign_ins.known(), facts.grants.known(), facts.login_ip_ranges.known())
    else {
        return vec![];
    };
    // A standard profile's name in the Metadata API is another than the one on the page.
    let Some(grant) = grants.profile().filter(|grant| is_editable(grant)) else { return vec![] };
    let (Source::Profile { name }, Some(profile)) = (&grant.source, &user.profile_id) else { return vec![] };
    let outside: Vec<Proposal> = proposals(sign_ins, user, facts.now)
        .into_iter()
        .filter(|p| {
            !ranges.ranges.iter().any(|r| r.contains(p.range.0.into()) && r.contains(p.range.1.into()))
        })
        .collect();
    if outside.is_empty() || !ranges.ranges.is_empty() {
        // Ranges that are too wide want somebody to say which are right.
        return vec![];
    }
    let list: Vec<Value> = outside
        .iter()
        .map(|p| {
            range(
                &p.range.0.to_string(),
                &p.range.1.to_string(),
                &format!("Leastwise: {} sign-ins", p.sign_ins),
            )
        })
        .collect();
    let words: Vec<String> = outside
        .iter()
        .map(|p| match p.range {
            (start, end) if start == end => format!("{start} ({} sign-ins)", p.sign_ins),
            (start, end) => format!("{start} to {end} ({} sign-ins)", p.sign_ins),
        })
        .collect();
    let title =
        format!("Allow sign-ins on the profile “{name}” from {} only", crate::classification::listed(&words));
    let step = Step {
        words: title.clone(),
        place: Place::LoginIpRanges { profile: profile.clone(), full_name: name.clone() },
        makes: false,
        keep: vec![],
        before: None,
        after: Some(vec![("loginIpRanges".into(), Term::Is(Value::List(list)))]),
    };
    let breaks = vec!["A sign-in from any other address is refused from then on, that of a cloud whose addresses change too.".into()];
    let mut plan = plan("login-ip-ranges", title, vec![step], Some(grant), breaks);
    plan.undo = Undo::Never("How the last range is removed by an API is not known: undo means deleting it in Setup, on the profile, under Login IP Ranges.".into());
    vec![plan]
}
