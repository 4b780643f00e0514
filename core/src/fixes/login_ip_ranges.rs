//! Login IP ranges, proposed from where the user really signed in, for the admin to edit.
//!
//! It never takes away a range that restricts something, never puts a person's address on an integration's list, and
//! proposes nothing where no sign-in says from where, where others on the profile would be shut out, or where the
//! addresses keep changing.

use super::{Context, named, plan};
use crate::classification::Who;
use crate::facts::{Flow, Grant, SignIns, Source, User};
use crate::plan::ranges::line;
use crate::plan::{Described, Input, InputKind, Plan, Step, Term, Undo};
use crate::salesforce::id::Id;
use crate::salesforce::ip_range::{IpRange, is_near, keep_changing};
use crate::salesforce::time::{DAY, Timestamp};
use crate::text::listed;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// A description is kept this short: how long it may be is not published.
const DESCRIPTION: usize = 80;

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
        let near = all.last_mut().filter(|own| is_near(own.range.end, *address));
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

/// Whether so many of these addresses were seen once, or so many ranges hold them, that no list of them lasts.
pub(crate) fn are_changing(seen: &[(IpAddr, u64, String)]) -> bool {
    let mut counts: BTreeMap<IpAddr, u64> = BTreeMap::new();
    for (address, count, _) in seen {
        let own = counts.entry(*address).or_default();
        *own = own.saturating_add(*count);
    }
    keep_changing(&counts.into_values().collect::<Vec<_>>(), proposals(seen).len())
}

/// Sign-ins of people in a browser, whose addresses have no place on an integration's list.
fn by_browser(sign_ins: &SignIns) -> SignIns {
    let rows = sign_ins.rows.iter().filter(|row| row.flow() == Flow::Browser).cloned().collect();
    SignIns { rows, cut: sign_ins.cut }
}

fn by_software(sign_ins: &SignIns) -> SignIns {
    let rows = sign_ins.rows.iter().filter(|row| row.flow() != Flow::Browser).cloned().collect();
    SignIns { rows, cut: sign_ins.cut }
}

/// On a user's page: where the profile is this user's alone. Ranges hold for everybody on the profile, and only this user's
/// sign-ins were read: where there are others, it gets its own first, or the profile's page is the place.
pub(super) fn plans(user: &User, context: Context<'_>) -> Vec<Plan> {
    let Some(grants) = context.facts.grants.known() else { return vec![] };
    let is_alone =
        |grant: &&Grant| grant.reach.as_ref().is_some_and(|reach| reach.others.is_empty() && !reach.more);
    let own = grants.profile().filter(is_alone);
    own.and_then(|grant| proposed(grant, Some(&user.id), context)).into_iter().collect()
}

/// On the profile's own page: from the sign-ins of all who have it, and only where all of them were read.
pub(super) fn of_profile(grant: &Grant, context: Context<'_>) -> Option<Plan> {
    let reach = grant.reach.as_ref().filter(|reach| !reach.more && !reach.others.is_empty())?;
    let mut plan = proposed(grant, None, context)?;
    plan.breaks =
        vec!["A login from any other address is refused from then on, for everyone on this profile.".into()];
    // Nobody knows where these would log in from: it is said, and the admin may know.
    let software = by_software(context.facts.sign_ins.known()?);
    let silent =
        reach.others.iter().filter(|own| seen(&software, Some(&own.id), context.facts.now).is_empty());
    let silent: Vec<String> = silent.map(|own| named(own, Some(reach))).collect();
    if let Some(input) = plan.inputs.first_mut().filter(|_| !silent.is_empty()) {
        input.notes.push(format!("No API login in the last 90 days to go by: {}.", listed(&silent)));
    }
    Some(plan)
}

