//! One login IP range in a form: what the profile's ranges would be with it, and what is wrong with it.
//!
//! It never looks an address up, and never says a range is right.

use crate::facts::{Fact, Facts, LoginIpRanges};
use crate::fixes::{are_changing, proposals, seen};
use crate::form::{Edit, InForm, State};
use crate::rules::rule::Severity;
use crate::salesforce::ip_range::IpRange;
use crate::salesforce::time::DAY;
use crate::text::listed;
use std::net::IpAddr;

const START: &str = "IpStartAddress";
const END: &str = "IpEndAddress";

impl Edit {
    /// The place of a field, after the boxes.
    fn place(&self, id: &str) -> Option<usize> {
        Some(self.meanings.len() + self.field(id)?)
    }

    pub(in crate::form) fn is_range(&self, at: usize) -> bool {
        self.place(END) == Some(at)
    }

    /// The ranges that stay beside the one in the form: all but the one that the form came with.
    fn others(&self, facts: &Facts) -> Vec<IpRange> {
        let had = self
            .first(START, 1)
            .zip(self.first(END, 1))
            .and_then(|(start, end)| IpRange::parse(start, end, ""));
        let all = facts.login_ip_ranges.known().map_or(&[][..], |ranges| &ranges.ranges);
        let own =
            all.iter().position(|r| had.as_ref().is_some_and(|had| (r.start, r.end) == (had.start, had.end)));
        all.iter().enumerate().filter(|(at, _)| Some(*at) != own).map(|(_, range)| range.clone()).collect()
    }

    /// Puts the form's range into the facts, and says what is wrong with it.
    pub(in crate::form) fn take_ranges(
        &mut self,
        state: &State,
        facts: &Facts,
        changed: &mut Vec<&'static str>,
    ) {
        let (Some(start), Some(end)) = (self.value(state, START), self.value(state, END)) else { return };
        let (start, end) = (start.trim(), end.trim());
        let mut ranges = self.others(facts);
        let Some(at) = self.field(END) else { return };
        let mut note = |severity, title: String| self.remark(at, severity, title, None);
        match (start.parse::<IpAddr>(), end.parse::<IpAddr>(), IpRange::parse(start, end, "")) {
            (.., Some(range)) => {
                let over = ranges.iter().find(|r| r.contains(range.start) || range.contains(r.start));
                if let Some(over) = over {
                    note(Severity::Low, format!("The range overlaps {over}"));
                }
                ranges.push(range);
                if let Some(out) = shut_out(facts, &ranges) {
                    note(Severity::High, out);
                }
            }
            (Ok(a), Ok(b), _) if a.is_ipv4() != b.is_ipv4() => {
                note(Severity::High, "One address is IPv4, the other IPv6".to_owned());
            }
            (Ok(_), Ok(_), _) => {
                note(Severity::High, "The range is reversed: it ends before it starts".to_owned())
            }
            _ if start.is_empty() || end.is_empty() => ranges = saved_ranges(facts),
            _ => note(Severity::Low, "Not a valid IP address".to_owned()),
        }
        if self.sheet.ranges.as_ref().is_some_and(|own| **own != ranges) {
            self.sheet.ranges = Some(ranges.into());
            changed.push(LoginIpRanges::NAME);
        }
    }

    /// The tightest range from recent sign-ins, where there is one that the other ranges do not cover.
    pub(in crate::form) fn tightest(&self, facts: &Facts) -> Option<InForm> {
        let others = self.others(facts);
        let seen = seen(facts.sign_ins.known()?, None, facts.now);
        if are_changing(&seen) {
            return None;
        }
        let proposed = proposals(&seen);
        let covers = |range: &IpRange, own: &IpRange| range.contains(own.start) && range.contains(own.end);
        let mut open: Vec<_> = proposed
            .into_iter()
            .filter(|own| !others.iter().any(|range| covers(range, &own.range)))
            .collect();
        open.sort_by_key(|own| std::cmp::Reverse(own.sign_ins));
        let best = open.first()?;
        let (start, end) = (best.range.start.to_string(), best.range.end.to_string());
        let words = format!("Use the range of recent logins ({start} – {end}, {} logins)", best.sign_ins);
        Some(InForm::Enter(vec![(self.place(START)?, start), (self.place(END)?, end)], words))
    }
}

/// Whom the ranges would shut out, of those who signed in within ninety days.
fn shut_out(facts: &Facts, ranges: &[IpRange]) -> Option<String> {
    let mut addresses: Vec<String> = vec![];
    let mut count = 0;
    for row in facts.sign_ins.known()?.successes() {
        let recent = row.last.is_some_and(|last| facts.now.0 - last.0 <= 90 * DAY);
        let Some(address) = row.source_ip.trim().parse::<IpAddr>().ok().filter(|_| recent) else { continue };
        if !ranges.iter().any(|range| range.contains(address)) {
            count += row.count;
            let address = address.to_canonical().to_string();
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
    }
    if addresses.is_empty() {
        return None;
    }
    let more = addresses.len().saturating_sub(3);
    addresses.truncate(3);
    if more > 0 {
        addresses.push(format!("{more} more"));
    }
    let count = count.to_string();
    Some(format!("This would block {count} logins of the last 90 days, from {}", listed(&addresses)))
}

fn saved_ranges(facts: &Facts) -> Vec<IpRange> {
    facts.login_ip_ranges.known().map_or_else(Vec::new, |ranges| ranges.ranges.to_vec())
}
