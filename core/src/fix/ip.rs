//! Login IP ranges, proposed from where the user really signed in, for the admin to edit.
//!
//! It never takes away a range that restricts something, and proposes nothing where no sign-in says from where.

use super::{Context, plan};
use crate::fact::{SignIns, Source, User};
use crate::id::Id;
use crate::ip::{IpRange, WIDE};
use crate::plan::{Input, InputKind, Plan, Step, Term, Undo};
use crate::text::{decimal, joined};
use crate::time::{DAY, Timestamp};
use std::net::IpAddr;

/// Addresses further apart than this are not one range.
const GAP: u128 = 16;

/// Sign-ins that came from inside a range which is proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proposal {
    pub(crate) range: IpRange,
    pub(crate) sign_ins: u64,
    apps: Vec<String>,
}

/// Where the sign-ins of ninety days came from, of one user or of all who were read, in order.
pub(crate) fn seen(sign_ins: &SignIns, user: Option<&Id>, now: Timestamp) -> Vec<(IpAddr, u64, String)> {
    let mut seen: Vec<(IpAddr, u64, String)> = vec![];
    for row in sign_ins.successes().filter(|row| user.is_none_or(|user| row.user_id == *user)) {
        let recent = row.last.is_some_and(|last| now.0 - last.0 <= 90 * DAY);
        // What is no address ("Salesforce.com IP") is the platform itself.
        if let (true, Ok(address)) = (recent, row.source_ip.trim().parse::<IpAddr>()) {
            let by = row.app().unwrap_or(&row.login_type).to_owned();
            seen.push((address.to_canonical(), row.count, by));
        }
    }
    seen.sort_by_key(|(address, ..)| *address);
    seen
}

/// The tightest honest ranges: addresses close together as one.
pub(crate) fn proposals(seen: &[(IpAddr, u64, String)]) -> Vec<Proposal> {
    let mut all: Vec<Proposal> = vec![];
    for (address, count, by) in seen {
        let far = |range: &IpRange| {
            IpRange { start: range.end, end: *address, description: String::new() }.addresses() > GAP + 1
        };
        let near =
            all.last_mut().filter(|own| own.range.start.is_ipv4() == address.is_ipv4() && !far(&own.range));
        let own = match near {
            Some(own) => own,
            None => {
                let range = IpRange { start: *address, end: *address, description: String::new() };
                all.push(Proposal { range, sign_ins: 0, apps: vec![] });
                let Some(own) = all.last_mut() else { continue };
                own
            }
        };
        own.range.end = *address;
        own.sign_ins = own.sign_ins.saturating_add(*count);
        if !own.apps.contains(by) {
            own.apps.push(by.clone());
        }
    }
    all
}

/// A range as a line of the input.
fn line(range: &IpRange) -> String {
    let (start, end) = (range.start.to_string(), range.end.to_string());
    let between = if range.description.is_empty() { "" } else { " " };
    [&*start, " - ", &*end, between, &*range.description].concat()
}