/// What limits a profile to where integrations sign in from: one user, or all who have it.
fn proposed(grant: &Grant, user: Option<&Id>, context: Context<'_>) -> Option<Plan> {
    let facts = context.facts;
    let (sign_ins, ranges) = (facts.sign_ins.known()?, facts.login_ip_ranges.known()?);
    // People move about: a list of where they were shuts them out of where they will be.
    if facts.classification.known().is_none_or(|is| is.who != Who::Integration) {
        return None;
    }
    // A standard profile's permissions are fixed, its ranges are not; a package's profile is the package's.
    let Source::Profile { name } = &grant.source else { return None };
    if grant.namespace.is_some() || ranges.full_name.is_empty() {
        return None;
    }
    let seen = seen(&by_software(sign_ins), user, facts.now);
    // What was not read may come from elsewhere, and addresses that keep changing are no list.
    if seen.is_empty() || sign_ins.cut || are_changing(&seen) {
        return None;
    }
    // What restricts something is kept; what is wide makes room for what is seen inside it.
    let (wide, kept): (Vec<&IpRange>, Vec<&IpRange>) =
        ranges.ranges.iter().partition(|range| facts.checks.is_wide_range(range) || range.is_meaningless());
    let outside: Vec<_> = seen
        .iter()
        .filter(|(address, ..)| !kept.iter().any(|range| range.contains(*address)))
        .cloned()
        .collect();
    let proposed = proposals(&outside);
    // Sign-ins from outside ranges that are narrow may be somebody else's: nothing is widened for them.
    if wide.is_empty() && !kept.is_empty() || proposed.is_empty() && wide.is_empty() {
        return None;
    }
    let (mut lines, mut notes) = (vec![], vec![]);
    for range in &kept {
        lines.push(line(range));
        notes.push(format!("Kept: {range}."));
    }
    for range in &wide {
        notes.push(format!("Removed: {range}, {} addresses.", range.addresses()));
    }
    for own in &proposed {
        let apps = listed(&own.apps);
        let range = IpRange {
            description: own.apps.join(", ").chars().take(DESCRIPTION).collect(),
            ..own.range.clone()
        };
        lines.push(line(&range));
        notes.push(format!("New: {}, {} logins by {apps}.", own.range, own.sign_ins));
    }
    let mut left: Vec<IpAddr> =
        self::seen(&by_browser(sign_ins), user, facts.now).into_iter().map(|(address, ..)| address).collect();
    left.dedup();
    left.retain(|address| !seen.iter().any(|(own, ..)| own == address));
    for address in left {
        notes.push(format!("{address} (browser logins) is left out."));
    }
    notes.push("Cloud addresses change. Ask the vendor for its outbound IP ranges.".into());
    let input = Input {
        label: "Login IP ranges, one per line: start - end description".into(),
        kind: InputKind::Ranges {
            seen: seen.iter().map(|(address, ..)| address.to_string()).collect(),
            kept: kept.into_iter().cloned().collect(),
        },
        value: lines.join("\n"),
        notes,
    };
    let title = format!("Limit profile “{name}” to known IP addresses");
    let words = format!("Set the login IP ranges of profile “{name}”");
    let undone = format!("Put the login IP ranges of profile “{name}” back as they were");
    let after = vec![("loginIpRanges".into(), Term::Input(0))];
    let step = Step::component(words, "Profile", vec![Term::text(ranges.full_name.as_str())], after)
        .says(Described::field("Login IP Ranges", "loginIpRanges"))
        .undone_by(undone.clone());
    let breaks = vec!["A login from any other address is refused from then on.".into()];
    let mut plan = plan("login-ip-ranges", title, vec![step], Some(grant), breaks)
        .about([grant.id.as_str()])
        .called("Set IP ranges…", undone);
    plan.inputs.push(input);
    if ranges.ranges.is_empty() {
        plan.undo = Undo::Never("Leastwise can't remove the last range again. To undo, delete it in Setup on the profile, under Login IP Ranges.".into());
    }
    Some(plan)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Assignee, Facts, Known, LoginIpRanges, Reach};
    use crate::rules::example::{days_ago, facts, id, sign_in};
    use crate::salesforce::json::Value;

    fn from(addresses: &[&str], ranges: &[(&str, &str)]) -> Vec<Plan> {
        let mut facts = facts();
        let rows = addresses
            .iter()
            .map(|address| crate::facts::SignIn {
                source_ip: (*address).into(),
                ..sign_in("Remote Access 2.0", "OauthClientCredentials", "Acme ERP")
            })
            .collect();
        facts.sign_ins = Known::Is(SignIns { rows, cut: false });
        let ranges = ranges.iter().map(|(a, b)| IpRange::parse(a, b, "own").unwrap()).collect();
        facts.login_ip_ranges = Known::Is(LoginIpRanges { ranges, full_name: "Acme ERP".into() });
        let acting = id("005", 9);
        let context = Context { facts: &facts, acting: &acting, labels: &crate::facts::NO_LABELS };
        plans(facts.user.known().unwrap(), context)
    }

    /// The plans for a user with these sign-ins (type, address, how many), who is alone on a profile without ranges.
    fn with(rows: &[(&str, &str, u64)], change: impl FnOnce(&mut Facts)) -> Vec<Plan> {
        let mut facts = facts();
        let row = |(login_type, address, count): &(&str, &str, u64)| crate::facts::SignIn {
            source_ip: (*address).into(),
            count: *count,
            ..sign_in(login_type, "", "Acme ERP")
        };
        facts.sign_ins = Known::Is(SignIns { rows: rows.iter().map(row).collect(), cut: false });
        facts.login_ip_ranges =
            Known::Is(LoginIpRanges { ranges: vec![].into(), full_name: "Acme ERP".into() });
        change(&mut facts);
        let acting = id("005", 9);
        plans(
            facts.user.known().unwrap(),
            Context { facts: &facts, acting: &acting, labels: &crate::facts::NO_LABELS },
        )
    }

    const API: &str = "Remote Access 2.0";

    #[test]
    fn a_person_s_address_is_left_out_and_named() {
        for ui in ["Application", "Saml Idp Initiated SSO", "Lightning Login"] {
            let plan = with(&[(API, "198.51.100.7", 40), (ui, "192.0.2.77", 6)], |_| {}).remove(0);
            assert_eq!(starts(&plan), ["198.51.100.7-198.51.100.7"], "{ui}");
            let notes = &plan.inputs[0].notes;
            assert!(notes.contains(&"192.0.2.77 (browser logins) is left out.".to_owned()), "{notes:?}");
            assert!(plan.inputs[0].value.ends_with("198.51.100.7 Acme ERP"), "{}", plan.inputs[0].value);
        }
        // Nothing but browser logins is nothing to go by; an address of both is the software's.
        assert!(with(&[("Application", "192.0.2.77", 6)], |_| {}).is_empty());
        let plan = with(&[(API, "192.0.2.77", 40), ("Application", "192.0.2.77", 6)], |_| {}).remove(0);
        assert!(!plan.inputs[0].notes.iter().any(|note| note.contains("left out")));
    }

    #[test]
    fn addresses_that_keep_changing_are_not_offered() {
        let addresses: Vec<String> = (0..255).step_by(2).map(|n| format!("198.51.{n}.7")).collect();
        for (many, each) in [(128, 1), (21, 9), (6, 1)] {
            let rows: Vec<_> = addresses.iter().take(many).map(|own| (API, own.as_str(), each)).collect();
            assert!(with(&rows, |_| {}).is_empty(), "{many}");
        }
        let rows: Vec<_> = addresses.iter().take(20).map(|own| (API, own.as_str(), 9)).collect();
        assert_eq!(with(&rows, |_| {}).len(), 1);
    }

    #[test]
    fn nobody_else_is_shut_out() {
        let rows = [(API, "198.51.100.7", 40)];
        let shared = |reach: Option<Reach>| {
            move |facts: &mut Facts| {
                if let Known::Is(grants) = &mut facts.grants {
                    grants.sets[0].reach = reach;
                }
            }
        };
        let ann = Assignee { id: id("005", 2), name: "Ann Lee".into(), username: "ann@acme.example".into() };
        assert_eq!(with(&rows, |_| {}).len(), 1);
        assert!(with(&rows, shared(Some(Reach { others: vec![ann.into()], ..Reach::default() }))).is_empty());
        assert!(with(&rows, shared(Some(Reach { more: true, ..Reach::default() }))).is_empty());
        assert!(with(&rows, shared(None)).is_empty());
        // People, whoever could not be told, and sign-ins that were not all read.
        assert!(
            with(&rows, |facts| facts.classification = crate::rules::example::person().classification)
                .is_empty()
        );
        assert!(
            with(&rows, |facts| facts.classification =
                Known::unavailable("x", crate::salesforce::error::OrgError::Timeout))
            .is_empty()
        );
        let cut = |facts: &mut Facts| {
            if let Known::Is(sign_ins) = &mut facts.sign_ins {
                sign_ins.cut = true;
            }
        };
        assert!(with(&rows, cut).is_empty());
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
        assert!(plan.inputs[0].notes[0].contains("20 logins by Acme ERP"), "{:?}", plan.inputs[0].notes);
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
        let mut apply = crate::execute::Executor::new(plan);
        assert_eq!(apply.next(), crate::execute::Effect::Idle);
        assert!(apply.stop().is_some() && !apply.is_done());
    }
}