pub(super) fn plans(user: &User, context: Context<'_>) -> Vec<Plan> {
    let facts = context.facts;
    let (Some(sign_ins), Some(grants), Some(ranges)) =
        (facts.sign_ins.known(), facts.grants.known(), facts.login_ip_ranges.known())
    else {
        return vec![];
    };
    // A standard profile's permissions are fixed, its ranges are not; a package's profile is the package's.
    let own = grants.profile().filter(|grant| grant.namespace.is_none() && !ranges.full_name.is_empty());
    let Some(grant) = own else { return vec![] };
    let Source::Profile { name } = &grant.source else { return vec![] };
    let seen = seen(sign_ins, Some(&user.id), facts.now);
    // What restricts something is kept; what is wide makes room for what is seen inside it.
    let is_wide =
        |range: &&IpRange| range.addresses() > WIDE && range.start.is_ipv4() || range.is_meaningless();
    let (wide, kept): (Vec<&IpRange>, Vec<&IpRange>) = ranges.ranges.iter().partition(is_wide);
    let outside: Vec<_> = seen
        .iter()
        .filter(|(address, ..)| !kept.iter().any(|range| range.contains(*address)))
        .cloned()
        .collect::<Vec<_>>();
    let proposed = proposals(&outside);
    if seen.is_empty() || proposed.is_empty() && wide.is_empty() {
        return vec![];
    }
    let (mut lines, mut notes) = (vec![], vec![]);
    for range in &kept {
        lines.push(line(range));
        notes.push(["Kept: ", &range.to_string(), "."].concat());
    }
    for range in &wide {
        let size = decimal(range.addresses());
        notes.push(["Taken out: ", &range.to_string(), ", ", &size, " addresses."].concat());
    }
    for own in &proposed {
        let count = own.sign_ins.to_string();
        let mut range = own.range.clone();
        range.description = ["Leastwise: ", &count, " sign-ins"].concat();
        lines.push(line(&range));
        let apps = crate::classification::listed(&own.apps);
        notes.push(["New: ", &own.range.to_string(), ", ", &count, " sign-ins by ", &apps, "."].concat());
    }
    notes.push(
        "Addresses of a cloud change: ask whoever runs it for its outgoing ranges, and enter those.".into(),
    );
    let input = Input {
        label: "Login IP ranges, one a line: first address - last address, and what it is".into(),
        kind: InputKind::Ranges {
            seen: seen.iter().map(|(address, ..)| address.to_string()).collect::<Vec<_>>(),
        },
        value: joined(&lines, "\n"),
        notes,
    };
    let title = ["Allow sign-ins on the profile “", name, "” from known addresses only"].concat();
    let words = ["Set the login IP ranges of the profile “", name, "”"].concat();
    let after = vec![("loginIpRanges".into(), Term::Input(0))];
    let step = Step::component(words, "Profile", vec![Term::text(ranges.full_name.as_str())], after);
    let breaks = vec!["A sign-in from any other address is refused from then on.".into()];
    let mut plan = plan("login-ip-ranges", title, vec![step], Some(grant), breaks).about([grant.id.as_str()]);
    plan.inputs.push(input);
    if ranges.ranges.is_empty() {
        plan.undo = Undo::Never("How the last range is removed by an API is not known: undo means deleting it in Setup, on the profile, under Login IP Ranges.".into());
    }
    vec![plan]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{Known, LoginIpRanges};
    use crate::json::Value;
    use crate::rules::example::{days_ago, facts, id, sign_in};

    fn from(addresses: &[&str], ranges: &[(&str, &str)]) -> Vec<Plan> {
        let mut facts = facts();
        let rows = addresses
            .iter()
            .map(|address| crate::fact::SignIn {
                source_ip: (*address).into(),
                ..sign_in("Remote Access 2.0", "OauthClientCredentials", "Acme ERP")
            })
            .collect();
        facts.sign_ins = Known::Is(SignIns { rows, cut: false });
        let ranges = ranges.iter().map(|(a, b)| IpRange::parse(a, b, "own").unwrap()).collect();
        facts.login_ip_ranges = Known::Is(LoginIpRanges { ranges, full_name: "Acme ERP".into() });
        let acting = id("005", 9);
        let context = Context { facts: &facts, acting: &acting };
        plans(facts.user.known().unwrap(), context)
    }

    fn starts(plan: &Plan) -> Vec<String> {
        let plan = plan.clone().filled();
        let Some(Term::Is(list)) = plan.steps[0].after.as_ref().map(|after| &after[0].1) else { panic!() };
        let text = |range: &Value, key: &str| range.get(key).and_then(Value::as_str).unwrap().to_owned();
        let all = list.as_array().unwrap().iter();
        all.map(|range| [text(range, "startAddress"), text(range, "endAddress")].join("-")).collect()
    }

    #[test]
    fn close_addresses_are_one_range_and_each_says_what_it_covers() {
        let plan =
            from(&["198.51.100.20", "198.51.100.7", "203.0.113.5", "2001:db8::7", "nowhere"], &[]).remove(0);
        assert_eq!(
            starts(&plan),
            ["198.51.100.7-198.51.100.20", "203.0.113.5-203.0.113.5", "2001:db8::7-2001:db8::7"]
        );
        assert!(plan.inputs[0].notes[0].contains("20 sign-ins by Acme ERP"), "{:?}", plan.inputs[0].notes);
        assert!(matches!(plan.undo, Undo::Never(_)) && plan.unset().is_none());
    }

    #[test]
    fn ranges_are_kept_and_wide_ones_make_room() {
        let plan = from(
            &["198.51.100.7", "10.1.2.3"],
            &[("198.51.100.0", "198.51.100.15"), ("0.0.0.0", "255.255.255.255")],
        );
        assert_eq!(starts(&plan[0]), ["198.51.100.0-198.51.100.15", "10.1.2.3-10.1.2.3"]);
        assert_eq!(plan[0].undo, Undo::Exact);
        // Nothing is outside, and nothing is wide.
        assert!(from(&["198.51.100.7"], &[("198.51.100.0", "198.51.100.15")]).is_empty());
        // No sign-in says from where.
        assert!(from(&[], &[]).is_empty());
        assert!(days_ago(1).0 > 0);
    }

    #[test]
    fn what_an_admin_enters_is_what_is_written_or_it_is_refused() {
        let mut plan = from(&["198.51.100.7"], &[]).remove(0);
        plan.set(0, "198.51.100.0 - 198.51.100.15 ERP\r\n").unwrap();
        assert_eq!(starts(&plan), ["198.51.100.0-198.51.100.15"]);
        assert!(plan.set(0, "203.0.113.1").is_err());
        assert_eq!(starts(&plan), ["198.51.100.0-198.51.100.15"]);
        plan.inputs[0].value.clear();
        // The machine does not touch it.
        let mut apply = crate::apply::Apply::new(plan);
        assert_eq!(apply.next(), crate::apply::Next::Rest);
        assert!(apply.stop().is_some() && !apply.is_done());
    }
}
